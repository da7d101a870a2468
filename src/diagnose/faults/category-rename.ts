import { DEFAULT_MIN_EXPECTED, poolCells } from '../../stats/cells.ts';
import { gTest } from '../../stats/significance/g-test.ts';
import { twoProportionTest } from '../../stats/significance/two-proportion.ts';
import { FAULT_ALPHA, MIN_FAULT_SHARE, SAME_P } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

/** A level vanished when at least this many of its rows were expected and none came. */
const MIN_VANISHED_EXPECTED = 10;
const SHOWN = 3;
/** Rarer new levels need not carry the piece that the others have in common. */
const MIN_AFFIXED_SHARE = 0.002;
const MIN_AFFIXED_LEVELS = 2;

interface Level {
  readonly name: string;
  readonly before: number;
  readonly now: number;
}

interface Sides {
  readonly levels: readonly Level[];
  readonly n: number;
  readonly m: number;
}

/**
 * The same categories under other names.
 *
 * Either new levels spell known ones differently (case, spaces, `_`, `-`, `1.0` for `1`), or with one beginning or
 * ending more (`country_DE` for `DE`), for all rows or a part; or as many levels came as went and their sorted
 * frequencies agree (G-test p > 1e-3); or, where nearly every row
 * has a new level, the whole sorted distributions agree. New levels must hold at least 2 % of the rows.
 */
export function categoryRename(
  name: string,
  levels: readonly string[],
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  features: number,
): Suspicion | null {
  const all = levels.map((level, i) => ({
    name: level,
    before: reference[i] ?? 0,
    now: current[i] ?? 0,
  }));
  const sides = {
    levels: all,
    n: all.reduce((sum, level) => sum + level.before, 0),
    m: all.reduce((sum, level) => sum + level.now, 0),
  };
  if (sides.n === 0 || sides.m === 0) return null;
  const came = all.filter((level) => level.before === 0 && level.now > 0);
  const share = came.reduce((sum, level) => sum + level.now, 0) / sides.m;
  if (share < MIN_FAULT_SHARE) return null;
  const found =
    respelled(came, sides) ??
    affixed(came, sides) ??
    matchedByFrequency(came, sides) ??
    replacedAltogether(share, sides);
  if (found === null) return null;
  const test = twoProportionTest(0, sides.n, Math.round(found.share * sides.m), sides.m);
  if (test.p_value >= FAULT_ALPHA / features) return null;
  return suspicion('category_rename', name, {
    detail: `${found.pairs} in ${asPercent(found.share)} of the rows`,
    share: found.share,
    statistic: test.statistic,
    p: test.p_value,
    doubt: Math.min(1, test.p_value + found.doubt),
  });
}

interface Rename {
  readonly share: number;
  readonly pairs: string;
  readonly doubt: number;
}

function respelled(came: readonly Level[], sides: Sides): Rename | null {
  const known = new Map<string, string>();
  for (const level of sides.levels) if (level.before > 0) known.set(normalised(level.name), level.name);
  const matched = came.flatMap((level) => {
    const old = known.get(normalised(level.name));
    return old === undefined ? [] : [{ old, level }];
  });
  const share = matched.reduce((sum, { level }) => sum + level.now, 0) / sides.m;
  if (share < MIN_FAULT_SHARE) return null;
  return { share, pairs: listPairs(matched.map(({ old, level }) => [old, level.name])), doubt: 0 };
}

/**
 * One and the same piece before or behind known levels. At least two levels must carry it, and all new levels but rare
 * ones: `app` beside `app 2` alone is a new level like any other.
 */
function affixed(came: readonly Level[], sides: Sides): Rename | null {
  const known = sides.levels.filter((level) => level.before > 0).map(({ name }) => name);
  const arrived = came.filter((level) => level.now >= MIN_AFFIXED_SHARE * sides.m);
  const first = arrived[0];
  if (first === undefined || arrived.length < MIN_AFFIXED_LEVELS) return null;
  for (const old of known) {
    if (old === '' || old === first.name || !first.name.includes(old)) continue;
    const at = first.name.indexOf(old);
    const [head, tail] = [first.name.slice(0, at), first.name.slice(at + old.length)];
    const pairs = arrived.map(({ name }): [string, string] | null => {
      const stripped = known.find((level) => name === `${head}${level}${tail}`);
      return stripped === undefined ? null : [stripped, name];
    });
    if (pairs.some((pair) => pair === null)) continue;
    const share = arrived.reduce((sum, level) => sum + level.now, 0) / sides.m;
    if (share < MIN_FAULT_SHARE) continue;
    return { share, pairs: listPairs(pairs.filter((pair) => pair !== null)), doubt: 0 };
  }
  return null;
}

function normalised(level: string): string {
  return level
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '')
    .replace(/^(\d+)\.0+$/, '$1');
}

function matchedByFrequency(came: readonly Level[], sides: Sides): Rename | null {
  const { n, m } = sides;
  const arrived = came.filter((level) => level.now >= MIN_FAULT_SHARE * m).sort((a, b) => b.now - a.now);
  const gone = sides.levels
    .filter((level) => level.now === 0 && level.before >= MIN_FAULT_SHARE * n)
    .filter((level) => (level.before / n) * m >= MIN_VANISHED_EXPECTED)
    .sort((a, b) => b.before - a.before);
  if (arrived.length === 0 || arrived.length !== gone.length) return null;
  const before = gone.map((level) => level.before);
  const now = arrived.map((level) => level.now);
  const p = sameFrequencies([...before, n - total(before)], [...now, m - total(now)]);
  if (p <= SAME_P) return null;
  const pairs = gone.map((level, i): [string, string] => [level.name, arrived[i]?.name ?? '']);
  return { share: total(now) / m, pairs: listPairs(pairs), doubt: (1 - p) / 100 };
}

/** Many small levels (hashes, codes) renamed at once: no single one reaches 2 %. */
function replacedAltogether(share: number, sides: Sides): Rename | null {
  if (share < 0.5) return null;
  const before = sides.levels.map((level) => level.before).filter((count) => count > 0);
  const now = sides.levels.map((level) => level.now).filter((count) => count > 0);
  // Against a single cell anything agrees.
  if (before.length < 2 || now.length < 2) return null;
  before.sort((a, b) => b - a);
  now.sort((a, b) => b - a);
  const length = Math.max(before.length, now.length);
  const p = sameFrequencies(padded(before, length), padded(now, length));
  if (p <= SAME_P) return null;
  return {
    share,
    pairs: `all levels are new, with the frequencies of the ${before.length} old ones`,
    doubt: (1 - p) / 100,
  };
}

function sameFrequencies(before: readonly number[], now: readonly number[]): number {
  const cells = poolCells(before, now, { ordered: true, minExpected: DEFAULT_MIN_EXPECTED });
  return gTest(cells.reference, cells.current).p_value;
}

function padded(counts: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => counts[i] ?? 0);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function listPairs(pairs: readonly (readonly [string, string])[]): string {
  const shown = pairs.slice(0, SHOWN).map(([old, renamed]) => `"${old}" became "${renamed}"`);
  const more = pairs.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
