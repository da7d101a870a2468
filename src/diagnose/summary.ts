import { judgedPsi } from '../core/columns/cycle-figures.ts';
import type { Advice, MovedStratum, PerformanceSplit, ShiftKind, VerdictKind } from '../core/findings.ts';
import type { FaultFinding } from '../core/faults.ts';
import { describeOdds } from './odds-step.ts';
import type { OddsStep } from './odds-step.ts';
import { haveMoved } from './answers.ts';
import type { InputAnswer, LabelAnswers } from './answers.ts';
import {
  describeJoint,
  describeLabels,
  describePerformance,
  describeSplit,
  describeStrata,
  mostClearly,
  saidOfRelation,
} from './evidence.ts';
import type { PerformanceChange } from './performance-change.ts';
import type { RelationBound } from './relation/relation-bound.ts';
import { SUSPICIOUS, VERDICT_ALPHA } from './thresholds.ts';
import type { RowSamples } from './samples/row-samples.ts';
import { asP, listNames } from './wording.ts';

const DO: Readonly<Record<Advice, string>> = {
  none: 'nothing to do',
  watch: 'watch',
  fix_pipeline: 'fix the pipeline, do not retrain on these rows',
  reweight: 're-weight or move the threshold rather than retrain',
  recalibrate: 'recalibrate the score',
  retrain: 'retrain',
};

export interface SummaryFacts {
  readonly verdict: VerdictKind;
  readonly types: readonly ShiftKind[];
  readonly advice: Advice;
  readonly faults: readonly FaultFinding[];
  readonly input: InputAnswer;
  readonly answers: LabelAnswers | null;
  readonly labelled: RowSamples | null;
  readonly performance: PerformanceChange | null;
  readonly strata: readonly MovedStratum[] | null;
  readonly split: PerformanceSplit | null;
  readonly bound: RelationBound | null;
  /** With a label shift of two classes. */
  readonly odds: OddsStep | null;
  /** The first moment of the window's rows; null where the rows are no window. */
  readonly windowStartMs: number | null;
}

/** One sentence for whoever was woken: what happened, the figures that matter, what to do. */
export function summarise(facts: SummaryFacts): string {
  const said = [...new Set(facts.types)].map((type) => SAID[type](facts));
  const { verdict, input } = facts;
  if (verdict === 'none') {
    return `No shift: ${input.columns} columns stayed within chance${labelTail(facts)}${performanceTail(facts)}.`;
  }
  if (verdict === 'undetermined') {
    return `Something moved, but the rows do not tell what: ${undeterminedFacts(facts)}${performanceTail(facts)}; ${DO[facts.advice]}.`;
  }
  return `${capitalised(said.join('; besides, '))}${performanceTail(facts)}: ${DO[facts.advice]}.`;
}

const SAID: Readonly<Record<ShiftKind, (facts: SummaryFacts) => string>> = {
  data_fault: (facts) => saidOfFaults(facts),
  covariate_shift: (facts) =>
    `${saidOfInputs(facts)}${facts.types.some((type) => type === 'concept_drift' || type === 'label_shift') ? '' : heldTail(facts)}`,
  label_shift: (facts) => {
    const odds = facts.odds === null ? '' : ` (${describeOdds(facts.odds)})`;
    if (facts.types.includes('covariate_shift'))
      return `the mix of labels changed by more than the inputs explain (${labels(facts)})${odds === '' ? '' : `, evenly${odds}`}`;
    return `the mix of labels changed (${labels(facts)}) while rows of one label look as before${odds}`;
  },
  concept_drift: (facts) => saidOfConcept(facts),
};

function saidOfFaults({ faults, windowStartMs }: SummaryFacts): string {
  const [finding] = faults;
  if (finding === undefined) return 'the pipeline is at fault';
  const others = faults.filter(({ feature }) => feature !== finding.feature);
  const names = [...new Set(others.map(({ feature, fault }) => `${feature} (${spelled(fault)})`))];
  const more = names.length === 0 ? '' : `; also ${listNames(names)}`;
  return `the pipeline broke ${finding.feature} (${spelled(finding.fault)})${begun(finding.since, windowStartMs)}: ${finding.detail}${more}`;
}

/**
 * To the minute: more says only which row happened to be the first. Of a window that was broken from its first row on nothing:
 * it may have begun long before.
 */
function begun(since: string | undefined, windowStartMs: number | null): string {
  const isWithin = since !== undefined && (windowStartMs === null || Date.parse(since) > windowStartMs);
  return !isWithin ? '' : ` since ${since.slice(0, 16).replace('T', ' ')} UTC`;
}

const spelled = (fault: string): string => fault.replaceAll('_', ' ');

function saidOfInputs({ input }: SummaryFacts): string {
  if (input.joint !== undefined) {
    return `the inputs moved jointly, though none of ${input.columns} columns by itself: ${describeJoint(input.joint)}`;
  }
  const [first] = input.moved;
  const psi = first === undefined ? null : judgedPsi(first);
  const names = listNames(input.moved.map((column) => column.name));
  const strongest =
    first === undefined || psi === null
      ? ''
      : ` (${names === first.name ? '' : `strongest ${first.name}, `}PSI ${psi.toFixed(2)})`;
  return names === '' ? 'the inputs moved a little' : `the inputs moved: ${names}${strongest}`;
}

function saidOfConcept({ answers, strata, split }: SummaryFacts): string {
  const [place, ...others] = strata ?? [];
  if (place !== undefined) {
    return `the same inputs now lead to other labels, ${describeStrata([place, ...others])} (${asP(place.p_value)})`;
  }
  // By the test of all labels it is not told; by the model's own mistakes it is, or by labels that moved alone.
  if (answers !== null && split !== null && answers.concept.p >= VERDICT_ALPHA) {
    return answers.lossP === undefined
      ? `the same inputs now lead to other labels: these moved (${asP(answers.labelP)}), and no input did`
      : `the same inputs now lead to other labels, as the model's mistakes show (${asP(answers.lossP)})`;
  }
  const first = answers?.concept.blocks[0];
  if (answers === null || first === undefined) return 'the same inputs now lead to other labels';
  return `the same inputs now lead to other labels${mostClearly(first.feature, first.name)} (${asP(answers.concept.p)})`;
}

function heldTail(facts: SummaryFacts): string {
  const { answers, bound, split } = facts;
  if (answers === null) return `; ${untested(facts, 'their')}`;
  return `; their relation to the label ${saidOfRelation({ bound, split, isMoved: false })} (${asP(answers.concept.p)})`;
}

function undeterminedFacts(facts: SummaryFacts): string {
  const { input, answers } = facts;
  const parts = [haveMoved(input) ? saidOfInputs(facts) : 'no input moved clearly'];
  if (answers !== null)
    parts.push(
      `${labels(facts)} (${asP(answers.labelP)})`,
      `relation to the label ${asP(answers.concept.p)}`,
    );
  return parts.join(', ');
}

function labelTail(facts: SummaryFacts): string {
  if (facts.answers === null) return `; ${untested(facts, 'the')}`;
  return heldTail(facts);
}

function performanceTail(facts: SummaryFacts): string {
  const { performance, split, types } = facts;
  if (performance === null || types.includes('data_fault')) return '';
  const figures = describePerformance(performance);
  const change = `${figures}${splitTail(facts)}`;
  if (performance.lost) return `, and performance fell (${change})`;
  const { beside, perhaps, worsened } = performance;
  const own = performance.worse ? byItself(performance.p ?? 1) : 'did not';
  if (beside !== undefined)
    return `, and performance got worse by its ${describePerformance(beside)} (${asP(beside.p ?? 1)}), while ${change} ${own}`;
  if (isDoubtful(performance))
    return `, and performance may have fallen (${change}, ${asP(performance.p ?? 1)})`;
  if (perhaps !== undefined)
    return `, and performance may have got worse by its ${describePerformance(perhaps)} (${asP(perhaps.p ?? 1)}), while ${change} ${own}`;
  if (split !== null && costs(split))
    return `, and ${figures}, of which ${describeSplit(split, isOfMix(types))}`;
  return worsened === undefined
    ? `, no loss shown (${change})`
    : `, and ${besideWorsened(performance)}, while ${saidOfWorsened(worsened)}`;
}

/** `accuracy rose 66.6 % → 76.3 %`, of what others got worse beside. */
function besideWorsened(performance: PerformanceChange): string {
  const { worse, p } = performance;
  if (worse) return `${describePerformance(performance)} ${byItself(p ?? 1)}`;
  return p === null || p >= UNSURE
    ? `${describePerformance(performance)} did not get worse`
    : describePerformance(performance, wayOf(performance));
}

/** `f1 fell 59.4 % → 47.0 % (p 5e-4), and recall got worse, too`. */
function saidOfWorsened([first, ...others]: NonNullable<PerformanceChange['worsened']>): string {
  if (first === undefined) return '';
  const names = listNames(others.map(({ metric }) => metric.replaceAll('_', ' ')));
  const too = names === '' ? '' : `, and ${names} got worse, too`;
  return `${describePerformance(first, wayOf(first))} (${asP(first.p ?? 1)})${too}`;
}

const wayOf = ({ reference, current }: Pick<PerformanceChange, 'reference' | 'current'>): string =>
  current > reference ? 'rose' : 'fell';

/** Up to here a p is not much, and more than nothing. */
const UNSURE = 0.05;

/** Whoever reads `may have fallen` at p 0.009 should not read `chance` at 0.010. */
function byItself(p: number): string {
  return `${p < UNSURE ? 'is not certain' : 'may be chance'} by itself (${asP(p)})`;
}

/** Worse, and not so clearly that it is certain. */
function isDoubtful({ worse, p }: PerformanceChange): boolean {
  return worse && p !== null && p < SUSPICIOUS;
}

/** By its own part of a change, of which other rows may hide all. */
function costs({ metric, interval: [low, high] }: PerformanceSplit): boolean {
  return metric === 'accuracy' ? high < 0 : low > 0;
}

/** Figures of performance are of labels, if of too few or of those that were not asked. */
function untested({ performance }: SummaryFacts, whose: 'their' | 'the'): string {
  return performance === null
    ? `without labels ${whose} relation to the outcome is not tested`
    : `${whose} relation to the outcome is not tested with the labels that are in`;
}

const isOfMix = (types: readonly ShiftKind[]): boolean =>
  types.includes('label_shift') && !types.includes('concept_drift');

/** Which part of a loss other rows explain. */
function splitTail({ split, performance, types }: SummaryFacts): string {
  return split === null || performance?.lost !== true ? '' : `; ${describeSplit(split, isOfMix(types))}`;
}

const labels = (facts: SummaryFacts): string =>
  facts.labelled === null ? 'labels' : describeLabels(facts.labelled);

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
