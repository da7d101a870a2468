import type { Diagnosis } from '../core/findings.ts';
import type {
  LeftOutReason,
  RangeBegin,
  RangeInterval,
  TrainingRange,
  TrainingWindow,
} from '../core/retrain/training-range.ts';

/** From where on other rules hold. */
export interface Change {
  readonly atMs: number;
  readonly begins: Extract<RangeBegin, 'concept_drift' | 'sudden_change'>;
}

export interface RangeWish {
  /** Where the data has to begin; null: what came before is as good. */
  readonly change: Change | null;
  /** Where inputs moved under an unchanged concept: as much as possible from before and after. Null: nowhere. */
  readonly bothSidesOfMs: number | null;
  /** Labels (rows, where labels are logged elsewhere) from which on more are not needed. */
  readonly enough: number;
  readonly labelsKnown: boolean;
  /** Predictions older than this are dropped; null: none are stored, or none dropped. */
  readonly keptSinceMs: number | null;
}

/** A list in a request is for people and programs to read; the newest stretches matter most. */
const MAX_STRETCHES = 20;

/**
 * Which windows to train on: from the newest back in time, until there are enough labels, leaving out those with a data
 * fault, and those whose labels are not in yet. After a concept drift the range begins at the change, because before it
 * the same inputs led to other outcomes. After a shift of the inputs alone it reaches as far back as it takes for both
 * sides to weigh the same. A window belongs to the side that holds its middle.
 *
 * @param windows of one size, oldest first, not overlapping
 */
export function suggestTrainingRange(windows: readonly TrainingWindow[], wish: RangeWish): TrainingRange {
  const stretches: Stretch[] = [];
  const taken = { before: 0, after: 0 };
  let begins: RangeBegin = 'all_history';
  for (const window of windows.toReversed()) {
    const reason = leftOutReason(window, wish);
    if (reason === 'before_change' && wish.change !== null) {
      begins = wish.change.begins;
      break;
    }
    if (reason === 'not_kept') break;
    if (isEnough(taken, wish)) {
      begins = 'enough_data';
      break;
    }
    if (reason === null) taken[sideOf(window, wish)] += amount(window, wish);
    stretches.push({ ...stretchOf(window), reason });
  }
  return rangeOf(joined(stretches.toReversed()), begins, wish.labelsKnown);
}

/** What a verdict says about where training data should begin. */
export function changeToTrainFrom(
  { types, time_pattern: pattern }: Pick<Diagnosis, 'types' | 'time_pattern'>,
  incidentSinceMs: number | null,
): Pick<RangeWish, 'change' | 'bothSidesOfMs'> {
  const beganMs = pattern?.change_point == null ? null : Date.parse(pattern.change_point);
  // What comes and goes has to be learned in both its states, and what has gone back has ended.
  const lasts = pattern?.pattern !== 'recurring' && pattern?.ended_at === undefined;
  const atMs = beganMs ?? incidentSinceMs;
  if (!lasts || atMs === null) return { change: null, bothSidesOfMs: null };
  if (types.includes('concept_drift')) {
    return { change: { atMs, begins: 'concept_drift' }, bothSidesOfMs: null };
  }
  if (types.includes('covariate_shift')) return { change: null, bothSidesOfMs: atMs };
  if (pattern?.pattern === 'sudden' && beganMs !== null) {
    return { change: { atMs: beganMs, begins: 'sudden_change' }, bothSidesOfMs: null };
  }
  return { change: null, bothSidesOfMs: null };
}

type Stretch = RangeInterval & { readonly reason: LeftOutReason | null };

function leftOutReason(window: TrainingWindow, wish: RangeWish): LeftOutReason | null {
  const { change, labelsKnown, keptSinceMs } = wish;
  if (change !== null && middleOf(window) < change.atMs) return 'before_change';
  if (keptSinceMs !== null && window.endMs <= keptSinceMs) return 'not_kept';
  if (window.faulty) return 'data_fault';
  if (!labelsKnown) return null;
  if (!window.mature) return 'labels_immature';
  return window.labels === 0 ? 'no_labels' : null;
}

function isEnough(taken: { readonly before: number; readonly after: number }, wish: RangeWish): boolean {
  if (taken.before + taken.after < wish.enough) return false;
  return wish.bothSidesOfMs === null || taken.before >= taken.after;
}

function sideOf(window: TrainingWindow, { bothSidesOfMs }: RangeWish): 'before' | 'after' {
  return bothSidesOfMs !== null && middleOf(window) < bothSidesOfMs ? 'before' : 'after';
}

function middleOf({ startMs, endMs }: TrainingWindow): number {
  return (startMs + endMs) / 2;
}

function amount({ rows, labels }: TrainingWindow, { labelsKnown }: RangeWish): number {
  return labelsKnown ? labels : rows;
}

function stretchOf({ startMs, endMs, rows, labels }: TrainingWindow): RangeInterval {
  return { fromMs: startMs, toMs: endMs, rows, labels };
}

/** Neighbours that share a fate are one stretch; so are those with nothing logged between them. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const whole: Stretch[] = [];
  for (const next of stretches) {
    const last = whole.at(-1);
    if (last?.reason !== next.reason) whole.push(next);
    else {
      const rows = last.rows + next.rows;
      whole[whole.length - 1] = { ...last, toMs: next.toMs, rows, labels: last.labels + next.labels };
    }
  }
  return whole;
}

function rangeOf(stretches: readonly Stretch[], begins: RangeBegin, labelsKnown: boolean): TrainingRange {
  const used = stretches.filter(({ reason }) => reason === null);
  const intervals = used
    .slice(-MAX_STRETCHES)
    .map(({ fromMs, toMs, rows, labels }) => ({ fromMs, toMs, rows, labels }));
  const firstMs = intervals[0]?.fromMs ?? -Infinity;
  const leftOut = stretches.flatMap(({ reason, ...stretch }) =>
    reason !== null && stretch.fromMs >= firstMs ? [{ ...stretch, reason }] : [],
  );
  return {
    // A range that was cut to its newest stretches begins there because more cannot be listed.
    begins: used.length > intervals.length ? 'enough_data' : begins,
    labelsKnown,
    rows: sum(intervals, 'rows'),
    labels: sum(intervals, 'labels'),
    intervals,
    leftOut: leftOut.slice(-MAX_STRETCHES),
  };
}

function sum(intervals: readonly RangeInterval[], of: 'rows' | 'labels'): number {
  return intervals.reduce((total, interval) => total + interval[of], 0);
}
