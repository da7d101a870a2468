import { CompensatedSums } from '../compensated.ts';
import { forEachStretch } from './cdf-area.ts';

/**
 * First Wasserstein (earth mover's) distance: how far a row has to move on average, in the feature's unit.
 *
 * Formula: ∫ |F_a − F_b| dx. Input: sorted ascending, finite, ties allowed. Range [0, ∞), symmetric, a metric; a shift
 * by c gives |c|. An empty sample: 0. Cost O(n + m).
 *
 * @example wassersteinSorted(Float64Array.of(0, 1), Float64Array.of(0)) // 0.5
 */
export function wassersteinSorted(a: Float64Array, b: Float64Array): number {
  if (a.length === 0 || b.length === 0) return 0;
  const area = new CompensatedSums(1);
  forEachStretch(a, b, (width, difference) => area.add(0, width * Math.abs(difference)));
  return area.get(0);
}

/**
 * A distance in units of the reference's standard deviation (ddof 0). Null when the reference is constant: there is
 * no unit to measure in.
 *
 * @example normalizedBy(0.5, 2) // 0.25
 */
export function normalizedBy(distance: number, standardDeviation: number): number | null {
  return standardDeviation > 0 && Number.isFinite(standardDeviation) ? distance / standardDeviation : null;
}
