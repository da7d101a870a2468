import type { Overdispersion } from '../core/findings.ts';
import type { BinnedCounts } from '../core/columns/figures.ts';
import { cellGroups, DEFAULT_MIN_EXPECTED, sumGroups } from '../stats/cells.ts';
import type { CellCounts } from '../stats/cells.ts';
import { sum } from '../stats/elementary.ts';
import { fisherExactTest } from '../stats/significance/fisher-exact.ts';
import { gTest } from '../stats/significance/g-test.ts';
import type { ContingencyResult } from '../stats/significance/g-test.ts';
import { ksPValue } from '../stats/significance/ks.ts';
import { overdispersedPValue, windowSpread } from '../stats/significance/overdispersion.ts';
import type { Measures } from './measures/measures.ts';
import { alignWindows } from './overdispersion.ts';
import type { WindowCounts } from './overdispersion.ts';

/** The one p-value of a feature, and what it rests on. */
export interface FeatureTest {
  readonly cells: CellCounts;
  readonly g: ContingencyResult;
  /** Null where nothing can be tested: a side without values, or one and the same cell throughout. */
  readonly pValue: number | null;
  readonly overdispersion: Overdispersion | null;
}

/**
 * Numbers: twice the smaller of G (which sees any change of the bins) and KS (which sees small shifts across them).
 * Levels: G. Where all but a handful of rows are in one cell, G gives way to Fisher's exact test of that cell against
 * the rest. With enough reference windows and more spread among them than independent rows have, G measured against
 * that spread alone: KS has no such correction.
 */
export function testFeature(measures: Measures, windows: readonly WindowCounts[]): FeatureTest {
  const { counts } = measures;
  const n = sum(counts.reference);
  const m = sum(counts.current);
  const groups = cellGroups(counts.reference, counts.current, {
    ordered: measures.kind === 'numeric',
    minExpected: DEFAULT_MIN_EXPECTED,
  });
  const shown = {
    reference: sumGroups(counts.reference, groups),
    current: sumGroups(counts.current, groups),
  };
  const cells = measures.tested ?? shown;
  const g = gTest(cells.reference, cells.current);
  if (n === 0 || m === 0) return { cells, g, pValue: null, overdispersion: null };
  const ofCells = g.cells >= 2 ? g.p_value : isWhole(cells) ? exactPValue(counts, n, m) : null;
  const ks = measures.metrics.ks;
  const independent =
    ks === undefined ? ofCells : Math.min(1, 2 * Math.min(ofCells ?? 1, ksPValue(ks.statistic, n, m)));
  const spread = windowSpread(alignWindows(counts.bins, windows).map((window) => sumGroups(window, groups)));
  if (spread === null || independent === null) {
    return { cells, g, pValue: independent, overdispersion: null };
  }
  const gOfShown = gTest(shown.reference, shown.current);
  return {
    cells,
    g,
    pValue: spread.mean > spread.df ? overdispersedPValue(gOfShown, spread) : independent,
    overdispersion: {
      windows: spread.windows,
      factor: spread.factor,
      independent_p_value: gOfShown.p_value,
      measured_rate: spread.measuredRate,
    },
  };
}

/** Fewer cells than are shown may be a reference that counts for less than its rows: no exact test has a rule for it. */
function isWhole(cells: CellCounts): boolean {
  return cells.reference.every(Number.isInteger);
}

/** The fullest cell against all others; null when there are no others. */
function exactPValue(counts: BinnedCounts, n: number, m: number): number | null {
  const totals = counts.reference.map((a, i) => a + (counts.current[i] ?? 0));
  const fullest = totals.indexOf(Math.max(...totals));
  if (totals[fullest] === n + m) return null;
  return fisherExactTest(n - (counts.reference[fullest] ?? 0), n, m - (counts.current[fullest] ?? 0), m);
}
