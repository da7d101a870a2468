import { shares } from './shares.ts';

/**
 * Hellinger distance of two aligned count arrays.
 *
 * Formula: √(Σ (√p − √q)²) / √2, raw shares; the same as √(1 − Σ √(pq)) without its cancellation.
 * Range [0, 1], symmetric, a metric; 1 for disjoint cells. A side without rows: 0. Cost O(B).
 *
 * @example hellinger([1, 0], [0, 1]) // 1
 */
export function hellinger(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const p = shares(reference);
  const q = shares(current);
  if (p === null || q === null) return 0;
  let sum = 0;
  for (const [i, x] of p.entries()) sum += (Math.sqrt(x) - Math.sqrt(q[i] ?? 0)) ** 2;
  return Math.sqrt(Math.min(1, sum / 2));
}
