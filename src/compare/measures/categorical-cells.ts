import type { BinnedCounts } from '../../core/columns/figures.ts';
import { nameHash } from '../../stats/bounded-counts.ts';
import { cellGroups, DEFAULT_MIN_EXPECTED, poolCells, sumGroups } from '../../stats/cells.ts';
import type { CellCounts } from '../../stats/cells.ts';
import { sum } from '../../stats/elementary.ts';
import type { CategoricalProfile } from '../../stats/profile/categorical-profile.ts';
import { valueCount } from '../../stats/profile/feature-reference.ts';
import { addCell, frequentCells } from './level-cells.ts';
import { RARE_OR_NEW } from './measures.ts';
import { nameRanges, testedRanges } from './name-ranges.ts';

/** Levels under this share of the reference's values are one cell together with levels it never had. */
const RARE_SHARE = 0.01;
/** From this share of the reference in rare levels on, names are cut into ranges: one cell would hide too much. */
const MOSTLY_RARE = 0.5;

export interface CategoricalCells {
  /** What is shown, and what distances are taken over. */
  readonly shown: BinnedCounts;
  /** What is tested; null: the shown cells. */
  readonly tested: CellCounts | null;
}

/**
 * The cells of a categorical feature: each level with at least 1 % of the reference, and one cell for rarer levels and
 * levels it never had. Where rare levels hold half of the reference or more, ranges of names (`nameRanges`), so that
 * a change among them shows. O(levels · log levels), and O(levels²) for the pooling.
 */
export function categoricalCells(profile: CategoricalProfile): CategoricalCells {
  const n = valueCount(profile.reference);
  const cells = frequentCells(profile, RARE_SHARE * n);
  const rare = n - sum(cells.reference);
  if (n > 0 && rare >= MOSTLY_RARE * n) return cellsOfRanges(profile);
  addCell(cells, RARE_OR_NEW, rare, profile.n - sum(cells.current));
  return { shown: cells, tested: testedCells(profile) };
}

function cellsOfRanges(profile: CategoricalProfile): CategoricalCells {
  const shown = nameRanges(profile);
  const { reference, current } = testedRanges(profile.reference, shown);
  return {
    shown,
    tested: poolCells(reference, current, { ordered: false, minExpected: DEFAULT_MIN_EXPECTED }),
  };
}

/**
 * The cells the tests use: every level of either side, the smallest by pooled rows merged until each holds 1 % of all
 * rows and expects five. The choice looks at both samples alike, so chance in one of them cannot make them differ;
 * cells chosen by the reference's shares do differ where several levels lie near 1 %. Equal totals merge by the hash of
 * the name, which favours neither side. Null where not all levels are known by name: the shown cells serve then.
 */
function testedCells(profile: CategoricalProfile): CellCounts | null {
  const reference = profile.reference;
  const n = valueCount(reference);
  const m = profile.n;
  if (n === 0 || m === 0 || reference.otherLevels > 0 || profile.newLevels.overflow > 0) return null;
  const known = reference.levels.map((level, i) => ({
    hash: nameHash(level),
    before: reference.counts[i] ?? 0,
    now: profile.counts[i] ?? 0,
  }));
  const fresh = profile.newLevels
    .entries()
    .map(([level, rows]) => ({ hash: nameHash(level), before: 0, now: rows }));
  const levels = [...known, ...fresh].sort((a, b) => a.hash - b.hash);
  const before = levels.map((level) => level.before);
  const now = levels.map((level) => level.now);
  const minExpected = Math.max(DEFAULT_MIN_EXPECTED, RARE_SHARE * Math.min(n, m));
  const groups = cellGroups(before, now, { ordered: false, minExpected });
  return { reference: sumGroups(before, groups), current: sumGroups(now, groups) };
}
