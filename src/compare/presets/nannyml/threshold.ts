import { sum } from '../column-pair.ts';

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
  const mean = sum(values) / values.length;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / values.length;
  return (options.from?.(values) ?? mean) + options.multiplier * Math.sqrt(variance);
}
