import { smoothedShares } from './shares.ts';

/**
 * Population stability index of two aligned count arrays: how far a distribution moved, as an effect size.
 *
 * Formula: Σ (q − p) ln(q/p), where ½ is added to every count on both sides and each side renormalised.
 * Range [0, ∞), symmetric, 0 for equal shares. Cells empty on both sides are left out, so that bins nobody uses do
 * not matter. A side without rows, or a single cell: 0. Counts must not be negative or NaN.
 * Under no drift it is about χ²(B−1)·(1/n + 1/m), so its mean is (B−1)(1/n + 1/m): see `psiNoise`.
 * Cost O(B). Source: Yurdakul, Statistical Properties of Population Stability Index, 2018.
 *
 * @example psi([50, 50], [30, 70]) // 0.1659180249910608
 */
export function psi(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const smoothed = smoothedShares(reference, current);
  if (smoothed === null) return 0;
  let sum = 0;
  for (const [i, p] of smoothed.p.entries()) {
    const q = smoothed.q[i] ?? p;
    sum += (q - p) * Math.log(q / p);
  }
  return sum;
}

/** What PSI is expected to be when nothing moved: (B − 1)(1/n + 1/m). 0 when a side is empty. */
export function psiNoise(cells: number, n: number, m: number): number {
  return n > 0 && m > 0 ? Math.max(0, cells - 1) * (1 / n + 1 / m) : 0;
}

/**
 * What each cell adds to `psi`: (q − p) ln(q/p), 0 of a cell that is empty on both sides. They sum to it, up to rounding
 * of the last digits. A side without rows: all 0. O(B).
 *
 * For example: psiParts([50, 50], [30, 70]) // [0.1006…, 0.0652…]
 */
export function psiParts(reference: ArrayLike<number>, current: ArrayLike<number>): number[] {
  const smoothed = smoothedShares(reference, current);
  let used = 0;
  return Array.from(reference, (count, i) => {
    if (smoothed === null || count + (current[i] ?? 0) === 0) return 0;
    const [p, q] = [smoothed.p[used] ?? 0, smoothed.q[used] ?? 0];
    used += 1;
    return (q - p) * Math.log(q / p);
  });
}
