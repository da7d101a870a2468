import { distanceWithin } from '../resolution.ts';
import { unitRanks } from '../rows/rank-correlations.ts';

/** A column's values in order of time. */
export interface ColumnCourse {
  readonly values: Float64Array;
  readonly timesMs: Float64Array;
}

/** Of what the window is away, a stretch of the reference that is a precedent. */
const AS_FAR = 0.6;
const MIN_STRETCH_ROWS = 20;
/** Of the values, so many lie where the reference's did, or they are of no stretch of it. */
const MIN_WITHIN = 0.9;
/** Of ranks from one row to the next, and in standard errors of independent rows. */
const FOLLOWS = 0.2;
const FOLLOWS_SURELY = 4;
const IN_TURN = 12;

/**
 * Whether a column goes as far by itself: a stretch of the reference as long as these rows was 0.6 times as far from all of it.
 *
 * A column that follows its own past has another shape in every stretch, and one of sixty units fits such a shape now and then. Values that lie outside what
 * the reference had are of no stretch of it. Sorted inputs; O(rows log rows).
 *
 * @param away KS distance of the rows to the reference
 */
export function wandersAsFar(
  { reference, current }: { readonly reference: Float64Array; readonly current: Float64Array },
  course: ColumnCourse,
  { lengthMs, away }: { readonly lengthMs: number; readonly away: number },
): boolean {
  if (!liesWithin({ reference, current })) return false;
  const from = course.timesMs[0] ?? 0;
  const stretches = Map.groupBy(course.values.keys(), (row) =>
    Math.floor((course.timesMs[row]! - from) / Math.max(1, lengthMs)),
  );
  return [...stretches.values()].some((rows) => {
    if (rows.length < MIN_STRETCH_ROWS) return false;
    const own = Float64Array.from(rows, (row) => course.values[row]!).sort();
    return distanceWithin(own, reference, 0) >= AS_FAR * away;
  });
}

/** Of the reference's range, what lies so far beyond is no farther than a column goes that follows its own past. */
export const ONWARDS = 0.5;

/** Whether nearly all values lie where the reference's did, or beyond by so much of its range. Sorted inputs. */
export function liesWithin(
  { reference, current }: { readonly reference: Float64Array; readonly current: Float64Array },
  beyond = 0,
): boolean {
  const margin = beyond * (reference.at(-1)! - reference[0]!);
  const [low, high] = [reference[0]! - margin, reference.at(-1)! + margin];
  const within = current.filter((value) => value >= low && value <= high).length;
  return within >= MIN_WITHIN * current.length;
}

/**
 * Whether rows, in order of time, are like those before them: rank correlation of 0.2 and four standard errors with one of the twelve rows
 * before, since the shares of a market, or the sensors of a hall, come in turn.
 */
export function followsItself(values: Float64Array): boolean {
  const ranks = unitRanks(values.slice());
  const least = Math.max(FOLLOWS, FOLLOWS_SURELY / Math.sqrt(ranks.length));
  return Array.from({ length: IN_TURN }, (_, i) => i + 1).some((lag) => {
    let sum = 0;
    for (let row = lag; row < ranks.length; row++) sum += ranks[row]! * ranks[row - lag]!;
    return sum > least;
  });
}
