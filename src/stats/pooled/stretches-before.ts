import type { PooledTest } from '../../core/columns/pooled-figures.ts';
import { cellGroups, DEFAULT_MIN_EXPECTED, sumGroups } from '../cells.ts';
import { mean, sum } from '../elementary.ts';
import { chiSquareTest } from '../significance/chi-square.ts';
import { addUp, sharesOf } from './known-stretches.ts';
import { directionScores, meanUnder } from './normal-scores.ts';

/** A column's windows in order of time, the one to be judged last, and the table's counts by the same cells. */
export interface WindowsBesideTable {
  readonly reference: readonly number[];
  readonly windows: readonly (readonly number[])[];
  readonly ordered: boolean;
}

/** A mean of squares in units of chance. */
export interface Squares {
  readonly value: number;
  readonly stretches: number;
  /** Of each of them: cells less one, or 1. */
  readonly df: number;
  /** Rows that the last windows beside the table are worth, in those of such a stretch: what sets it apart grows with them. */
  readonly ratio: number;
}

/**
 * How far from the table stretches of `length` windows were that end before the last `length` of them: of each test the mean square in units of chance, 1
 * for independent rows.
 *
 * Formula: z² = (mean score of the stretch − of the table)²/(1/m + 1/N) for the two directions of `directionScores`, X²/df of the cells; the mean over the
 * stretches, back from the last windows without overlap, 0 where there are none. O(windows · cells).
 *
 * @example squaresBefore({ reference: [500, 500], windows: [[60, 40], [50, 50], [50, 50]], ordered: false }, 1).get('cells').stretches // 2
 */
export function squaresBefore(
  { reference, windows, ordered }: WindowsBesideTable,
  length: number,
): Map<PooledTest, Squares> {
  const stretches = stretchesBefore(windows, length, reference.length);
  const worth = (counts: readonly number[]): number => 1 / (1 / sum(counts) + 1 / sum(reference));
  const last = worth(addUp(windows.slice(-length), reference.length));
  const ratio = stretches.length === 0 ? 1 : last / mean(stretches.map(worth));
  const scores = ordered ? directionScores(sharesOf(reference)) : { shift: null, spread: null };
  const squares = new Map<PooledTest, Squares>([
    ['cells', { ...ofCells(stretches, { reference, ordered }), ratio }],
  ]);
  for (const test of ['shift', 'spread'] as const) {
    const own = scores[test];
    if (own !== null) squares.set(test, { ...alongScores(stretches, reference, own), ratio });
  }
  return squares;
}

type Unscaled = Omit<Squares, 'ratio'>;

function stretchesBefore(windows: readonly (readonly number[])[], length: number, cells: number): number[][] {
  const stretches: number[][] = [];
  for (let to = windows.length - length; to >= length; to -= length) {
    const counts = addUp(windows.slice(to - length, to), cells);
    if (sum(counts) > 0) stretches.push(counts);
  }
  return stretches;
}

function alongScores(
  stretches: readonly (readonly number[])[],
  reference: readonly number[],
  scores: readonly number[],
): Unscaled {
  const squares = stretches.map((counts) => {
    const way = meanUnder(sharesOf(counts), scores) - meanUnder(sharesOf(reference), scores);
    return way ** 2 / (1 / sum(counts) + 1 / sum(reference));
  });
  return squaresOf(squares, 1);
}

function ofCells(
  stretches: readonly (readonly number[])[],
  { reference, ordered }: Pick<WindowsBesideTable, 'reference' | 'ordered'>,
): Unscaled {
  const squares = stretches.flatMap((counts) => {
    const groups = cellGroups(reference, counts, { ordered, minExpected: DEFAULT_MIN_EXPECTED });
    const { statistic, df } = chiSquareTest(sumGroups(reference, groups), sumGroups(counts, groups));
    return df > 0 ? [{ square: statistic / df, df }] : [];
  });
  return squaresOf(
    squares.map(({ square }) => square),
    squares.length === 0 ? 0 : mean(squares.map(({ df }) => df)),
  );
}

const squaresOf = (squares: readonly number[], df: number): Unscaled => ({
  value: squares.length === 0 ? 0 : mean(squares),
  stretches: squares.length,
  df,
});
