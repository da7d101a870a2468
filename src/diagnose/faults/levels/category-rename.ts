import type { ColumnHabits } from '../../../core/table.ts';
import { DEFAULT_MIN_EXPECTED, poolCells } from '../../../stats/cells.ts';
import type { LevelCompany } from '../../../stats/company/level-company.ts';
import { sameShares } from '../../../stats/company/same-shares.ts';
import { habitsWithin } from '../../../stats/habits/column-habits.ts';
import { fisherExactTest } from '../../../stats/significance/fisher-exact.ts';
import { gTest } from '../../../stats/significance/g-test.ts';
import type { LevelPair } from '../../samples/row-samples.ts';
import { FAULT_ALPHA, FEW_LEVELS, MIN_FAULT_SHARE, SAME_P } from '../../thresholds.ts';
import { asPercent } from '../../wording.ts';
import { CLAIMED, REFUTED, timesLikelier } from './likelihood.ts';
import { companyOfAll, distinct, matchedByCompany } from './matched-by-company.ts';
import type { Level } from './matched-by-company.ts';
import { isSlip, spelledAlike } from './spelled-alike.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

/** A level left when at least this many of its rows were expected and none came. */
const MIN_LEFT_EXPECTED = 10;
/** Fewer rows of a new level have no company to speak of. */
const MIN_NEW_ROWS = 20;
/** Rarer new levels need not be spelled like the others. */
const MIN_SPELLED_SHARE = 0.002;
/** ln of how much likelier shares must be the old levels', where the set of levels never changed before. */
const SHARP = Math.log(5);
const SHARP_OF_A_PART = Math.log(20);
/** So many levels are not all replaced at once by as many of the same sizes. */
const MANY_LEVELS = 10;
/** From this share on all rows have new levels, but for stray ones. */
const ALL = 0.98;
/** New levels must hold more than this many times what levels that come and go by themselves ever held. */
const UNPRECEDENTED = 2;
const SHOWN = 3;
const PRICE_LIST = 'all values moved, as those of a price list do';

/** What is known of the column beside its rows. */
export interface LevelFacts {
  /** Whether levels are texts; numbers with few values are looked at as codes, of which less can be said. */
  readonly isText: boolean;
  readonly company: () => LevelCompany | null;
  readonly habits: ColumnHabits | undefined;
  /** Rows in order of their times; null without. */
  readonly inTime: Int32Array | null;
  /** Columns looked at. */
  readonly features: number;
}

interface Sides {
  readonly levels: readonly Level[];
  readonly n: number;
  readonly m: number;
  readonly after: number;
}

interface Rename {
  readonly share: number;
  readonly told: string;
  /** How much the innocent reading still weighs. */
  readonly doubt: number;
  readonly otherwise?: string;
}

/**
 * The same categories under other names. Levels that come and go are ordinary life, so a rename is claimed only of
 *
 * - new levels that spell known ones otherwise (see `spelledAlike`);
 * - all levels together, no more than before, where the company of each or the very shares of all are those of the old ones, 100
 *   times likelier than of other levels; or where shares agree (5 times likelier, or ten levels) and the reference, in order of
 *   time, never had others;
 * - a level that came as another left, with that one's company: what the other columns look like in its rows is 100 times
 *   likelier as the old level's than as any level's, over all pairs looked at.
 *
 * Below that, and above 1, it is a reading where the sizes agree, too; without company a level replaced by one of its size is
 * none. New levels must hold 2 % of the rows, and twice what levels of the reference that come and go by themselves did.
 */
export function categoryRename(pair: LevelPair, facts: LevelFacts): Suspicion | null {
  const sides = sidesOf(pair, facts.inTime);
  if (sides.n === 0 || sides.m === 0) return null;
  const came = sides.levels.filter((level) => level.before === 0 && level.now > 0);
  const rows = total(came.map(({ now }) => now));
  const share = rows / sides.m;
  const p = fisherExactTest(0, sides.n, rows, sides.m);
  if (share < MIN_FAULT_SHARE || p >= FAULT_ALPHA / facts.features) return null;
  const spelt = respelled(came, sides, facts);
  const found = spelt ?? (comesAndGoes(share, sides, facts) ? null : replaced(came, sides, facts));
  if (found === null) return null;
  const otherwise = found.otherwise ?? (areLaterVersions(came, sides) ? LATER_VERSIONS : undefined);
  const said = suspicion('category_rename', pair.name, {
    detail: `${found.told} in ${asPercent(found.share)} of the rows`,
    share: found.share,
    statistic: found.share,
    p,
    doubt: Math.min(1, p + found.doubt),
    ...(otherwise !== undefined && { otherwise }),
  });
  return spelt === null ? said : { ...said, isSpelling: true };
}

const LATER_VERSIONS = 'they are later versions of the same';

/** Numbers with dots between, each above one that was there: what a release does to every level at once. */
function areLaterVersions(came: readonly Level[], { levels }: Sides): boolean {
  const known = levels.filter(({ before }) => before > 0).map(({ name }) => versionOf(name));
  return came.every(({ name }) => {
    const version = versionOf(name);
    return version !== null && known.some((old) => old !== null && isLater(version, old));
  });
}

interface Version {
  /** All but its numbers. */
  readonly words: string;
  readonly numbers: readonly number[];
}

/** `fw 4.2.1`: words `fw ..`, numbers 4, 2, 1. */
function versionOf(name: string): Version | null {
  if (!/\d\.\d/.test(name)) return null;
  return { words: name.replaceAll(/\d+/g, ''), numbers: (name.match(/\d+/g) ?? []).map(Number) };
}

function isLater(one: Version, other: Version): boolean {
  if (one.words !== other.words) return false;
  const at = one.numbers.findIndex((number, i) => number !== other.numbers[i]);
  return at >= 0 && one.numbers[at]! > other.numbers[at]!;
}

function sidesOf({ levels, reference, current }: LevelPair, inTime: Int32Array | null): Sides {
  const [before, now, after] = [
    new Float64Array(levels.length),
    new Float64Array(levels.length),
    new Float64Array(levels.length),
  ];
  for (const code of reference) if (code >= 0) before[code]! += 1;
  for (const code of current) if (code >= 0) now[code]! += 1;
  const isNew = (row: number): boolean => current[row]! >= 0 && before[current[row]!] === 0;
  const from = inTime?.findIndex(isNew) ?? -1;
  for (const row of from < 0 ? current.keys() : inTime!.subarray(from)) {
    const code = current[row]!;
    if (code >= 0) after[code]! += 1;
  }
  const all = levels.map((name, code) => ({
    code,
    name,
    before: before[code]!,
    now: now[code]!,
    after: after[code]!,
  }));
  return { levels: all, n: total(before), m: total(now), after: total(after) };
}

function respelled(came: readonly Level[], sides: Sides, { isText }: LevelFacts): Rename | null {
  if (!isText) return null;
  const known = sides.levels.filter(({ before }) => before > 0).map(({ name }) => name);
  const common = came.filter(({ now }) => now >= MIN_SPELLED_SHARE * sides.m).sort((a, b) => b.now - a.now);
  const found = spelledAlike(
    common.map(({ name }) => name),
    known,
    sides.levels.filter(({ after }) => after > 0).map(({ name }) => name),
  );
  if (found === null) return null;
  const renamed = new Set(found.pairs.map(([, name]) => name));
  const share = total(common.filter(({ name }) => renamed.has(name)).map(({ now }) => now)) / sides.m;
  return share < MIN_FAULT_SHARE
    ? null
    : { share, told: `${listPairs(found.pairs)} (${found.way})`, doubt: 0 };
}

/** Whether new levels have held as much before, in a stretch of the reference of this length. */
function comesAndGoes(share: number, { m }: Sides, { habits }: LevelFacts): boolean {
  const known = habits === undefined ? null : habitsWithin(habits, m);
  return known !== null && share <= UNPRECEDENTED * known.novel;
}

/** Whether the reference, in order of time, had all its levels all the time. */
function isLastingSet({ m }: Sides, { habits }: LevelFacts): boolean {
  const known = habits === undefined ? null : habitsWithin(habits, m);
  return known !== null && known.novel < MIN_FAULT_SHARE;
}

function replaced(came: readonly Level[], sides: Sides, facts: LevelFacts): Rename | null {
  return allReplaced(came, sides, facts) ?? (facts.isText ? oneReplaced(came, sides, facts) : null);
}

/** All levels are new, or as many new ones as there are old ones, in a part of the rows whose rest is as it was. */
function allReplaced(came: readonly Level[], sides: Sides, facts: LevelFacts): Rename | null {
  const old = sides.levels.filter(({ before }) => before > 0).sort((a, b) => b.before - a.before);
  const now = came.toSorted((a, b) => b.after - a.after);
  if (old.length < 2 || now.length < 2 || now.length > old.length) return null;
  if (now.length < fewestLevels(old, total(now.map((level) => level.now)))) return null;
  const isAll = total(now.map(({ after }) => after)) >= ALL * sides.after;
  if (!isAll && !isUnmoved(old)) return null;
  const share = total(came.map((level) => level.now)) / sides.m;
  const told = (why: string): string =>
    `all ${old.length} levels have other names, ${namePairs(old, now)} (${why})`;
  const company = companyOfAll(old, now, facts.company());
  if (company > CLAIMED) {
    const why = `what goes with each is ${timesLikelier(company)} likelier the old one's than another's`;
    // The customers of a price are those of the new one, too.
    return facts.isText
      ? { share, told: told(why), doubt: Math.exp(-company) }
      : { share, told: told(why), doubt: 0.5, otherwise: PRICE_LIST };
  }
  const matched = facts.isText && isAll ? matchedByCompany(old, now, facts.company()) : null;
  if (matched !== null && matched.log > CLAIMED) {
    const why = `what goes with each is ${timesLikelier(matched.log)} likelier the old one's than another's`;
    const told = `all ${old.length} levels have other names, ${namePairs(matched.old, now)} (${why})`;
    return { share, told, doubt: Math.exp(-matched.log) };
  }
  const before = old.map((level) => level.before);
  const after = old.map((_, i) => now[i]?.after ?? 0);
  const shares = sameShares(before, after);
  if (facts.isText && shares > CLAIMED) {
    const why = `their shares are ${timesLikelier(shares)} likelier the old ones' than those of other levels`;
    return { share, told: told(why), doubt: Math.exp(-shares) };
  }
  if (company < REFUTED || !sameFrequencies(before, after)) return null;
  const isLasting = isLastingSet(sides, facts);
  const isSharp = shares > (isAll ? SHARP : SHARP_OF_A_PART) || (isAll && old.length >= MANY_LEVELS);
  if (facts.isText && isLasting && isSharp) {
    const why = 'their shares agree, and the set of levels never changed before';
    return { share, told: told(why), doubt: Math.exp(-Math.max(SHARP, shares)) };
  }
  // Codes of users and the like are all new in any month.
  const isFew = facts.habits !== undefined || old.length <= FEW_LEVELS;
  const isReading = facts.isText ? isAll || (isLasting && shares > SHARP) : isAll && shares > CLAIMED;
  if (!isFew || !isReading) return null;
  const otherwise = facts.isText ? 'rows came from where other levels are used' : PRICE_LIST;
  return { share, told: told('their shares agree'), doubt: 0.5, otherwise };
}

/** Standard errors below the expected number. */
const SURE = 3.3;

/** Of so many rows of the old levels, how many different ones show at least: where all were renamed, two countries are not 39. */
function fewestLevels(old: readonly Level[], rows: number): number {
  const all = total(old.map(({ before }) => before));
  const seen = old.map(({ before }) => 1 - (1 - before / all) ** rows);
  const variance = total(seen.map((chance) => chance * (1 - chance)));
  return total(seen) - SURE * Math.sqrt(variance) - 1;
}

function isUnmoved(old: readonly Level[]): boolean {
  const now = old.map((level) => level.after);
  return (
    total(now) > 0 &&
    sameFrequencies(
      old.map(({ before }) => before),
      now,
    )
  );
}

function sameFrequencies(before: readonly number[], now: readonly number[]): boolean {
  const cells = poolCells(before, now, { ordered: true, minExpected: DEFAULT_MIN_EXPECTED });
  return gTest(cells.reference, cells.current).p_value > SAME_P;
}

/** Levels that came as others left, each by its company. */
function oneReplaced(came: readonly Level[], sides: Sides, facts: LevelFacts): Rename | null {
  const arrived = came.filter(({ now }) => now >= Math.max(MIN_NEW_ROWS, MIN_FAULT_SHARE * sides.m));
  const left = sides.levels.filter(
    ({ before, after }) => after === 0 && (before / sides.n) * sides.after >= MIN_LEFT_EXPECTED,
  );
  const looked = arrived.length * left.length;
  if (looked === 0) return null;
  const company = facts.company();
  if (company === null) return nearlyNamed(arrived, left, sides);
  const drift = company.drift(new Set([...arrived, ...left].map(({ code }) => code)));
  const matched = arrived
    .flatMap((level) =>
      left.map((old) => {
        const rows = company.rowsOf(level.code);
        const log = rows && company.likeness(old.code, rows, drift);
        return { level, old, log: (log ?? -Infinity) - Math.log(looked) };
      }),
    )
    .sort((a, b) => b.log - a.log);
  const claimed = distinct(matched.filter(({ log }) => log > CLAIMED));
  const [first] = claimed;
  if (first !== undefined) {
    const share = total(claimed.map(({ level }) => level.now)) / sides.m;
    const told = listPairs(claimed.map(({ old, level }) => [old.name, level.name]));
    const log = Math.min(...claimed.map((each) => each.log));
    return {
      share,
      told: `${told} (what goes with it is ${timesLikelier(log)} likelier the old level's than another's)`,
      doubt: Math.exp(-log),
    };
  }
  const [likeliest] = matched.filter(({ level, old, log }) => log > 0 && isOfOneSize(old, level, sides));
  return likeliest === undefined
    ? null
    : reading(
        likeliest.old,
        likeliest.level,
        sides,
        `what goes with it is ${timesLikelier(likeliest.log)} likelier the old level's than another's`,
      );
}

function isOfOneSize(old: Level, level: Level, sides: Sides): boolean {
  return fisherExactTest(old.before, sides.n, level.after, sides.after) > SAME_P;
}

/** A slip of the pen, where nothing else tells levels apart. */
function nearlyNamed(arrived: readonly Level[], left: readonly Level[], sides: Sides): Rename | null {
  const known = sides.levels.filter(({ before }) => before > 0).map(({ name }) => name);
  for (const level of arrived) {
    const old = left.find((each) => isSlip(each.name, level.name) && isOfOneSize(each, level, sides));
    if (old === undefined || known.some((name) => known.some((other) => isSlip(name, other)))) continue;
    return reading(old, level, sides, 'their names are one but for a letter');
  }
  return null;
}

function reading(old: Level, level: Level, { m }: Sides, why: string): Rename {
  return {
    share: level.now / m,
    told: `"${old.name}" may have become "${level.name}" (their sizes agree, and ${why})`,
    doubt: 0.5,
    otherwise: `"${old.name}" left and "${level.name}" came, as levels do`,
  };
}

function namePairs(old: readonly Level[], now: readonly Level[]): string {
  return listPairs(now.map((level, i) => [old[i]?.name ?? '', level.name]));
}

function total(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0);
}

function listPairs(pairs: readonly (readonly [string, string])[]): string {
  const shown = pairs.slice(0, SHOWN).map(([old, renamed]) => `"${old}" became "${renamed}"`);
  const more = pairs.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
