import { KS_EXACT_MAX_ROWS, ksReportedPValue } from '../../stats/tests/ks.ts';

/**
 * Two-sided p of the KS statistic as SciPy gives it. Samples that do not overlap at all (D = 1) have a closed form: of
 * all orders of the n + m rows just two put one sample wholly before the other.
 *
 * @example ksPValueAsSciPy(1, 1, 1) // 1
 */
export function ksPValueAsSciPy(statistic: number, n: number, m: number): number {
  const larger = Math.max(n, m);
  if (statistic < 1 || larger > KS_EXACT_MAX_ROWS) return ksReportedPValue(statistic, n, m);
  let pValue = 2;
  for (let i = 1; i <= Math.min(n, m); i++) pValue *= i / (larger + i);
  return pValue;
}
