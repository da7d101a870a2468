import { shares } from './shares.ts';

/**
 * Jensen–Shannon *distance* in base 2: the square root of the divergence.
 *
 * Formula: √(½ Σ p log2(p/m) + ½ Σ q log2(q/m)), m = (p + q)/2, raw shares; a term with p = 0 is 0.
 * Range [0, 1], symmetric, a metric; 1 for disjoint cells. A side without rows: 0. Cost O(B).
 * Source: Endres & Schindelin, IEEE Trans. Inf. Theory 49 (2003).
 *
 * @example jensenShannon([1, 0], [0, 1]) // 1
 */
export function jensenShannon(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const p = shares(reference);
  const q = shares(current);
  if (p === null || q === null) return 0;
  let sum = 0;
  for (const [i, x] of p.entries()) {
    const y = q[i] ?? 0;
    if (x > 0) sum += x * Math.log2((2 * x) / (x + y));
    if (y > 0) sum += y * Math.log2((2 * y) / (x + y));
  }
  return Math.sqrt(Math.min(1, Math.max(0, sum / 2)));
}
