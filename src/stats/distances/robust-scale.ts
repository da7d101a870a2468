import type { NumericReference } from '../profile/feature-reference.ts';
import { quantileReached } from '../quantiles.ts';

/** Interquartile range of a normal with σ = 1. */
const NORMAL_IQR = 1.349;

/**
 * A scale that outliers cannot inflate: the interquartile range over 1.349, which is σ for a normal. Quartiles are the
 * smallest values with at least a quarter, three quarters of the rows at or below. Input: sorted ascending.
 * 0 without rows or where half of all rows are one value. O(1).
 *
 * @example robustScaleSorted(Float64Array.of(1, 2, 3, 4, 1e12)) // 2 / 1.349
 */
export function robustScaleSorted(sorted: Float64Array): number {
  if (sorted.length === 0) return 0;
  return (quantileReached(sorted, 0.75) - quantileReached(sorted, 0.25)) / NORMAL_IQR;
}

/** The same from counts on the reference's grid: exact where all its values are grid points, else to within a gap. */
export function robustScaleOfGrid(reference: NumericReference): number {
  const quantile = (share: number): number => {
    let below = 0;
    for (const [i, x] of reference.grid.entries()) {
      below += (reference.between[i] ?? 0) + (reference.equal[i] ?? 0);
      if (below >= Math.ceil(share * reference.n)) return x;
    }
    return reference.grid.at(-1) ?? 0;
  };
  return (quantile(0.75) - quantile(0.25)) / NORMAL_IQR;
}
