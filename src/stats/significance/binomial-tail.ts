import { fSurvival } from '../distributions.ts';

/**
 * P(X ≥ k) of X ~ Binomial(n, p): the exact one-sided test that a share is not above p.
 *
 * Formula: I_p(k, n − k + 1), the regularised incomplete beta function, by way of F with (2k, 2(n − k + 1)) degrees of
 * freedom. k ≤ 0 gives 1, k > n gives 0; p = 0 and p = 1 are answered as they are. Cost: a continued fraction,
 * below a millisecond at a hundred million rows. Source: Abramowitz & Stegun 26.5.24.
 *
 * @example binomialUpperTail(3, 10, 0.3) // 0.6172172136
 */
export function binomialUpperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  return fSurvival(((1 - p) * k) / (p * (n - k + 1)), 2 * (n - k + 1), 2 * k);
}
