import { chiSquareSurvival } from '../../../stats/distributions.ts';
import { sum } from '../../../stats/elementary.ts';
import type { AlignedCounts } from '../column-pair.ts';

/** With two levels each must expect this many rows; with more, a fifth of them may expect fewer than the second. */
const LEAST_EXPECTED_OF_TWO = 10;
const LEAST_EXPECTED_OF_MORE = 5;
const SHARE_ALLOWED_BELOW = 0.2;

interface Cell {
  expected: number;
  observed: number;
}

/**
 * p of χ² of the current counts against the reference's shares, after the smallest levels were merged as far as Deequ
 * asks.
 *
 * Rows with a level the reference never had take no part, and the expected counts are scaled to the others. Of equally
 * small levels the first is merged. Fewer than two levels left: null. O(levels²).
 *
 * For example: regroupedChiSquare(alignCounts(new Map([['a', 50], ['b', 50]]), new Map([['a', 60], ['b', 40]]))) // 0.04550026389635842
 */
export function regroupedChiSquare(counts: AlignedCounts): number | null {
  const known = counts.cells.map((_, i) => i).filter((i) => (counts.reference[i] ?? 0) > 0);
  const observedRows = sum(known.map((i) => counts.current[i] ?? 0));
  let cells: Cell[] = known.map((i) => ({
    expected: ((counts.reference[i] ?? 0) / counts.n) * observedRows,
    observed: counts.current[i] ?? 0,
  }));
  while (cells.length >= 2 && tooManySmall(cells)) {
    const smallest = takeSmallest(cells);
    const rest = cells.filter((cell) => cell !== smallest);
    const next = takeSmallest(rest);
    if (smallest === undefined || next === undefined) break;
    next.expected += smallest.expected;
    next.observed += smallest.observed;
    cells = rest;
  }
  if (cells.length < 2) return null;
  const statistic = sum(cells.map(({ expected, observed }) => (observed - expected) ** 2 / expected));
  return chiSquareSurvival(statistic, cells.length - 1);
}

function tooManySmall(cells: readonly Cell[]): boolean {
  const two = cells.length === 2;
  const least = two ? LEAST_EXPECTED_OF_TWO : LEAST_EXPECTED_OF_MORE;
  const allowed = two ? 0 : Math.floor(SHARE_ALLOWED_BELOW * cells.length);
  return cells.filter((cell) => cell.expected < least).length > allowed;
}

function takeSmallest(cells: readonly Cell[]): Cell | undefined {
  let smallest = cells[0];
  for (const cell of cells) if (smallest !== undefined && cell.expected < smallest.expected) smallest = cell;
  return smallest;
}
