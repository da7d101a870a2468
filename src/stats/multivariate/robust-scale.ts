import { quantileNearest } from '../quantiles.ts';

/** Where the middle of a column is and how far its bulk reaches, whatever a few values do. */
export interface RobustScale {
  readonly centre: number;
  /** 0 when all finite values are equal, or there is none. */
  readonly scale: number;
}

/** The distance of these quantiles in standard deviations of a normal distribution. */
const QUARTILES_APART = 1.349;
const PERCENTILES_APART = 4.6527;

/**
 * Median, and the distance of the quartiles divided by 1.349: the mean and standard deviation of normal data, but
 * one value of 1e12 moves neither. Where half the values are equal, the distance of the 1 % and 99 % quantiles by
 * 4.653 instead, and where almost all are, the largest distance from the median. NaN and ±Infinity are left out.
 * Quantiles are values that occur. Cost O(n log n).
 *
 * @example robustScale(Float64Array.of(1, 2, 3, 4, 1e12)) // { centre: 3, scale: 2 / 1.349 }
 */
export function robustScale(values: Float64Array): RobustScale {
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  if (sorted.length === 0) return { centre: 0, scale: 0 };
  const quantile = (share: number): number => quantileNearest(sorted, share);
  const centre = quantile(0.5);
  const scale =
    (quantile(0.75) - quantile(0.25)) / QUARTILES_APART ||
    (quantile(0.99) - quantile(0.01)) / PERCENTILES_APART ||
    Math.max(quantile(1) - centre, centre - quantile(0));
  return { centre, scale: Math.min(scale, Number.MAX_VALUE) };
}

/** (value − centre)/scale, cut at ± limit, so that no value outweighs all others; ±Infinity is ± limit. */
export function squash(value: number, { centre, scale }: RobustScale, limit: number): number {
  return Math.max(-limit, Math.min(limit, (value - centre) / scale));
}
