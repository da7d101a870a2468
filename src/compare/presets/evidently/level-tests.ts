import { chiSquareSurvival } from '../../../stats/distributions.ts';
import { fisherExactTest } from '../../../stats/significance/fisher-exact.ts';
import { twoProportionTest } from '../../../stats/significance/two-proportion.ts';
import { countValues } from '../column-pair.ts';
import type { AlignedCounts, ColumnPair } from '../column-pair.ts';
import { goodnessOfFit, unseenLevelNote } from '../goodness-of-fit.ts';
import { significance, unmeasured } from '../method.ts';
import type { MethodResult, Method } from '../method.ts';

/**
 * Tests on levels. Forced on a numeric column the tool refuses them; by itself it takes χ² and z for numbers with few
 * values, so both measure those too.
 */
export function measureChiSquare(pair: ColumnPair): MethodResult {
  const counts = cellsOf(pair);
  const test = goodnessOfFit(counts);
  if (test === null) return unmeasured('needs two levels');
  return withNote(significance(test.pValue, 0.05), unseenLevelNote(counts));
}

/** Two-sided test of the share of rows that do not have the first level in sort order. */
export function measureZ(pair: ColumnPair): MethodResult {
  const counts = cellsOf(pair);
  const first = smallestCell(counts.cells);
  const rowsOf = (side: Float64Array): number => side[first] ?? 0;
  const { p_value } = twoProportionTest(
    counts.n - rowsOf(counts.reference),
    counts.n,
    counts.m - rowsOf(counts.current),
    counts.m,
  );
  const more = counts.cells.length > 2 ? 'compares the first level with all others together' : null;
  return withNote(significance(p_value, 0.05), more);
}

export const CHI_SQUARE: Method = {
  name: 'chisquare',
  aliases: ['chi_square'],
  kinds: ['categorical'],
  measure: measureChiSquare,
};

export const Z: Method = { name: 'z', kinds: ['categorical'], measure: measureZ };

/** Unlike χ² it does not scale the reference to the current size, and SciPy refuses sums that differ. */
export const G_TEST: Method = {
  name: 'g_test',
  kinds: ['categorical'],
  measure(pair) {
    const counts = cellsOf(pair);
    if (counts.cells.length < 2) return unmeasured('needs two levels');
    if (counts.n !== counts.m) return unmeasured('the tool fails unless both sides have equally many rows');
    let statistic = 0;
    for (const [i, observed] of counts.current.entries()) {
      if (observed > 0) statistic += 2 * observed * Math.log(observed / (counts.reference[i] ?? 0));
    }
    const pValue = statistic === Infinity ? 0 : chiSquareSurvival(statistic, counts.cells.length - 1);
    return withNote(significance(pValue, 0.1), unseenLevelNote(counts));
  },
};

export const FISHER_EXACT: Method = {
  name: 'fisher_exact',
  kinds: ['categorical'],
  measure(pair) {
    const counts = cellsOf(pair);
    if (counts.cells.length > 2) return unmeasured('for columns with at most two levels');
    if (counts.n !== counts.m) return unmeasured('the tool fails unless both sides have equally many rows');
    const a = counts.reference[0] ?? 0;
    const b = counts.current[0] ?? 0;
    return significance(fisherExactTest(a, counts.n, b, counts.m), 0.1);
  },
};

function cellsOf(pair: ColumnPair): AlignedCounts {
  return pair.kind === 'categorical' ? pair.counts : countValues(pair);
}

function smallestCell(cells: readonly (string | number)[]): number {
  let at = 0;
  for (const [i, cell] of cells.entries()) if (cell < (cells[at] ?? cell)) at = i;
  return at;
}

function withNote(measured: MethodResult, note: string | null): MethodResult {
  return note === null ? measured : { ...measured, note };
}
