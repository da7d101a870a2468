import { boundedContribution, CompensatedSums } from '../compensated.ts';
import { binEdges } from './bins.ts';
import type { NumericReference } from './feature-reference.ts';

/** All distinct values up to this many are kept, and everything measured later is exact. */
export const DEFAULT_MAX_GRID_POINTS = 4096;
/** A grid needs room for its bin edges beside its quantiles. */
const SMALLEST_GRID = 64;

export interface RowCounts {
  readonly rows: number;
  readonly missing: number;
  readonly invalid: number;
  readonly infinite: number;
}

interface Distinct {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Freezes a numeric feature: grid, counts, bins and moments.
 *
 * `sorted`: the finite values, ascending. Up to `maxGridPoints` distinct values all become grid points. Beyond, the
 * grid is both ends, the bin edges and quantiles evenly spread over the ranks; the rows in between are counted in
 * gaps, with their sum. A constant v gets the bins (−∞, v), {v}, (v, ∞), or leaving it could not be seen.
 * No values: an empty grid. Cost O(n).
 */
export function numericReference(
  name: string,
  sorted: Float64Array,
  counts: RowCounts,
  maxGridPoints: number = DEFAULT_MAX_GRID_POINTS,
): NumericReference {
  const distinct = withRoomBelowConstant(distinctValues(sorted));
  const edgesAt = binEdges(distinct.values, distinct.counts);
  const chosen = gridPoints(distinct, edgesAt, sorted.length, Math.max(SMALLEST_GRID, maxGridPoints));
  const grid = chosen.map((i) => distinct.values[i] ?? 0);
  const placeInGrid = new Map(Array.from(chosen, (at, place) => [at, place]));
  return {
    kind: 'numeric',
    name,
    grid: Float64Array.from(grid),
    ...countOnGrid(distinct, chosen),
    edges: edgesAt.map((at) => placeInGrid.get(at) ?? 0),
    n: sorted.length,
    ...moments(sorted),
    ...counts,
  };
}

function distinctValues(sorted: Float64Array): Distinct {
  let size = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) size += 1;
  const values = new Float64Array(size);
  const counts = new Float64Array(size);
  let at = -1;
  for (let i = 0; i < sorted.length; i++) {
    // `+ 0` makes −0 and 0 one value with one spelling.
    if (i === 0 || sorted[i] !== sorted[i - 1]) values[++at] = (sorted[i] ?? 0) + 0;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { values, counts };
}

/** The largest double below a constant joins its grid, without rows, so that "less than v" is a bin of its own. */
function withRoomBelowConstant(distinct: Distinct): Distinct {
  const only = distinct.values[0];
  if (only === undefined || distinct.values.length > 1) return distinct;
  return {
    values: Float64Array.of(nextBelow(only), only),
    counts: Float64Array.of(0, distinct.counts[0] ?? 0),
  };
}

function gridPoints(
  distinct: Distinct,
  edges: Int32Array,
  rows: number,
  maxGridPoints: number,
): Float64Array {
  const size = distinct.values.length;
  if (size <= maxGridPoints) return Float64Array.from({ length: size }, (_, i) => i);
  const chosen = new Set<number>(edges);
  const quantiles = maxGridPoints - edges.length;
  let at = 0;
  let throughRank = distinct.counts[0] ?? 0;
  for (let j = 0; j < quantiles; j++) {
    const rank = Math.round((j * (rows - 1)) / (quantiles - 1));
    while (throughRank <= rank && at < size - 1) throughRank += distinct.counts[++at] ?? 0;
    chosen.add(at);
  }
  return Float64Array.from(chosen).sort();
}

function countOnGrid(
  distinct: Distinct,
  chosen: Float64Array,
): Pick<NumericReference, 'equal' | 'between' | 'betweenSums' | 'exact'> {
  const equal = new Float64Array(chosen.length);
  const between = new Float64Array(chosen.length + 1);
  const sums = new CompensatedSums(chosen.length + 1);
  let gap = 0;
  for (let i = 0; i < distinct.values.length; i++) {
    const count = distinct.counts[i] ?? 0;
    if (chosen[gap] === i) {
      equal[gap] = count;
      gap += 1;
    } else {
      between[gap] = (between[gap] ?? 0) + count;
      sums.add(gap, boundedContribution((distinct.values[i] ?? 0) * count));
    }
  }
  return {
    equal,
    between,
    betweenSums: Float64Array.from(between, (_, i) => sums.get(i)),
    exact: chosen.length === distinct.values.length,
  };
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
