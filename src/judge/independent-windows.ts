import { alignWindows } from '../compare/overdispersion.ts';
import { keptWith } from '../core/memory/remember.ts';
import { sum } from '../stats/elementary.ts';
import { normalQuantile } from '../stats/distributions.ts';
import { windowSpread } from '../stats/significance/overdispersion.ts';
import type { EarlierWindows } from './windows-before.ts';

/** With fewer columns one that spreads a little would not stand out. */
const MIN_COLUMNS = 10;
/** One-sided: of all columns together, and of any. */
const ALPHA = 0.05;
/** Of all together, where chance hardly goes: between the two, columns that spread no more than a standard error are taken to be independent. */
const HARDLY_CHANCE = 0.006;
const NO_MORE = 1;
/** Where more of the columns than these have their days, the others may have a little of them, too. */
const MOST_STANDING_OUT = 0.2;

const NONE: ReadonlySet<string> = new Set();

/** How far a column's windows spread beyond independent rows, and by how much they would by chance. */
interface Beyond {
  readonly name: string;
  readonly excess: number;
  readonly chance: number;
}

/**
 * Columns whose rows are as independent of each other as draws from an urn, judged by all columns at once.
 *
 * Purpose: half of all columns spread a little more than the other half by chance alone, and what a column by itself cannot show to be
 * chance keeps longer stretches from being looked at. Formula: those that stand out, z = (mean X² − df)/√(variance by chance / windows) above that of
 * p = 0.05/columns, are left out, a fifth of all at most; the others together are below 1.64, or below 2.5 and each that counts below 1. Where anything is alike in time
 * (hours, days, visitors), columns show it. None
 * with fewer than ten columns, with windows too few to tell, or where a column follows hours. O(columns · windows · cells), once a reference.
 *
 * @example independentColumns(new Map()).size // 0
 */
export const independentColumns = keptWith((healthy: EarlierWindows): ReadonlySet<string> => {
  const all: Beyond[] = [];
  for (const [name, windows] of healthy) {
    if (windows.some(({ usual }) => usual !== undefined)) return NONE;
    const [first] = windows;
    if (first === undefined) continue;
    const spread = windowSpread(alignWindows(first.bins, windows));
    if (spread === null) return NONE;
    const { mean, df, byChance = 2 * df, windows: count } = spread;
    all.push({ name, excess: mean - df, chance: byChance / count });
  }
  if (all.length < MIN_COLUMNS) return NONE;
  const most = -normalQuantile(ALPHA / all.length);
  const quiet = all.filter(({ excess, chance }) => excess <= most * Math.sqrt(chance));
  if (quiet.length < (1 - MOST_STANDING_OUT) * all.length) return NONE;
  const together = sum(quiet.map(({ excess }) => excess)) / Math.sqrt(sum(quiet.map(({ chance }) => chance)));
  if (together > -normalQuantile(HARDLY_CHANCE)) return NONE;
  const isNone = together <= -normalQuantile(ALPHA);
  const counted = isNone
    ? quiet
    : quiet.filter(({ excess, chance }) => excess <= NO_MORE * Math.sqrt(chance));
  return new Set(counted.map(({ name }) => name));
});
