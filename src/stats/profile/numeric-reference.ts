import { boundedContribution, CompensatedSums } from '../compensated.ts';
import { binEdges } from './bins.ts';
import { coarsenNumeric } from './coarsen.ts';
import type { NumericReference } from './feature-reference.ts';

/** All distinct values up to this many are kept, and everything measured later is exact. */
const DEFAULT_MAX_GRID_POINTS = 4096;

export interface RowCounts {
  readonly rows: number;
  readonly missing: number;
  readonly invalid: number;
  readonly infinite: number;
}

/**
 * Freezes a numeric feature: grid, counts, bins and moments.
 *
 * `sorted`: the finite values, ascending. Up to `maxGridPoints` distinct values all become grid points; beyond, see
 * `coarsenNumeric`. A constant v gets the bins (−∞, v), {v}, (v, ∞), or leaving it could not be seen. No values: an
 * empty grid. Cost O(n).
 */
export function numericReference(
  name: string,
  sorted: Float64Array,
  counts: RowCounts,
  maxGridPoints: number = DEFAULT_MAX_GRID_POINTS,
): NumericReference {
  const { values, rows } = distinctValues(sorted);
  const only = values.length === 1 ? values[0] : undefined;
  // The largest double below a constant joins its grid, without rows, so that "less than v" is a bin of its own.
  const grid = only === undefined ? values : Float64Array.of(nextBelow(only), only);
  const equal = only === undefined ? rows : Float64Array.of(0, sorted.length);
  const full: NumericReference = {
    kind: 'numeric',
    name,
    grid,
    equal,
    between: new Float64Array(grid.length + 1),
    betweenSums: new Float64Array(grid.length + 1),
    edges: only === undefined ? binEdges(grid, equal) : Int32Array.of(0, 1),
    exact: true,
    n: sorted.length,
    ...moments(sorted),
    ...counts,
  };
  return coarsenNumeric(full, maxGridPoints);
}

/** The distinct values of a sorted sample and how often each occurs; −0 is 0. O(n). */
export function distinctValues(sorted: Float64Array): { values: Float64Array; rows: Float64Array } {
  let size = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) size += 1;
  const values = new Float64Array(size);
  const rows = new Float64Array(size);
  let at = -1;
  for (let i = 0; i < sorted.length; i++) {
    // `+ 0` makes −0 and 0 one value with one spelling.
    if (i === 0 || sorted[i] !== sorted[i - 1]) values[++at] = (sorted[i] ?? 0) + 0;
    rows[at] = (rows[at] ?? 0) + 1;
  }
  return { values, rows };
}

/** Two passes: the deviations are taken from the mean, so that a large offset costs no digits. Empty: zeros. */
export function moments(values: Float64Array): { mean: number; m2: number } {
  const sum = new CompensatedSums(2);
  for (const value of values) sum.add(0, boundedContribution(value));
  const mean = values.length === 0 ? 0 : sum.get(0) / values.length;
  for (const value of values) sum.add(1, boundedContribution((value - mean) ** 2));
  return { mean, m2: sum.get(1) };
}

/** The largest double below x. */
export function nextBelow(x: number): number {
  if (x === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const view = new Float64Array(bits.buffer);
  view[0] = x;
  bits[0] = (bits[0] ?? 0n) + (x > 0 ? -1n : 1n);
  return view[0];
}
