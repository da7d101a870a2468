import { chiSquareSurvival } from '../../stats/distributions.ts';
import type { AlignedCounts } from './column-pair.ts';

/**
 * Pearson's χ² of the current counts against the reference's shares, as if those were known exactly: half as
 * cautious as a two-sample test when both sides are of one size.
 *
 * Formula: Σ (b − E)²/E with E = a·m/n, df = cells − 1. A level the reference never had has E = 0: the statistic is
 * infinite and p is 0, however rare it is. Fewer than two cells: null. O(B).
 */
export function goodnessOfFit(counts: AlignedCounts): { statistic: number; pValue: number } | null {
  if (counts.cells.length < 2) return null;
  const scale = counts.m / counts.n;
  let statistic = 0;
  for (const [i, a] of counts.reference.entries()) {
    const expected = a * scale;
    statistic += ((counts.current[i] ?? 0) - expected) ** 2 / expected;
  }
  const pValue = statistic === Infinity ? 0 : chiSquareSurvival(statistic, counts.cells.length - 1);
  return { statistic, pValue };
}

/** Said beside a p of 0 that one unseen level caused. */
const UNSEEN_LEVEL_NOTE =
  'p is 0 because of a level the reference never had, however few rows have it: the tool expects exactly none';

/** What is said of a test in which some level was new to the reference; null when none was. */
export function unseenLevelNote(counts: AlignedCounts): string | null {
  return counts.reference.includes(0) ? UNSEEN_LEVEL_NOTE : null;
}
