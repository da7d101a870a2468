import { smoothedShares } from './shares.ts';

/**
 * Kullback–Leibler divergence of the current from the reference distribution, in nats.
 *
 * Formula: Σ p ln(p/q), p the reference, smoothed as `psi` is (½ on every count, renormalised).
 * Range [0, ∞), not symmetric, 0 for equal shares. A side without rows: 0. Cost O(B).
 *
 * @example klDivergence([50, 50], [30, 70]) // 0.08530363956551973
 */
export function klDivergence(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const smoothed = smoothedShares(reference, current);
  if (smoothed === null) return 0;
  let sum = 0;
  for (const [i, p] of smoothed.p.entries()) sum += p * Math.log(p / (smoothed.q[i] ?? p));
  return Math.max(0, sum);
}
