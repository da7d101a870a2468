import type { BinnedCounts } from '../../core/columns/figures.ts';
import type { CellCounts } from '../../stats/cells.ts';
import type { CategoricalProfile } from '../../stats/profile/categorical-profile.ts';
import { valueCount } from '../../stats/profile/feature-reference.ts';
import type { CategoricalReference } from '../../stats/profile/feature-reference.ts';
import { addCell, frequentCells } from './level-cells.ts';
import type { LevelCells } from './level-cells.ts';
import { RARE_OR_NEW } from './measures.ts';

/** Ranges of names aimed at; a level that holds such a part alone is a cell of its own. */
const RANGES = 10;
/** A new level with at least this share of the window is a cell of its own among ranges. */
const FREQUENT_NEW_SHARE = 0.1;

/**
 * The cells of a feature whose levels are mostly rare (postcodes, products, names): levels that hold a tenth; the other
 * known ones in the order of their names, cut where each range holds about a tenth of the reference; new levels that
 * hold a tenth of the window; then the rest. O(levels · log levels).
 *
 * Names, not counts, decide who is together: groups made by the reference's counts look rarer the moment after, because
 * chance helped the levels it counted most often.
 */
export function nameRanges(profile: CategoricalProfile): LevelCells {
  const reference = profile.reference;
  const n = valueCount(reference);
  const cells = frequentCells(profile, n / RANGES);
  const share = fragileShare(profile, cells.bins.length);
  let unknown = n;
  for (const count of cells.reference) unknown -= count;
  for (const members of cutByName(reference, cells.bins.length, n / RANGES)) {
    let before = 0;
    let now = 0;
    for (const i of members) {
      const rows = reference.counts[i] ?? 0;
      before += keptWithoutOneRow(reference, i) ? rows : share * rows;
      now += profile.counts[i] ?? 0;
    }
    const known = Math.min(unknown, Math.round(before));
    unknown -= known;
    addCell(cells, rangeName(members.map((i) => reference.levels[i] ?? '')), known, now);
  }
  addUnknown(cells, profile, unknown);
  return cells;
}

/** Levels from `first` on, by name, in ranges of about `size` reference rows. */
function cutByName({ levels, counts }: CategoricalReference, first: number, size: number): number[][] {
  const order = levels.map((_, i) => i).slice(first);
  order.sort((i, j) => ((levels[i] ?? '') < (levels[j] ?? '') ? -1 : 1));
  const ranges = new Map<number, number[]>();
  let below = 0;
  for (const i of order) {
    const range = Math.floor(below / size);
    const members = ranges.get(range);
    if (members === undefined) ranges.set(range, [i]);
    else members.push(i);
    below += counts[i] ?? 0;
  }
  return [...ranges.values()];
}

/**
 * How much of the reference's fragile rows counts as known. Fragile are rows whose level is on the list of known levels
 * only thanks to them. A window had no part in making the list, so where rows are independent as many of its rows are
 * unknown as the reference has fragile ones; where the same names come back every time, none is. Whatever lies between
 * is no news, so the share is the one that agrees best with the window. More unknown rows than that are news.
 */
function fragileShare(profile: CategoricalProfile, first: number): number {
  const reference = profile.reference;
  let fragile = 0;
  for (let i = first; i < reference.levels.length; i++) {
    if (!keptWithoutOneRow(reference, i)) fragile += reference.counts[i] ?? 0;
  }
  if (fragile === 0 || profile.n === 0) return 1;
  const expected = (profile.newLevels.total / profile.n) * valueCount(reference) - reference.otherCount;
  return 1 - Math.min(1, Math.max(0, expected / fragile));
}

/**
 * What the tests take of ranges: a reference of fewer rows, because chance also decides which levels are known.
 *
 * A level of mean λ that counts with its rows c where c > t has a variance above its mean by at most λ²(P(c = t − 1) +
 * P(c < t)). The numbers N_k of levels with k rows estimate it: t(t + 1)·N_{t+1} + Σ k(k − 1)·N_k over k ≤ t + 1, and
 * levels off the list have at most t rows each. The rest's rows vary by as much, so they join the last range where
 * this exceeds their own number. A sample that varies r times more than independent rows says as much as one of n/r.
 */
export function testedRanges(reference: CategoricalReference, shown: BinnedCounts): CellCounts {
  const excess = excessVariance(reference);
  const before = [...shown.reference];
  const now = [...shown.current];
  if (shown.bins.at(-1) === RARE_OR_NEW && (before.at(-1) ?? 0) < excess) {
    const rest = before.pop() ?? 0;
    const restNow = now.pop() ?? 0;
    const range = Math.max(
      0,
      before.findLastIndex((count) => count > 0),
    );
    before[range] = (before[range] ?? 0) + rest;
    now[range] = (now[range] ?? 0) + restNow;
  }
  // The rest's part weighs most in the cell that holds it, which is the last one with reference rows.
  const withRest = before.findLast((count) => count > 0) ?? 0;
  const spread = withRest > 0 ? 1 + excess / withRest : 1;
  return { reference: before.map((count) => count / spread), current: now };
}

function excessVariance(reference: CategoricalReference): number {
  const fewest = reference.otherLevels === 0 ? 1 : (reference.counts.at(-1) ?? 0);
  let atFewest = 0;
  let nextAbove = 0;
  for (const rows of reference.counts) {
    if (rows === fewest) atFewest += rows;
    if (rows === fewest + 1) nextAbove += 1;
  }
  return 2 * fewest * (fewest + 1) * nextAbove + (fewest - 1) * (reference.otherCount + atFewest);
}

/** Levels are kept by rows, equals by name: would this one still be if it had one row less? */
function keptWithoutOneRow(reference: CategoricalReference, at: number): boolean {
  const rows = (reference.counts[at] ?? 0) - 1;
  if (reference.otherLevels === 0) return rows >= 1;
  const fewest = reference.counts.at(-1) ?? 0;
  const lastName = reference.levels.at(-1) ?? '';
  return rows > fewest || (rows === fewest && (reference.levels[at] ?? '') <= lastName);
}

function addUnknown(cells: LevelCells, profile: CategoricalProfile, before: number): void {
  let now = profile.newLevels.total;
  for (const [level, rows] of profile.newLevels.entries()) {
    if (rows < FREQUENT_NEW_SHARE * profile.n) break;
    addCell(cells, level, 0, rows);
    now -= rows;
  }
  addCell(cells, RARE_OR_NEW, before, now);
}

const TO = ' … ';

function rangeName(levels: readonly string[]): string {
  const [first = ''] = levels;
  return levels.length > 1 ? `${first}${TO}${levels.at(-1) ?? ''}` : first;
}

/** The names in that of a cell: one level, or the first and the last of a range. */
export function namesOfCell(bin: string): string[] {
  return bin.split(TO);
}

/**
 * Whether the cells of a column are ranges of names. What such a cell counts in the reference follows from the window beside it
 * (`fragileShare`), so that cells of several windows do not add up.
 */
export function areNameRanges({ bins }: Pick<BinnedCounts, 'bins'>): boolean {
  return bins.some((bin) => typeof bin === 'string' && bin.includes(TO));
}
