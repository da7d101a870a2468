import {
  sampleCorrelation as correlationOf,
  sampleVariance as varianceOf,
  standardDeviation as deviationOf,
  sum as sumOf,
} from 'simple-statistics';

/**
 * Plain statistics by simple-statistics: one name for each, and one answer where there is nothing to answer. Its sums
 * carry their rounding errors along (Kahan and Babuška). Not for sums that must add and subtract to the same bits: those
 * are `CompensatedSums`.
 */

/** Columns are typed arrays, which the library reads as well as it does lists; only its types know lists alone. */
type Numbers = ArrayLike<number>;
const listed = (values: Numbers): readonly number[] => values as readonly number[];

/**
 * Σ x. Empty: 0. NaN among them: NaN. With an infinite value, or beyond 1.8e308: ±Infinity, as adding one by one would be.
 *
 * @example sum([1e100, 1, -1e100]) // 1
 */
export function sum(values: Numbers): number {
  const total = sumOf(listed(values));
  // Infinity − Infinity, in what it carries along.
  return Number.isNaN(total) ? Array.from(values).reduce((plain, value) => plain + value, 0) : total;
}

/**
 * Σ x/n. Empty: NaN. NaN and infinite values: as `sum`.
 *
 * @example mean([1, 2, 6]) // 3
 */
export function mean(values: Numbers): number {
  return sum(values) / values.length;
}

/**
 * √(Σ (x − mean)²/n), ddof 0. Empty, or with a value that is not finite: NaN. One value: 0.
 *
 * @example standardDeviation([1, 3]) // 1
 */
export function standardDeviation(values: Numbers): number {
  return values.length === 0 ? Number.NaN : deviationOf(listed(values));
}

/**
 * Σ (x − mean)²/(n − 1), ddof 1. Fewer than two values, or one that is not finite: NaN.
 *
 * @example sampleVariance([1, 3]) // 2
 */
export function sampleVariance(values: Numbers): number {
  return values.length < 2 ? Number.NaN : varianceOf(listed(values));
}

/**
 * Pearson's correlation, in [−1, 1] but for rounding. Fewer than two pairs, or a side that is constant: NaN.
 *
 * @example correlation([1, 2, 3], [1, 2, 2]) // 0.8660254037844387
 */
export function correlation(x: Numbers, y: Numbers): number {
  return x.length < 2 ? Number.NaN : correlationOf(listed(x), listed(y));
}
