import { normalQuantile } from '../stats/distributions.ts';
import { studentTwoSided } from '../stats/pooled/student-tail.ts';
import type { ContingencyResult } from '../stats/significance/g-test.ts';
import { cellsApart } from '../stats/significance/moderated-variance.ts';
import type { Variance } from '../stats/significance/moderated-variance.ts';

/** How far from the table windows of a column were, by test; null where nobody knows. */
export interface Apart {
  readonly cells: Variance | null;
  readonly shift: Variance | null;
}

/** Both as the tests of cells and of where a number lies say it, whichever is rarer: in a company that is not apart, what it was. */
export function besideCompany(
  p: number,
  g: Pick<ContingencyResult, 'statistic' | 'df'>,
  { cells, shift }: Apart,
): number {
  if (cells === null) return 0;
  const byCells = cellsApart(g.statistic, g.df, { ...cells, value: Math.max(1, cells.value) });
  const along = shift ?? cells;
  const z = p > 0 ? -normalQuantile(p / 2) : Infinity;
  return Math.min(byCells, studentTwoSided(z / Math.sqrt(Math.max(1, along.value)), along.df));
}
