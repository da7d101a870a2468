import type { Multivariate } from '../../core/findings.ts';
import { mean } from '../elementary.ts';
import { quantilePassed } from '../quantiles.ts';
import type { Random } from '../random.ts';
import { sortDoubles } from '../table/radix-sort.ts';
import { mixedPoints, squaredDistances } from './mixed-points.ts';
import { pickRows, shuffle } from './pick-rows.ts';
import { enoughRows } from './pooled-sample.ts';
import type { PooledSample } from './pooled-sample.ts';

export type Mmd = NonNullable<Multivariate['mmd']>;

/** The median distance is that of all pairs of so many random rows: 131,000 pairs know it well enough. */
const MEDIAN_ROWS = 512;

/** Permutations that are added up in one pass over the kernel, which is far larger than what a processor holds: 4 kB each. */
const TOGETHER = 16;

/** Sums that are equal but for the order of addition are equal. */
const ROUNDING = 1e-12;

/**
 * Maximum mean discrepancy: are rows of one sample nearer to each other than to rows of the other?
 *
 * Statistic: the unbiased estimate of MMD² = mean k(x, x′) + mean k(y, y′) − 2 mean k(x, y) over different rows, with
 * k = exp(−d²/(2σ²)) and σ² the median of d² over random pairs of both samples (the mean where more than half of the
 * pairs are equal). 0 on average under no drift, negative half of the time; at most 2. Distances as in `mixedPoints`.
 * p-value: (b + 1)/(permutations + 1), b the permutations of the sample label with at least this statistic. Exact:
 * points and σ do not depend on the label.
 * Fewer than 25 rows on a side, or only constant features: null. A missing value and a new category are codes like
 * others; an outlier counts as five standard deviations. Cost O((n + m)² · features + permutations · min(n, m)²).
 * Source: Gretton et al., J. Mach. Learn. Res. 13 (2012).
 *
 * @example mmdTest({ referenceRows: 1, currentRows: 0, features: [] }, 99, () => 0) // null
 */
export function mmdTest(sample: PooledSample, permutations: number, random: Random): Mmd | null {
  if (!enoughRows(sample)) return null;
  const points = mixedPoints(sample);
  if (points.numbers + points.names === 0) return null;
  const distances = squaredDistances(points);
  const variance = squaredBandwidth(distances, points.rows, random);
  return permutationTest(gaussianKernel(distances, variance), sample.referenceRows, permutations, random);
}

/** exp(−d²/(2σ²)), in place of the squared distances. */
export function gaussianKernel(distances: Float64Array, variance: number): Float64Array {
  for (let i = 0; i < distances.length; i++) {
    distances[i] = Math.exp(-(distances[i] ?? 0) / (2 * variance));
  }
  return distances;
}

/**
 * Unbiased MMD² from the kernel of all pairs i < j (the first `firstRows` rows are one sample), and its p-value by
 * permuting rows. Only the pairs within the smaller sample are added up for each permutation: row sums give the rest.
 *
 * @example permutationTest(Float64Array.of(1, 0, 0, 0, 0, 1), 2, 9, () => 0).statistic // 2
 */
export function permutationTest(
  kernel: Float64Array,
  firstRows: number,
  permutations: number,
  random: Random,
): Mmd {
  const rows = Math.round((1 + Math.sqrt(1 + 8 * kernel.length)) / 2);
  const size = Math.min(firstRows, rows - firstRows);
  const sums = rowSums(kernel, rows);
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const smaller = firstRows === size ? order.slice(0, size) : order.slice(firstRows);
  const statisticsOf = (samples: readonly Int32Array[]): number[] =>
    sumsWithin(kernel, rows, samples).map((within, s) => statisticOf(within, sums, samples[s]!));
  const [statistic = 0] = statisticsOf([smaller]);
  let atLeast = 0;
  for (let p = 0; p < permutations; p += TOGETHER) {
    const samples = Array.from({ length: Math.min(TOGETHER, permutations - p) }, () => {
      shuffle(order, random);
      return ascending(order.subarray(0, size), rows);
    });
    for (const permuted of statisticsOf(samples)) if (permuted >= statistic - ROUNDING) atLeast++;
  }
  return { statistic, p_value: (atLeast + 1) / (permutations + 1), permutations };
}

function squaredBandwidth(distances: Float64Array, rows: number, random: Random): number {
  const picked = pickRows(rows, MEDIAN_ROWS, random);
  const some = new Float64Array((picked.length * (picked.length - 1)) / 2);
  let at = 0;
  for (let a = 0; a < picked.length; a++) {
    const before = beforeFirst(picked[a] ?? 0, rows);
    for (let b = a + 1; b < picked.length; b++) some[at++] = distances[before + (picked[b] ?? 0)] ?? 0;
  }
  const median = quantilePassed(sortDoubles(some, new Float64Array(some.length)), 0.5);
  // Squared distances are far below the largest number, so their sum is one too; 1 when all rows are equal.
  return median > 0 ? median : mean(distances) || 1;
}

/** Where the pair (row, j) lies among all pairs, less j. */
function beforeFirst(row: number, rows: number): number {
  return row * rows - (row * (row + 1)) / 2 - row - 1;
}

/** The sum of a row's kernel with all other rows. */
function rowSums(kernel: Float64Array, rows: number): Float64Array {
  const sums = new Float64Array(rows);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      const value = kernel[at++] ?? 0;
      sums[i] = (sums[i] ?? 0) + value;
      sums[j] = (sums[j] ?? 0) + value;
    }
  }
  return sums;
}

/** Different rows in their order. */
function ascending(chosen: Int32Array, rows: number): Int32Array {
  const isChosen = new Uint8Array(rows);
  for (let i = 0; i < chosen.length; i++) isChosen[chosen[i]!] = 1;
  const sorted = new Int32Array(chosen.length);
  for (let row = 0, to = 0; row < rows; row++) if (isChosen[row] === 1) sorted[to++] = row;
  return sorted;
}

/** Of several choices of rows, each ascending, the kernel's sum over the pairs within, pair after pair. */
function sumsWithin(kernel: Float64Array, rows: number, samples: readonly Int32Array[]): number[] {
  const sums = samples.map((chosen) => ({ chosen, place: 0, sum: 0 }));
  for (let row = 0; row < rows; row++) {
    const before = beforeFirst(row, rows);
    let waiting: SumWithin | null = null;
    for (const one of sums) {
      if (one.chosen[one.place] !== row) continue;
      one.place += 1;
      if (waiting === null) waiting = one;
      else {
        addTwo(kernel, before, waiting, one);
        waiting = null;
      }
    }
    if (waiting !== null) addFrom(kernel, before, waiting, waiting.place);
  }
  return sums.map(({ sum }) => sum);
}

/** What has been added up for one choice, and how far it has come. */
interface SumWithin {
  readonly chosen: Int32Array;
  place: number;
  sum: number;
}

function addFrom(kernel: Float64Array, before: number, one: SumWithin, from: number): void {
  const { chosen } = one;
  let { sum } = one;
  for (let b = from; b < chosen.length; b++) sum += kernel[before + chosen[b]!]!;
  one.sum = sum;
}

/** Two at once: neither waits for its own last sum. */
function addTwo(kernel: Float64Array, before: number, one: SumWithin, other: SumWithin): void {
  const [a, b] = [one.chosen, other.chosen];
  let [i, j] = [one.place, other.place];
  let { sum } = one;
  let otherSum = other.sum;
  for (; i < a.length && j < b.length; i++, j++) {
    sum += kernel[before + a[i]!]!;
    otherSum += kernel[before + b[j]!]!;
  }
  one.sum = sum;
  other.sum = otherSum;
  addFrom(kernel, before, one, i);
  addFrom(kernel, before, other, j);
}

/** MMD² when the given rows are one sample and all others the other. */
function statisticOf(within: number, sums: Float64Array, chosen: Int32Array): number {
  const n = chosen.length;
  const m = sums.length - n;
  let all = 0;
  for (const sum of sums) all += sum / 2;
  let reaching = 0;
  for (const row of chosen) reaching += sums[row] ?? 0;
  const between = reaching - 2 * within;
  const others = all - within - between;
  return (2 * within) / (n * (n - 1)) + (2 * others) / (m * (m - 1)) - (2 * between) / (n * m);
}
