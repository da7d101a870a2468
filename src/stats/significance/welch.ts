import { fSurvival } from '../distributions.ts';

export interface SampleMoments {
  readonly n: number;
  readonly mean: number;
  /** With ddof 1. */
  readonly variance: number;
}

/**
 * Welch's two-sided test of equal means without equal variances, from moments.
 *
 * Formula: t = (mean₂ − mean₁)/√(v₁/n₁ + v₂/n₂), Welch–Satterthwaite degrees of freedom, p from Student's t.
 * Fewer than two rows on a side: t = 0, p = 1. Both variances 0: equal means give t = 0, p = 1, others t = ±1, p = 0.
 * Cost O(1). Source: Welch, Biometrika 34 (1947).
 *
 * @example welchTest({ n: 8, mean: 1, variance: 1 }, { n: 8, mean: 2, variance: 1 }).statistic // 2
 */
export function welchTest(
  first: SampleMoments,
  second: SampleMoments,
): { statistic: number; p_value: number } {
  if (first.n < 2 || second.n < 2) return { statistic: 0, p_value: 1 };
  const a = first.variance / first.n;
  const b = second.variance / second.n;
  const difference = second.mean - first.mean;
  if (!(a + b > 0)) return { statistic: Math.sign(difference), p_value: difference === 0 ? 1 : 0 };
  const statistic = difference / Math.sqrt(a + b);
  const df = (a + b) ** 2 / (a ** 2 / (first.n - 1) + b ** 2 / (second.n - 1));
  return { statistic, p_value: fSurvival(statistic ** 2, 1, df) };
}
