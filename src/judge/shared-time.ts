import { alignWindows } from '../compare/overdispersion.ts';
import type { WindowCounts } from '../compare/overdispersion.ts';
import type { BinnedCounts } from '../core/columns/figures.ts';
import type { FeatureComparison } from '../core/findings.ts';
import { sum } from '../stats/elementary.ts';
import { areNarrow, CERTAINLY_NARROW } from '../stats/significance/narrow-window.ts';
import type { EarlierWindows } from './windows-before.ts';

/** What has moved and goes on is no weather. */
export const isQuiet = ({ drifted }: WindowCounts): boolean => drifted !== true;

/** Of fewer windows, this one among them, nobody knows how far such windows are apart. */
export const ENOUGH_WINDOWS = 7;

/** Standard errors, of one number among several that are asked. */
const PROBABLY_NARROW = 2;
/** From this part of the numbers on that are alike within a window, what is true of them may be of levels as well. */
export const A_FEW = 1 / 7;

/**
 * Whether rows of a window share what rows of the table do not: of one in seven numbers windows are narrower than the table, or hold one of its cells. Levels show
 * nothing of the kind in one window: one crew of a day is one more often than ever.
 */
export function sharesItsTime(
  features: readonly FeatureComparison[],
  before: (name: string) => readonly WindowCounts[],
): boolean {
  const numbers = features.filter(({ kind, counts }) => kind === 'numeric' && counts !== undefined);
  const sure = numbers.length * A_FEW <= 1 ? CERTAINLY_NARROW : PROBABLY_NARROW;
  const shared = numbers.filter(({ name, counts }) => {
    // Where those before tell how wide windows are, a narrow one that follows is news.
    const quiet = before(name).filter(isQuiet);
    const windows = cellsOfTable(counts!, quiet.length < ENOUGH_WINDOWS ? [...quiet, counts!] : quiet);
    const isHeld = windows.every((cells) => {
      const most = cells.indexOf(Math.max(...cells));
      // What is mostly nothing in the table is in every window of it.
      return (
        cells[most]! >= NEARLY_ALL * sum(cells) &&
        counts!.reference[most]! < MOST_OF_ONE * sum(counts!.reference)
      );
    });
    return isHeld || areNarrow(counts!.reference, windows, sure);
  });
  return shared.length > 0 && shared.length >= A_FEW * numbers.length;
}

/** Of a window, at one value, and of a table whose windows hold others. */
const NEARLY_ALL = 0.9;
const MOST_OF_ONE = 0.6;

/** Columns of which two windows before held one and another value in nine tenths of their rows. */
export function columnsThatStoodStill(around: EarlierWindows): ReadonlySet<string> {
  const still = [...around].filter(([, windows]) => {
    const held = new Set(
      windows.flatMap(({ bins, current }) => {
        const most = current.indexOf(Math.max(...current));
        return (current[most] ?? 0) >= NEARLY_ALL * sum(current) && sum(current) > 0 ? [bins[most]] : [];
      }),
    );
    return held.size > 1;
  });
  return new Set(still.map(([name]) => name));
}

/** Windows by the cells of the table: behind these there may be one of what it never had. */
export function cellsOfTable(
  { bins, reference }: Pick<BinnedCounts, 'bins' | 'reference'>,
  windows: readonly WindowCounts[],
): number[][] {
  return alignWindows(bins, windows).map((counts) => [...counts].slice(0, reference.length));
}
