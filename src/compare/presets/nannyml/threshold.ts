import { mean, standardDeviation } from '../../../stats/elementary.ts';

/**
 * A level plus (or, with a negative multiplier, minus) some standard deviations (ddof 0) of values.
 *
 * The level is their mean unless `from` says otherwise. No values: null. O(n).
 *
 * @example standardDeviationThreshold([1, 2, 3], { multiplier: 3 }) // 4.449489742783178
 */
export function standardDeviationThreshold(
  values: readonly number[],
  options: { readonly multiplier: number; readonly from?: (values: readonly number[]) => number },
): number | null {
  if (values.length === 0) return null;
  const level = options.from?.(values) ?? mean(values);
  return level + options.multiplier * standardDeviation(values);
}
