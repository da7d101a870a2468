import { countInBins } from '../equal-width-bins.ts';
import type { Sample } from '../sample.ts';

/**
 * Both samples in ⌈log2(rows of the smaller one) + 1⌉ bins of equal width over their common range.
 *
 * The edges are min + i · width, so the last one may fall a rounding error short of the maximum, whose rows are then
 * lost: Azure does the same. A constant v > 0 is one bin; one of 0 or less gives Azure edges it refuses: null.
 */
export function dualHistogram(
  reference: Sample,
  current: Sample,
): { reference: Float64Array; current: Float64Array } | null {
  const min = Math.min(reference.min, current.min);
  const max = Math.max(reference.max, current.max);
  if (min === max) {
    return min > 0 ? { reference: Float64Array.of(reference.n), current: Float64Array.of(current.n) } : null;
  }
  const bins = Math.ceil(Math.log2(Math.min(reference.n, current.n)) + 1);
  const width = (max - min) / bins;
  if (!Number.isFinite(width) || min + width === min) return null;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === 0 ? min : min + i * width));
  return {
    reference: countInBins(reference.raw, edges).counts,
    current: countInBins(current.raw, edges).counts,
  };
}
