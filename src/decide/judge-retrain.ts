import type { Evidence } from '../core/findings.ts';
import type { RetrainTrigger } from '../core/jobs.ts';
import type { OutcomeFigure, RetrainOutcome, RetrainOutcomeReason } from '../core/retrain/retrain.ts';
import { DROP_LEVEL, metricLoss } from './performance-drop.ts';

/** What labels say of both versions in the windows that are compared. */
export interface ComparedOutcomes {
  readonly metric: string;
  readonly basis: NonNullable<RetrainOutcome['basis']>;
  readonly new: OutcomeFigure;
  /** Null: the old version has no mature labels there. */
  readonly old: OutcomeFigure | null;
  /** What the old version reached on its training data; null without a baseline. */
  readonly reference: number | null;
  /** Of "the old version does here as on its training data". */
  readonly oldAgainstReferenceP: number | null;
  readonly difference: RetrainOutcome['difference'];
}

export interface JudgedRetrain {
  readonly trigger: RetrainTrigger;
  /** As configured: how much less than the baseline's counts as lost. Null: in another metric, or not at all. */
  readonly drop: number | null;
  readonly minLabelled: number;
  readonly oldVersion: string;
  /** Null: nobody has said, and no other version has been seen since. */
  readonly newVersion: string | null;
  /** Windows that the new version has been seen in. */
  readonly newWindows: number;
  /** Null: no figures of the new version yet. */
  readonly compared: ComparedOutcomes | null;
  /** Null where the labels have no figure in common. */
  readonly labelledWithoutFigure: boolean;
  /** From here on what cannot be said will not be. */
  readonly giveUpAtMs: number;
}

/**
 * Whether a retraining has fixed what it was asked for, by outcomes alone: a new version whose baseline is its own
 * training data shows no drift, whatever it is worth.
 *
 * First: is the new version worse than the old, by the two-sample test at 0.001? Then a limit is looked for: as far from
 * the baseline as the configured `drop`; else half of what the old version has lost, where it has lost something by the
 * same test. The new version's 99.9 % interval must lie wholly on one side of it. Without a limit nothing was lost: the
 * new version must be better by the test, or no worse than by a twentieth, at 95 %. Until one of these holds it is too
 * early, and after `giveUpAtMs` undecided.
 *
 * The caller looks again only when labels have grown by half (`isWorthAnotherLook`), so that 200 to 1,000,000 labels
 * are 21 looks, and a wrong certainty has a chance of 2 % at most.
 */
export function judgeRetrain(judged: JudgedRetrain, nowMs: number): RetrainOutcome {
  const { newVersion, oldVersion, compared, minLabelled } = judged;
  if (newVersion === null) return waiting(judged, 'no_new_version', nowMs);
  if (newVersion === oldVersion) return without('undecided', 'same_version', judged);
  if (judged.newWindows === 0) return waiting(judged, 'no_predictions_yet', nowMs);
  if (compared === null) {
    return waiting(judged, judged.labelledWithoutFigure ? 'metric_unavailable' : 'no_mature_labels', nowMs);
  }
  if (compared.new.labelled < minLabelled) return waiting(judged, 'too_few_labels', nowMs);
  const found = byOutcomes(judged, compared);
  if (found === null) return waiting(judged, 'not_certain_yet', nowMs);
  if (found === 'nothing_to_compare_with') return waiting(judged, found, nowMs);
  return told(found, judged, compared);
}

type Certain =
  | 'worse_than_old'
  | 'performance_restored'
  | 'recovered_by_itself'
  | 'nothing_was_lost'
  | 'still_beyond_limit'
  | 'better_than_old';

const OUTCOME_OF = {
  worse_than_old: 'worse',
  performance_restored: 'fixed',
  better_than_old: 'fixed',
  recovered_by_itself: 'kept',
  nothing_was_lost: 'kept',
  still_beyond_limit: 'not_fixed',
} as const satisfies Record<Certain, RetrainOutcome['outcome']>;

function byOutcomes(
  judged: JudgedRetrain,
  compared: ComparedOutcomes,
): Certain | 'nothing_to_compare_with' | null {
  const { metric, difference } = compared;
  const old = trusted(compared.old, judged.minLabelled);
  const limit = limitOf(judged, compared);
  const isCertain = old !== null && (difference?.p_value ?? 1) < DROP_LEVEL;
  const loss = old === null ? 0 : metricLoss(metric, old.value, compared.new.value);
  if (isCertain && loss > 0) return 'worse_than_old';
  if (limit !== null) return againstLimit(judged, compared, limit);
  if (old === null) return 'nothing_to_compare_with';
  if (isCertain && loss < 0) return 'better_than_old';
  return isNoWorse(metric, old, difference) ? 'nothing_was_lost' : null;
}

function againstLimit(judged: JudgedRetrain, compared: ComparedOutcomes, limit: number): Certain | null {
  const { metric, basis } = compared;
  const side = sideOf(metric, compared.new, limit);
  if (side === 'beyond') return 'still_beyond_limit';
  if (side === null) return null;
  const old = trusted(compared.old, judged.minLabelled);
  const oldIsWell = old !== null && sideOf(metric, old, limit) === 'within';
  if (!oldIsWell) return 'performance_restored';
  return judged.trigger === 'performance' && basis === 'side_by_side'
    ? 'recovered_by_itself'
    : 'nothing_was_lost';
}

function trusted(figure: OutcomeFigure | null, minLabelled: number): OutcomeFigure | null {
  return figure !== null && figure.labelled >= minLabelled ? figure : null;
}

/** Where a loss counts as such; null where nothing was lost. */
function limitOf({ drop, minLabelled }: JudgedRetrain, compared: ComparedOutcomes): number | null {
  const { metric, reference, oldAgainstReferenceP } = compared;
  if (reference === null) return null;
  const worse = metricLoss(metric, 0, 1) > 0 ? 1 : -1;
  if (drop !== null) return reference + worse * drop;
  const old = trusted(compared.old, minLabelled);
  if (old === null || (oldAgainstReferenceP ?? 1) >= DROP_LEVEL) return null;
  return metricLoss(metric, reference, old.value) > 0 ? (reference + old.value) / 2 : null;
}

/** z of 99.9 % over z of 95 %: how much wider the interval has to be. */
const WIDER = 3.2905 / 1.96;

/** On which side of the limit the whole 99.9 % interval lies; null: on both. */
function sideOf(
  metric: string,
  { value, interval }: OutcomeFigure,
  limit: number,
): 'within' | 'beyond' | null {
  if (interval === null) return null;
  const losses = [interval[0], interval[1]].map((end) =>
    metricLoss(metric, limit, value + WIDER * (end - value)),
  );
  // 0.86 − 0.03 is one number here and another there: on the limit is beyond it, as for the trigger.
  if (losses.every((loss) => loss < -1e-12)) return 'within';
  return losses.every((loss) => loss > -1e-12) ? 'beyond' : null;
}

/** As a share of the old version's figure: less than this is no difference that anybody would retrain for. */
const TOLERANCE = 0.05;

function isNoWorse(metric: string, old: OutcomeFigure, difference: RetrainOutcome['difference']): boolean {
  const interval = difference?.interval ?? null;
  if (interval === null) return false;
  const worst = Math.max(...interval.map((end) => metricLoss(metric, old.value, old.value + end)));
  return worst <= TOLERANCE * Math.abs(old.value);
}

/** Looks at every window would find something by chance in the end. */
export function isWorthAnotherLook(lastLabelled: number | null, labelled: number): boolean {
  return lastLabelled === null || labelled >= 1.5 * lastLabelled;
}

function waiting(judged: JudgedRetrain, reason: RetrainOutcomeReason, nowMs: number): RetrainOutcome {
  return without(nowMs >= judged.giveUpAtMs ? 'undecided' : 'too_early', reason, judged);
}

const WAITING_WORDS: Partial<Record<RetrainOutcomeReason, string>> = {
  no_new_version: 'the pipeline has named no new version, and no other version has been seen since',
  same_version: 'the new version has the name of the old one, so that their predictions cannot be told apart',
  no_predictions_yet: 'no prediction of the new version has been seen',
  no_mature_labels: 'none of its windows has mature labels',
  too_few_labels: 'too few of its predictions have mature labels',
  nothing_to_compare_with:
    'neither a baseline nor mature labels of the old version are there to compare it with',
  metric_unavailable: 'the figure to compare cannot be computed from its labels',
  not_certain_yet: 'the figures leave it open',
};

function without(
  outcome: 'too_early' | 'undecided',
  reason: RetrainOutcomeReason,
  judged: JudgedRetrain,
): RetrainOutcome {
  const { compared } = judged;
  const why = WAITING_WORDS[reason] ?? reason;
  const beginning = outcome === 'too_early' ? 'Too early to say' : 'It cannot be said';
  return {
    outcome,
    reason,
    summary: `${beginning} whether the retraining has helped: ${why}.`,
    ...figuresOf(judged, compared),
    evidence: [],
  };
}

function told(reason: Certain, judged: JudgedRetrain, compared: ComparedOutcomes): RetrainOutcome {
  return {
    outcome: OUTCOME_OF[reason],
    reason,
    summary: sentence(reason, judged, compared),
    ...figuresOf(judged, compared),
    evidence: evidenceOf(compared),
  };
}

function figuresOf(judged: JudgedRetrain, compared: ComparedOutcomes | null) {
  return {
    metric: compared?.metric ?? null,
    basis: compared?.basis ?? null,
    new: compared?.new ?? null,
    old: compared?.old ?? null,
    reference: compared?.reference ?? null,
    limit: compared === null ? null : limitOf(judged, compared),
    difference: compared?.difference ?? null,
  };
}

function sentence(reason: Certain, judged: JudgedRetrain, compared: ComparedOutcomes): string {
  const { metric, basis, old, reference } = compared;
  const name = metric.replaceAll('_', ' ');
  const now = `version ${compared.new.version} has ${name} ${withInterval(compared.new)}`;
  const where = basis === 'side_by_side' ? 'in the same windows' : 'in the windows before';
  const before = old === null ? '' : `, version ${old.version} ${withInterval(old)} ${where}`;
  const trained = reference === null ? '' : `; in training it was ${short(reference)}`;
  const figures = `${now}${before}${trained}`;
  switch (reason) {
    case 'worse_than_old':
      return `The new version is worse than the old: ${figures}.`;
    case 'performance_restored':
      return `The retraining has fixed it: ${figures}.`;
    case 'better_than_old':
      return `The new version is better than the old: ${figures}.`;
    case 'still_beyond_limit':
      return `The retraining has not fixed it: ${figures}.`;
    case 'recovered_by_itself':
      return `What was lost has come back by itself, the old version does well again too: ${figures}.`;
    case 'nothing_was_lost':
      return judged.trigger === 'schedule'
        ? `Nothing had been lost, and the new version is no worse: ${figures}.`
        : `By outcomes nothing had been lost, and the new version is no worse: ${figures}.`;
  }
}

function evidenceOf({ metric, new: now, old, reference, difference }: ComparedOutcomes): Evidence[] {
  const name = metric.replaceAll('_', ' ');
  const of = ({ version, labelled, windows, value }: OutcomeFigure): Evidence => ({
    claim: `version ${version} on ${labelled} labels of ${windows} ${windows === 1 ? 'window' : 'windows'}`,
    statistic: name,
    value,
    p_value: null,
  });
  return [
    of(now),
    ...(old === null ? [] : [of(old)]),
    ...(reference === null
      ? []
      : [
          { claim: 'the old version on its training data', statistic: name, value: reference, p_value: null },
        ]),
    ...(difference === null
      ? []
      : [{ claim: 'new less old', statistic: name, value: difference.value, p_value: difference.p_value }]),
  ];
}

function withInterval({ value, interval }: OutcomeFigure): string {
  return interval === null
    ? short(value)
    : `${short(value)} (${short(interval[0])} to ${short(interval[1])})`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
