import { chiSquareSurvival, normalQuantile } from '../stats/distributions.ts';
import { studentTwoSided } from '../stats/pooled/student-tail.ts';
import type { OwnAndCompany } from './how-far-apart.ts';
import { windowSpread } from '../stats/significance/overdispersion.ts';
import { MIN_STRETCHES } from '../stats/significance/stretch-spread.ts';
import type { ContingencyResult } from '../stats/significance/g-test.ts';
import { cellsApart } from '../stats/significance/moderated-variance.ts';

/** How far from the table windows of a column were, by test; null where nobody knows. */
export interface Apart {
  readonly cells: OwnAndCompany | null;
  readonly shift: OwnAndCompany | null;
}

/** Both as the tests of cells and of where a number lies say it, whichever is rarer: in a company that is not apart, what it was. Where all
 * windows of a column are in one place, what they have in common is no weather of its own, and its company alone is asked. */
export function besideCompany(
  p: number,
  g: Pick<ContingencyResult, 'statistic' | 'df'>,
  apart: Apart,
  by: keyof OwnAndCompany,
): number {
  const [cells, along] = [apart.cells?.[by], (apart.shift ?? apart.cells)?.[by]];
  if (cells === undefined || along === undefined || !(cells.df > 0) || !(along.df > 0)) return 0;
  const byCells = cellsApart(g.statistic, g.df, { ...cells, value: Math.max(1, cells.value) });
  const z = p > 0 ? -normalQuantile(p / 2) : Infinity;
  return Math.min(byCells, studentTwoSided(z / Math.sqrt(Math.max(1, along.value)), along.df));
}

/** Of a hundred columns whose windows do not wander one looks as if they did. */
const CLEARLY = 0.01;

/** Whether windows, seven at least, differ from each other by no more than chance: what all of them have in common is a change, and no weather. */
export function areInOnePlace(windows: readonly (readonly number[])[]): boolean {
  const known = windowSpread(windows, [], MIN_STRETCHES);
  if (known === null) return false;
  const others = known.windows - 1;
  return chiSquareSurvival(known.mean * others, known.df * others) > CLEARLY;
}
