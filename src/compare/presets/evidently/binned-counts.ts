import { sum } from '../../../stats/elementary.ts';
import { countValues } from '../column-pair.ts';
import type { ColumnPair, NumericPair } from '../column-pair.ts';
import { countInBins, sturgesEdges } from '../equal-width-bins.ts';
import type { Sample } from '../sample.ts';

/** Up to this many distinct reference values, numbers are binned value by value. */
const MOST_VALUES_AS_CELLS = 20;

export interface CellPair {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** Evidently's cells for PSI, KL and JS: levels, few values, or Sturges bins over both sides. Null: no bins. */
export function binnedCounts(pair: ColumnPair): CellPair | null {
  if (pair.kind === 'categorical') return pair.counts;
  if (!hasMoreValuesThan(pair.reference, MOST_VALUES_AS_CELLS)) return countValues(pair);
  const edges = pooledEdges(pair, pair.reference.n + pair.current.n);
  return edges === null ? null : inBins(pair, edges);
}

/** Sturges edges for `n` values over the range of both sides. */
export function pooledEdges(pair: NumericPair, n: number): Float64Array | null {
  const { reference, current } = pair;
  const whole = reference.whole && current.whole;
  return sturgesEdges(n, Math.min(reference.min, current.min), Math.max(reference.max, current.max), whole);
}

export function inBins(pair: NumericPair, edges: Float64Array): CellPair {
  return {
    reference: countInBins(pair.reference.raw, edges).counts,
    current: countInBins(pair.current.raw, edges).counts,
  };
}

/** Shares in which an empty cell holds 1e-4, or a millionth of the smallest share when that is no larger. */
export function filledShares(counts: Float64Array): Float64Array {
  const total = sum(counts);
  const shares = counts.map((count) => count / total);
  let smallest = Infinity;
  for (const share of shares) if (share > 0) smallest = Math.min(smallest, share);
  const fill = smallest <= 1e-4 ? smallest / 1e6 : 1e-4;
  return shares.map((share) => (share === 0 ? fill : share));
}

/** Whether a sample has more distinct values than this; stops counting there. Needs no sorting. */
export function hasMoreValuesThan(sample: Sample, most: number, seen: Set<number> = new Set()): boolean {
  for (const value of sample.raw) {
    if (!Number.isFinite(value) || seen.has(value)) continue;
    seen.add(value);
    if (seen.size > most) return true;
  }
  return false;
}
