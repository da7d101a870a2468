import { keptWithBoth, smallKeptWith } from '../../core/memory/remember.ts';
import { quantileReached } from '../../stats/quantiles.ts';
import { areBrief } from '../../stats/habits/brief-levels.ts';
import { rowsInTime } from '../../stats/habits/column-habits.ts';
import { meanAndDeviation } from '../pooled.ts';
import { allRows, drawOfAll } from './picks.ts';
import { selectCells, selectRows, sortedPresent } from './row-samples.ts';
import type { LevelPair, NumericCells, RowSamples } from './row-samples.ts';

/** A tail as long again as the outermost half per cent is still the reference's. */
const TAIL = 0.005;

/** Rows where the reference has others like them. */
export interface CommonSupport {
  readonly samples: RowSamples;
  /** The column that leaves most current rows out, and the share of them that all columns leave out. Null: none is. */
  readonly outside: { readonly feature: string; readonly share: number } | null;
}

/** From this rank correlation with the time on, a column only says when. */
const RUNNING = 0.9;
/** From this share of rows with another value than the only one of the reference, the column leaves none to compare with. */
const UNLEARNED = 0.9;
/** Of the reference's rows, so many are ranked. */
const RANKED = 2_000;

/** Of a reference the same for every window. */
const rangeOf = smallKeptWith((values: Float64Array): readonly [number, number] | null => {
  const sorted = sortedPresent(values);
  if (sorted.length === 0) return null;
  const [low, high] = [quantileReached(sorted, TAIL), quantileReached(sorted, 1 - TAIL)];
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  return [2 * first - low, 2 * last - high];
});

/**
 * What labels of current rows are compared with is what the reference's rows like them had; of rows beyond all of those nothing is
 * known, and a relation drawn out to where they are is nobody's. Outside is a number beyond the reference's least or largest by
 * more than its outermost half per cent is wide. Levels have rules of their own (`fitWithinLevels`). Columns that follow the time
 * (running numbers, meters, the date itself: rank correlation 0.9; the month, a release: never back, and of what it is now the reference had less than a fifth) are left out: beyond the reference's last value lie all rows that come after it,
 * and nothing else is said by that. So are those with one value in all of the reference and nearly none of its rows now. O(rows · columns).
 */
export function commonSupport(samples: RowSamples): CommonSupport {
  const { current, reference } = samples.rows;
  const isOutside = new Uint8Array(current);
  let feature = '';
  let most = 0;
  const asked = withTaughtColumns(samples);
  for (const pair of asked.features) {
    if (pair.kind !== 'numeric' || samples.aside.has(pair.name)) continue;
    const left = markOutside(pair, isOutside);
    if (left > most) [feature, most] = [pair.name, left];
  }
  if (most === 0) return { samples: asked, outside: null };
  const inside = Int32Array.from([...isOutside.keys()].filter((row) => isOutside[row] === 0));
  return {
    samples: selectRows(asked, allRows(reference), inside),
    outside: { feature, share: 1 - inside.length / current },
  };
}

/** Without columns of which the reference says nothing about the rows that come after it. */
export function withTaughtColumns(samples: RowSamples): RowSamples {
  return withoutUnlearned(withoutRunning(withoutPassing(withoutOtherDates(samples))));
}

/** From this share of rows on that have levels which the reference lacks. */
const MOSTLY_NEW = 0.5;

/** Lots that come and are gone: each of those that come now would be asked what it is by these very rows, and all together they are the window. */
function withoutPassing(samples: RowSamples): RowSamples {
  return withoutPassingLevels(samples, (pair) => newShare(pair) >= MOSTLY_NEW);
}

/** Without lots and visits, new or not: that there are others now says nothing of what moved. */
export function withoutPassingLevels(
  samples: RowSamples,
  isAsked: (pair: LevelPair) => boolean = () => true,
): RowSamples {
  const { referenceMs } = samples;
  if (referenceMs === null) return samples;
  const features = samples.features.filter(
    (pair) => pair.kind !== 'levels' || !isPassing(pair.reference, referenceMs) || !isAsked(pair),
  );
  return features.length === samples.features.length ? samples : { ...samples, features };
}

/** Whether levels come and are gone in the reference: lots, visits, ships. */
export const isPassing = keptWithBoth((codes: Int32Array, timesMs: Float64Array): boolean =>
  areBrief(selectCells(codes, rowsInTime(timesMs)).filter((code) => code >= 0)),
);

function newShare({ reference, current }: LevelPair): number {
  const known = new Set(reference);
  return current.reduce((sum, code) => (known.has(code) ? sum : sum + 1), 0) / Math.max(1, current.length);
}

/** Dates that the reference does not have: each of its own has said what its rows happened to be, and none what these are. */
function withoutOtherDates(samples: RowSamples): RowSamples {
  const features = samples.features.filter((pair) => {
    if (pair.kind !== 'levels' || samples.aside.get(pair.name) !== 'calendar') return true;
    return newShare(pair) < UNLEARNED;
  });
  return features.length === samples.features.length ? samples : { ...samples, features };
}

function withoutRunning(samples: RowSamples): RowSamples {
  const { referenceMs } = samples;
  if (referenceMs === null) return samples;
  const features = samples.features.filter(
    (pair) =>
      pair.kind !== 'numeric' || !(isRunning(pair.reference, referenceMs) || isOfLate(pair, referenceMs)),
  );
  return features.length === samples.features.length ? samples : { ...samples, features };
}

/** From this share of the reference on, what a month or a release brings is known from its own rows. */
const OF_LATE = 0.2;

/**
 * Whether a column only ever went one way, and the reference had but little, and at its end, of what it is now: the number of the month, of a release. Its rows would be
 * asked what came since, and all that came since be said to come of it.
 */
function isOfLate({ reference, current }: NumericCells, referenceMs: Float64Array): boolean {
  if (!goesOneWay(reference, referenceMs)) return false;
  const now = new Set(current);
  return reference.reduce((sum, value) => (now.has(value) ? sum + 1 : sum), 0) < OF_LATE * reference.length;
}

const goesOneWay = keptWithBoth((values: Float64Array, timesMs: Float64Array): boolean => {
  let [last, rises, falls] = [Number.NaN, false, false];
  for (const row of rowsInTime(timesMs)) {
    const value = values[row]!;
    if (value > last) rises = true;
    if (value < last) falls = true;
    if (rises && falls) return false;
    if (!Number.isNaN(value)) last = value;
  }
  return rises || falls;
});

/** What was always the same taught nobody anything: with all rows elsewhere in it, the others are all there is to ask. */
function withoutUnlearned(samples: RowSamples): RowSamples {
  const features = samples.features.filter((pair) => {
    if (pair.kind !== 'numeric') return true;
    const range = rangeOf(pair.reference);
    if (range === null || range[0] < range[1]) return true;
    const others = pair.current.reduce((sum, value) => (value === range[0] ? sum : sum + 1), 0);
    return others < UNLEARNED * samples.rows.current;
  });
  return features.length === samples.features.length ? samples : { ...samples, features };
}

/** Whether a column follows the time: a meter, a running number. False without times. */
export function isRunning(values: Float64Array, timesMs: Float64Array | null): boolean {
  return timesMs !== null && Math.abs(followsTime(values, timesMs)) >= RUNNING;
}

/** Rank correlation of values with their times. */
const followsTime = keptWithBoth((values: Float64Array, timesMs: Float64Array): number => {
  const rows = drawOfAll(values.length, RANKED).filter(
    (row) => !Number.isNaN(values[row]!) && Number.isFinite(timesMs[row]!),
  );
  const [a, b] = [values, timesMs].map((of) => midRanks(Float64Array.from(rows, (row) => of[row]!)));
  return a === undefined || b === undefined ? 0 : correlation(a, b);
});

/** 1 for the least; ties have the mean of their ranks. */
function midRanks(values: Float64Array): Float64Array {
  const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [x, y] = [meanAndDeviation(a), meanAndDeviation(b)];
  if (!(x.deviation > 0 && y.deviation > 0)) return 0;
  const together = a.reduce((sum, value, i) => sum + (value - x.mean) * (b[i]! - y.mean), 0) / a.length;
  return together / (x.deviation * y.deviation);
}

function markOutside({ reference, current }: NumericCells, isOutside: Uint8Array): number {
  const range = rangeOf(reference);
  if (range === null) return 0;
  let left = 0;
  for (let row = 0; row < current.length; row++) {
    const value = current[row]!;
    // Missing ones compare as neither.
    if (!(value < range[0] || value > range[1])) continue;
    isOutside[row] = 1;
    left += 1;
  }
  return left;
}
