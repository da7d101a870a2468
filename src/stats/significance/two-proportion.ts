import { normalTwoSided } from '../distributions.ts';

/**
 * Two-sided test that x1 of n1 and x2 of n2 come from the same share.
 *
 * Formula: z = (x2/n2 − x1/n1) / √(p(1−p)(1/n1 + 1/n2)), p pooled; p-value from the normal. No continuity
 * correction: z² is Pearson's χ² of the 2 × 2 table.
 * Range: z any real, positive when the second share is larger. Empty sample, or a pooled share of 0 or 1: z = 0, p = 1.
 * Minimum n: the normal law is fair when each side expects five of either kind.
 * Cost: O(1). Source: Fleiss, Statistical Methods for Rates and Proportions, 1981.
 *
 * @example twoProportionTest(15, 75, 15, 105).statistic // -1.0141851056742202
 */
export function twoProportionTest(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
): { statistic: number; p_value: number } {
  if (!(n1 > 0 && n2 > 0)) return { statistic: 0, p_value: 1 };
  const pooled = (x1 + x2) / (n1 + n2);
  const variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2);
  if (!(variance > 0)) return { statistic: 0, p_value: 1 };
  const statistic = (x2 / n2 - x1 / n1) / Math.sqrt(variance);
  return { statistic, p_value: normalTwoSided(statistic) };
}
