import { namesOfCell } from '../../compare/measures/name-ranges.ts';
import { rareAsOne } from '../../judge/privacy/rare-levels.ts';
import type { BinnedCounts } from '../../core/columns/figures.ts';
import type { FeatureProfile } from '../../stats/profile/feature-profile.ts';

/** Rows by level; what may not be named, or has no name any more, is in `rest`. */
export interface ShownLevels {
  readonly rows: ReadonlyMap<string, number>;
  readonly rest: number;
  readonly all: number;
}

const MOST_NEW = 30;

/** Cells as they may be shown where a level of fewer than `minCount` rows on both sides has no name (`min_count`). */
export function namedCells(
  cells: BinnedCounts,
  isCategorical: boolean,
  minCount: number | undefined,
): BinnedCounts {
  if (!isCategorical || minCount === undefined) return cells;
  const named = cells.bins.filter(
    (bin, at): bin is string =>
      typeof bin === 'string' &&
      namesOfCell(bin).length === 1 &&
      Math.max(cells.reference[at] ?? 0, cells.current[at] ?? 0) >= minCount,
  );
  return rareAsOne({ ...cells, named });
}

/** Levels that training does not name, most frequent first. Null: of numbers. */
export function newLevelsOf(profile: FeatureProfile, minCount = 0) {
  if (profile.kind === 'numeric') return null;
  const { newLevels, rows } = profile;
  const levels = newLevels
    .entries()
    .filter(([, count]) => profile.kind === 'boolean' || count >= minCount)
    .slice(0, MOST_NEW)
    .map(([level, count]) => ({ level, rows: count }));
  const rest = newLevels.total - levels.reduce((sum, each) => sum + each.rows, 0);
  return { share: rows > 0 ? newLevels.total / rows : 0, levels, rest };
}

/** Rows of a window by level. */
export function levelRowsOf(profile: FeatureProfile, minCount = 0): ShownLevels {
  if (profile.kind === 'numeric') return { rows: new Map(), rest: 0, all: 0 };
  const { reference, counts, newLevels } = profile;
  const isNamed = (now: number, before: number): boolean =>
    profile.kind === 'boolean' || Math.max(now, before) >= minCount;
  const rows = new Map<string, number>();
  for (const [i, level] of reference.levels.entries()) {
    const now = counts[i] ?? 0;
    if (now > 0 && isNamed(now, reference.counts[i] ?? 0)) rows.set(level, now);
  }
  for (const [level, now] of newLevels.entries()) if (isNamed(now, 0)) rows.set(level, now);
  const named = [...rows.values()].reduce((sum, count) => sum + count, 0);
  return { rows, rest: profile.n - named, all: profile.n };
}

/** Of cells that are levels. */
export function levelRowsOfCells(bins: BinnedCounts['bins'], counts: readonly number[]): ShownLevels {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const rows = new Map<string, number>();
  for (const [at, bin] of bins.entries())
    if (typeof bin === 'string' && namesOfCell(bin).length === 1 && !bin.startsWith('('))
      rows.set(bin, counts[at] ?? 0);
  return { rows, rest: all - [...rows.values()].reduce((sum, count) => sum + count, 0), all };
}

const MOST_SHOWN = 8;
const ALL_OTHERS = '(all others)';

/** The levels that have the largest share in any of these, and their shares of each; what is left is one more. */
export function sharesOfLevels(columns: readonly ShownLevels[]): { levels: string[]; shares: number[][] } {
  const largest = new Map<string, number>();
  for (const { rows, all } of columns)
    for (const [level, count] of rows)
      largest.set(level, Math.max(largest.get(level) ?? 0, all > 0 ? count / all : 0));
  const order = [...largest].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([level]) => level);
  const isAll = order.length <= MOST_SHOWN && columns.every(({ rest }) => rest === 0);
  const shown = isAll ? order : order.slice(0, MOST_SHOWN - 1);
  const shares = columns.map(({ rows, all }) => {
    const own = shown.map((level) => (all > 0 ? (rows.get(level) ?? 0) / all : 0));
    const others = 1 - own.reduce((sum, share) => sum + share, 0);
    return isAll ? own : [...own, all > 0 ? Math.max(0, others) : 0];
  });
  return { levels: isAll ? shown : [...shown, ALL_OTHERS], shares };
}
