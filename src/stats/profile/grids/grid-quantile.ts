import type { NumericProfile } from '../numeric-profile.ts';

/**
 * The smallest value with at least a share p at or below it, rank ⌈p·n⌉, from counts on a grid: exact where it is a point of the grid; of what
 * lies between two points, or beyond them, the mean. Never smaller for a larger p. Range: 0 < p ≤ 1. No values: null. O(grid).
 *
 * For example: of 1, 2, 2.4, 2.6 on the points 1, 2 and 3: p 0.5 is 2, p 0.75 is 2.5
 */
export function quantileOfGrid(profile: NumericProfile, p: number): number | null {
  const { equal, between, betweenSums, n } = profile;
  const { grid } = profile.reference;
  if (!(n > 0)) return null;
  const rank = Math.max(1, Math.ceil(p * n));
  let seen = 0;
  for (let i = 0; i <= grid.length; i++) {
    seen += between[i] ?? 0;
    if (seen >= rank) return meanOfGap(betweenSums.get(i) / (between[i] ?? 1), grid[i - 1], grid[i]);
    seen += equal[i] ?? 0;
    if (seen >= rank) return grid[i] ?? null;
  }
  return null;
}

/** A sum that was rounded does not leave its gap. */
function meanOfGap(mean: number, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): number {
  return Math.min(to, Math.max(from, mean));
}
