import { chiSquareTest } from '../significance/chi-square.ts';

/**
 * Bias-corrected Cramér's V of the 2 × B table: how strongly the cell depends on which sample a row is from.
 *
 * Formula: φ² = χ²/N, φ̃² = max(0, φ² − (B−1)/(N−1)), with k̃ = 2 − 1/(N−1) and B̃ = B − (B−1)²/(N−1);
 * V = √(φ̃² / min(k̃ − 1, B̃ − 1)). Input: cells as pooled for the tests; those empty on both sides are dropped.
 * Range [0, 1], symmetric. A side without rows, fewer than two cells, or two rows in all: 0. Cost O(B).
 * Source: Bergsma, J. Korean Stat. Soc. 42 (2013).
 *
 * @example cramersV([50, 30, 20], [30, 40, 30]) // 0.1795959068428057
 */
export function cramersV(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const { statistic, cells } = chiSquareTest(reference, current);
  if (cells < 2) return 0;
  let rows = 0;
  for (let i = 0; i < reference.length; i++) rows += (reference[i] ?? 0) + (current[i] ?? 0);
  if (rows <= 2) return 0;
  const columns = cells - 1;
  const phi = Math.max(0, statistic / rows - columns / (rows - 1));
  const smallest = Math.min(1 - 1 / (rows - 1), columns - columns ** 2 / (rows - 1));
  return smallest > 0 ? Math.min(1, Math.sqrt(phi / smallest)) : 0;
}
