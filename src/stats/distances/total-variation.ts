import { shares } from './shares.ts';

/**
 * Total variation distance: the share of rows that would have to change cell.
 *
 * Formula: ½ Σ |p − q|, raw shares. Range [0, 1], symmetric. A side without rows: 0. Cost O(B).
 *
 * @example totalVariation([50, 50], [30, 70]) // 0.2
 */
export function totalVariation(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const p = shares(reference);
  const q = shares(current);
  if (p === null || q === null) return 0;
  let sum = 0;
  for (const [i, x] of p.entries()) sum += Math.abs(x - (q[i] ?? 0));
  return Math.min(1, sum / 2);
}

/**
 * The largest change of any one cell's share: max |p − q|, raw shares. Range [0, 1], symmetric. A side without
 * rows: 0. Cost O(B).
 *
 * @example lInfinity([50, 30, 20], [30, 40, 30]) // 0.2
 */
export function lInfinity(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const p = shares(reference);
  const q = shares(current);
  if (p === null || q === null) return 0;
  let largest = 0;
  for (const [i, x] of p.entries()) largest = Math.max(largest, Math.abs(x - (q[i] ?? 0)));
  return largest;
}
