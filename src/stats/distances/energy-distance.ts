import { CompensatedSums } from '../compensated.ts';
import { forEachStretch } from './cdf-area.ts';

/**
 * Energy distance of two samples on a line, √(2 E|X−Y| − E|X−X′| − E|Y−Y′|).
 *
 * Formula: √(2 ∫ (F_a − F_b)² dx). Input: sorted ascending, finite, ties allowed. Range [0, ∞), symmetric, a metric, in
 * the square root of the feature's unit. An empty sample: 0. Cost O(n + m).
 * Source: Székely, E-statistics, 2002.
 *
 * @example energyDistanceSorted(Float64Array.of(0), Float64Array.of(1)) // Math.SQRT2
 */
export function energyDistanceSorted(a: Float64Array, b: Float64Array): number {
  if (a.length === 0 || b.length === 0) return 0;
  const area = new CompensatedSums(1);
  forEachStretch(a, b, (width, difference) => area.add(0, width * difference ** 2));
  return Math.sqrt(2 * area.get(0));
}
