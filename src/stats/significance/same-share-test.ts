import { fisherExactTest } from './fisher-exact.ts';
import { twoProportionTest } from './two-proportion.ts';

/** Up to so many rows of the rarer kind Fisher's exact test is quick, and the normal law not yet good enough far out. */
const MOST_FOR_FISHER = 1_000;

/**
 * Two-sided test that x1 of n1 and x2 of n2 come from the same share, also of shares so small that few rows are expected.
 *
 * Formula: z of `twoProportionTest`; its p-value by Fisher's exact test up to 1,000 rows of the rarer kind, by the normal law beyond. Ten rows of 206
 * where 1.2 % are expected are 4.6 standard errors and come once in 3,400 times, not in 270,000.
 * Range: p in [0, 1]; an empty sample, or none or all of both: z = 0, p = 1. O(rows of the rarer kind).
 *
 * @example sameShareTest(120, 10_000, 10, 206).p_value // 0.00029284917851049466
 */
export function sameShareTest(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
): { readonly statistic: number; readonly p_value: number } {
  const test = twoProportionTest(x1, n1, x2, n2);
  const kind = x1 + x2;
  return Math.min(kind, n1 + n2 - kind) <= MOST_FOR_FISHER
    ? { ...test, p_value: fisherExactTest(x1, n1, x2, n2) }
    : test;
}
