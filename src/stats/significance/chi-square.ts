import { contingency } from './g-test.ts';
import type { ContingencyResult } from './g-test.ts';

/**
 * Pearson's test that two samples of counts share one distribution (2 × B contingency table, not goodness of fit).
 *
 * Formula: χ² = Σ (O − E)²/E over both rows, E from the margins, no Yates correction; p from χ² with cells − 1.
 * Input, empty samples and cost as `gTest`. Range: χ² ≥ 0. Shown for comparison with other tools; decisions
 * use the G-test.
 *
 * @example chiSquareTest([15, 60], [15, 90]).statistic // 1.0285714285714287
 */
export function chiSquareTest(reference: ArrayLike<number>, current: ArrayLike<number>): ContingencyResult {
  return contingency(reference, current, (observed, expected) => (observed - expected) ** 2 / expected);
}
