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

/**
 * Whether rows of the reference are as independent of each other as draws from an urn, by all columns at once.
 *
 * Purpose: half of all columns spread a little more than the other half by chance alone, and what a column by itself cannot show to be
 * chance keeps longer stretches from being looked at. Formula: z = (mean X² − df)/√(variance by chance / windows), over all columns
 * together below 1.64 and each below that of p = 0.05/columns. Where anything is alike in time (hours, days, visitors), columns show it. False
 * with fewer than ten columns, with windows too few to tell, or a column that follows hours. O(columns · windows · cells), once a reference.
 *
 * @example areIndependent(new Map()) // false
 */
export const areIndependent = keptWith((healthy: EarlierWindows): boolean => {
  const spreads = [...healthy.values()].flatMap((windows) => {
    if (windows.some(({ usual }) => usual !== undefined)) return [null];
    const [first] = windows;
    if (first === undefined) return [];
    const spread = windowSpread(alignWindows(first.bins, windows));
    return spread === null ? [] : [spread];
  });
  if (spreads.length < MIN_COLUMNS) return false;
  const known = spreads.flatMap((spread) => spread ?? []);
  if (known.length < spreads.length) return false;
  const beyond = known.map(({ mean, df }) => mean - df);
  const chance = known.map(({ byChance, df, windows }) => (byChance ?? 2 * df) / windows);
  const most = -normalQuantile(ALPHA / known.length);
  const isNone = beyond.every((one, i) => one <= most * Math.sqrt(chance[i]!));
  return isNone && sum(beyond) <= -normalQuantile(ALPHA) * Math.sqrt(sum(chance));
});
