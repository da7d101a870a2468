import type { WindowSilence } from '../core/alerts/alert.ts';
import type { EvaluationSeries } from '../core/evaluation-series.ts';
import type { Diagnosis } from '../core/findings.ts';
import { KIND_OF_METRIC, type Operational } from '../core/operational.ts';
import { windowWord, type DecidedWindow, type UncountedReason } from './decided-window.ts';

type Named = Pick<DecidedWindow, 'id' | 'startMs'>;

export interface ShiftFacts {
  readonly diagnosis: Pick<Diagnosis, 'verdict' | 'types' | 'reason' | 'advice'>;
  readonly series: EvaluationSeries;
  readonly silence: WindowSilence | null;
  /** Features that moved, the gravest first. */
  readonly moved: readonly string[];
  /**
   * The largest share of its threshold that anything of the incident still reaches in a window that shows no shift; 0
   * without an incident.
   */
  readonly nearest: number;
  readonly clearShare: number;
  /** Where its own rows show none and those of several windows together do: since when. */
  readonly togetherSinceMs: number | null;
  /** Where labels of several windows show what those before them do not: since when. */
  readonly labelsSinceMs: number | null;
  /** Whether the clean windows are enough to see that what had moved is back; true without an incident. */
  readonly shownBack: boolean;
  /** Of a view of labels: whether the faults it names are those that were seen when the window closed; of another one false. */
  readonly areFaultsTold: boolean;
  /** Whether the model is worse beyond chance, and the verdict does not tell why. */
  readonly isUnnamedLoss: boolean;
  /** Of an incident of labels: whether they are enough to see that these are back, whatever the inputs do. */
  readonly labelsBack: boolean;
}

/** What a window is to the incidents about shifts. */
export function shiftWindow(named: Named, facts: ShiftFacts): DecidedWindow {
  const { diagnosis, isUnnamedLoss, moved, togetherSinceMs, labelsSinceMs } = facts;
  return {
    ...named,
    cause: 'shift',
    counts: shiftCounts(facts),
    verdict: diagnosis.verdict,
    types: isUnnamedLoss ? ['performance_loss'] : diagnosis.types,
    subjects: moved,
    ...(togetherSinceMs !== null && { togetherSinceMs }),
    ...(labelsSinceMs !== null && { labelsSinceMs }),
  };
}

const SILENCE_REASONS: Readonly<Record<WindowSilence, UncountedReason>> = {
  unexpected: 'no_data',
  usual: 'usual_silence',
  served_elsewhere: 'served_elsewhere',
};

function shiftCounts({
  diagnosis,
  series,
  silence,
  nearest,
  clearShare,
  shownBack,
  areFaultsTold,
  isUnnamedLoss,
  labelsBack,
}: ShiftFacts): DecidedWindow['counts'] {
  if (series === 'matured' && isToldWithoutLabels(diagnosis, areFaultsTold))
    return labelsBack && diagnosis.verdict === 'covariate_shift' ? 'clean' : 'told_by_closed_series';
  if (isUnnamedLoss) return 'shifted';
  const word = windowWord(diagnosis.verdict);
  if (word === 'undecided') return undecidedReason(diagnosis.reason, silence);
  if (word !== 'clean') return word;
  if (diagnosis.reason === 'known_event') return 'known_event';
  if (nearest >= clearShare) return 'between_thresholds';
  return shownBack ? word : 'recovery_not_shown';
}

/** One event is one incident: what inputs show was told when the window closed, unless labels show that it costs something, or a fault that only they show. */
function isToldWithoutLabels({ verdict, advice }: ShiftFacts['diagnosis'], areFaultsTold: boolean): boolean {
  return (
    (verdict === 'data_fault' && areFaultsTold) || (verdict === 'covariate_shift' && advice !== 'retrain')
  );
}

function undecidedReason(reason: string | null, silence: WindowSilence | null): UncountedReason {
  if (reason === 'no_rows') return SILENCE_REASONS[silence ?? 'unexpected'];
  return reason === 'too_few_rows' ? 'insufficient' : 'undetermined';
}

export interface OperationFacts {
  readonly diagnosis: Pick<Diagnosis, 'verdict'>;
  readonly operational: Pick<Operational, 'breaches'> | null;
  readonly rows: number;
  readonly minRows: number;
  /** As of a shift, over the metrics of the incident. */
  readonly nearest: number;
  readonly clearShare: number;
}

/** What a window is to the incidents about how predictions are made. */
export function operationWindow(named: Named, facts: OperationFacts): DecidedWindow {
  const metrics = [...new Set((facts.operational?.breaches ?? []).map(({ metric }) => metric))];
  return {
    ...named,
    cause: 'operational',
    counts: metrics.length > 0 ? 'shifted' : withoutBreach(facts),
    verdict: facts.diagnosis.verdict,
    types: [...new Set(metrics.map((metric) => KIND_OF_METRIC[metric]))],
    subjects: metrics,
  };
}

function withoutBreach({
  operational,
  rows,
  minRows,
  nearest,
  clearShare,
}: OperationFacts): DecidedWindow['counts'] {
  if (rows === 0) return 'no_data';
  if (operational === null) return 'not_measured';
  if (rows < minRows) return 'insufficient';
  return nearest >= clearShare ? 'between_thresholds' : 'clean';
}

export interface SilenceFacts {
  readonly diagnosis: Pick<Diagnosis, 'verdict'>;
  readonly rows: number;
  /** Null: a row opened the window, though none may have counted. */
  readonly silence: WindowSilence | null;
}

/** What a window is to the incidents about rows that do not come. */
export function silenceWindow(named: Named, { diagnosis, rows, silence }: SilenceFacts): DecidedWindow {
  const counts =
    rows > 0 || silence === 'served_elsewhere' ? 'clean' : silence === 'usual' ? 'usual_silence' : 'shifted';
  return {
    ...named,
    cause: 'no_data',
    counts,
    verdict: diagnosis.verdict,
    types: counts === 'shifted' ? ['no_data'] : [],
    subjects: [],
  };
}
