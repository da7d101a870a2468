import { quantileSorted } from 'simple-statistics';

/**
 * Quantiles of values sorted ascending and free of NaN, by four conventions that differ where p·n is not a rank. Which one
 * it is decides what is shown, so each has a name. All: p in [0, 1], NaN without values, O(1).
 */

/**
 * Between two values, on a line: what numpy, pandas and R mean by default (type 7 of Hyndman and Fan 1996).
 *
 * @example quantileBetween([1, 2, 3, 4], 0.5) // 2.5
 */
export function quantileBetween(sorted: ArrayLike<number>, p: number): number {
  return sorted.length === 0 ? Number.NaN : quantileSorted(sorted as readonly number[], p);
}

/**
 * The smallest value with at least a share p at or below it, rank ⌈p·n⌉ (type 1): the inverse of the distribution function.
 *
 * @example quantileReached([1, 2, 3, 4], 0.5) // 2
 */
export function quantileReached(sorted: ArrayLike<number>, p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * The smallest value with more than a share p at or below it, rank ⌊p·n⌋ + 1, the last one at p = 1.
 *
 * @example quantilePassed([1, 2, 3, 4], 0.5) // 3
 */
export function quantilePassed(sorted: ArrayLike<number>, p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

/**
 * The value whose place between the first (0) and the last (1) is nearest to p; half way, the later one.
 *
 * @example quantileNearest([1, 2, 3, 4], 0.3) // 2
 */
export function quantileNearest(sorted: ArrayLike<number>, p: number): number {
  return sorted[Math.round(p * (sorted.length - 1))] ?? Number.NaN;
}
