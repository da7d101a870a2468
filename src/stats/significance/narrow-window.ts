import { chiSquareSurvival, normalQuantile, normalTwoSided } from '../distributions.ts';
import { mean, sum } from '../elementary.ts';

/** A week of windows, or what they have in common is that of a day or two. */
const MIN_WINDOWS = 7;
/** Of a hundred columns whose windows do not wander one looks as if they did. */
const CLEARLY = 0.01;
/** Standard errors of a width, of windows that are narrower than the table. */
const CERTAINLY = 3;
/** Of fewer cells with rows, whatever moves to one end is narrow. */
const MIN_CELLS = 8;

/** A window in normal scores of the reference: where its rows lie among those of the table. */
interface Scored {
  readonly mean: number;
  readonly variance: number;
  readonly rows: number;
}

export interface BesideWindows {
  /** Counts of the windows before, by the same cells. */
  readonly before?: readonly (readonly number[])[];
  /** Rows that count as one. */
  readonly clumps?: number;
  /** Whether seven windows or so many as there are last a week. */
  readonly isLong?: boolean;
}

/**
 * p-value of where a window lies, beside a reference that says nothing of how far windows of it are from each other: by how narrow the window is.
 *
 * Purpose: one weather for all rows of a day, one lesson for all pupils. By the law of total variance, rows of all days spread as rows within a day and
 * days among themselves together; a window narrower than the table by some part lies apart from its middle by as much, and is still a day like any other.
 * Formula: cells as normal scores of the reference (mean 0, variance S); with the window's mean m and variance w², z = m/√(b² + S/n),
 * b² = S_m − w²·(1 + √(2/n)), two-sided normal; S_m is the variance of the table tilted to the mean m (shares times e^θz), for what moves to the end of a
 * range becomes narrow by that alone. From seven windows on b² is the mean of S_m − w² over all of them, and 0 is returned where their means
 * are no further apart than those of independent rows (χ², p > 0.01): what all of them have in common is a change. Hours of a few days do not say so: `isLong`.
 * Range: [0, 1]; 0 where the window is as wide as the table, for fewer than two rows, and for a table of fewer than eight cells. Of a change that also makes the
 * window narrow the first six windows say less. O(cells · windows).
 *
 * @param reference counts by cell, in order of the values
 * @example besideItsWidth([50, 50, 50, 50, 50, 50, 50, 50], [30, 50, 20, 0, 0, 0, 0, 0]) // X
 */
export function besideItsWidth(
  reference: readonly number[],
  current: readonly number[],
  { before = [], clumps = 1, isLong = true }: BesideWindows = {},
): number {
  if (reference.filter((count) => count > 0).length < MIN_CELLS) return 0;
  const scores = normalScores(reference);
  const known = scored(scores, reference);
  const window = scored(scores, current);
  const rows = window.rows / clumps;
  if (known.rows < 2 || rows < 2 || !(known.variance > 0)) return 0;
  const windows = [...before.map((counts) => scored(scores, counts)), window].filter((each) => each.rows >= 2);
  const widthAt = (at: number): number => tilted(scores, reference, at);
  if (windows.length >= MIN_WINDOWS && isLong && !areApart(windows, clumps)) return 0;
  const wandering =
    windows.length >= MIN_WINDOWS
      ? mean(windows.map((each) => widthAt(each.mean) - each.variance))
      : widthAt(window.mean) - window.variance * (1 + Math.sqrt(2 / rows));
  if (wandering <= 0) return 0;
  return normalTwoSided((window.mean - known.mean) / Math.sqrt(wandering + known.variance / rows));
}

/**
 * Whether windows are narrower than the table, so that they lie apart from each other.
 *
 * Formula: the mean of S_m − w² over them beyond three of its standard errors, S·√(2/rows). O(cells · windows).
 */
export function areNarrow(reference: readonly number[], windows: readonly (readonly number[])[]): boolean {
  if (reference.filter((count) => count > 0).length < MIN_CELLS) return false;
  const scores = normalScores(reference);
  const all = scored(scores, reference);
  const known = windows.map((counts) => scored(scores, counts)).filter(({ rows }) => rows >= 2);
  const rows = sum(known.map((each) => each.rows));
  if (rows === 0) return false;
  const narrower =
    known.reduce((of, each) => of + each.rows * (tilted(scores, reference, each.mean) - each.variance), 0) / rows;
  return narrower > CERTAINLY * all.variance * Math.sqrt(2 / rows);
}

/** Whether means differ by more than independent rows let them. */
function areApart(windows: readonly Scored[], clumps: number): boolean {
  const weights = windows.map(({ rows, variance }) => rows / (clumps * variance));
  const middle = sum(windows.map((each, at) => each.mean * weights[at]!)) / sum(weights);
  const squares = sum(windows.map((each, at) => (each.mean - middle) ** 2 * weights[at]!));
  return chiSquareSurvival(squares, windows.length - 1) < CLEARLY;
}

/** Of the middle of each cell. */
function normalScores(reference: readonly number[]): Float64Array {
  const all = sum(reference);
  const scores = new Float64Array(reference.length);
  let below = 0;
  for (const [cell, count] of reference.entries()) {
    // A cell that the table has no row of lies between its neighbours.
    const middle = (below + count / 2) / Math.max(1, all);
    scores[cell] = normalQuantile(Math.min(1 - 0.5 / all, Math.max(0.5 / all, middle)));
    below += count;
  }
  return scores;
}

const STEPS = 20;

/** Variance of the reference tilted to a mean. */
function tilted(scores: Float64Array, reference: readonly number[], middle: number): number {
  let theta = 0;
  let variance = 0;
  for (let step = 0; step < STEPS; step++) {
    const weighed = scored(
      scores,
      reference.map((count, cell) => count * Math.exp(theta * scores[cell]!)),
    );
    variance = weighed.variance;
    const off = middle - weighed.mean;
    if (Math.abs(off) < 1e-6 || !(variance > 0)) break;
    // Newton's step, no longer than one: at the ends hardly any variance is left.
    theta += Math.max(-1, Math.min(1, off / variance));
  }
  return variance;
}

function scored(scores: Float64Array, counts: readonly number[]): Scored {
  const rows = sum(counts);
  const middle = counts.reduce((of, count, cell) => of + count * scores[cell]!, 0) / rows;
  const squares = counts.reduce((of, count, cell) => of + count * (scores[cell]! - middle) ** 2, 0);
  return { mean: middle, variance: squares / rows, rows };
}
