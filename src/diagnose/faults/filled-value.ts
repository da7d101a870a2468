import { rise, habitsWithin } from '../../stats/habits/column-habits.ts';
import type { ColumnHabits, StretchHabits } from '../../core/table.ts';
import { ksPValue, ksStatisticSorted } from '../../stats/significance/ks.ts';
import { fisherExactTest } from '../../stats/significance/fisher-exact.ts';
import { levelTest } from '../marginal-test.ts';
import { FAULT_ALPHA, FEW_LEVELS, MIN_FAULT_SHARE, SAME_DISTANCE, SAME_P } from '../thresholds.ts';
import { asPercent } from '../wording.ts';
import type { CodedPair } from './coded-pair.ts';
import type { SortedPair } from './sorted-pair.ts';
import { saidOfNewLevel } from './new-level.ts';
import type { NewLevel } from './new-level.ts';
import { suspicion } from './suspicion.ts';
import type { Suspicion } from './suspicion.ts';

/** What the other columns of filled rows are. */
export interface CompanyOfFill {
  /** In every one of them what the other rows are. */
  readonly areAsOthers: (rows: Int32Array) => boolean;
  /** Nearly all of a level that the reference does not know: what is new may have a value of its own. */
  readonly newLevelOf: (rows: Int32Array) => NewLevel | null;
  /** A column that is in them what goes with the value: such rows came. */
  readonly kinOf: (code: number, rows: Int32Array) => string | null;
  /** Whether rows with a value are mostly of one level, or of one value of another column. */
  readonly areOfOneKind: (value: number) => boolean;
}

const STRANGERS: CompanyOfFill = {
  areAsOthers: () => false,
  newLevelOf: () => null,
  kinOf: () => null,
  areOfOneKind: () => false,
};

const SHARE_GROWTH = 3;
const MAX_FILLS = 3;
/** Fewer rows besides the filled ones say nothing about whether the rest moved. */
const MIN_REST_ROWS = 50;
/** A value must come this many times more clearly than any ever did in a stretch of the reference. */
const UNPRECEDENTED = 2;
/** Of a value that could be anybody's only a rise that people would ask about. */
const MIN_READING_SHARE = 0.05;
/** Beyond the reference's range by so many robust standard deviations, or of its width where the column holds few values anyway. */
const FAR_FROM_RANGE = 0.5;
const FEW_OF_ROWS = 0.2;

/** So few settings say nothing of where the next one lies, but that it is not ten times the largest. */
const FEW_SETTINGS = 5;
const TIMES_THE_LARGEST = 9;

/** How systems spell "nothing here". */
const PLACEHOLDERS = new Set(
  (
    'unknown,unk,na,n/a,nan,null,none,nil,missing,undefined,default,other,empty,blank,not available,' +
    'not specified,?,-,--,.,0,-1,-9,-99,-999,-9999,99,999,9999,99999,999999'
  )
    .split(',')
    .concat(''),
);

/** Where nothing is negative: −1 to −9, and one such digit over and over, are how answers are coded that were not given. */
const NEGATIVE_CODE = /^-(\d)\1*$/;

interface Fill {
  readonly code: number;
  readonly share: number;
  readonly before: number;
  readonly p: number;
}

/**
 * One or more values took over a part of the rows while the rest stayed as it was.
 *
 * A value counts when its share rose by at least two points to more than three times the old one (in a column of at most
 * 20 values, and in a category: one the reference never had), by Fisher's exact test below 1e-4 over columns and over all values
 * looked at, and more clearly than any value did in a stretch of the reference of this length: deviance a row more than
 * twice the largest. That makes it unprecedented, which a first promotion is as well. It is claimed where the value has no place
 * in the column: outside its range, a word or number that stands for "nothing" (that also where the rest moved, if its rows are otherwise as
 * the others), or the end at which values were cut off.
 * Elsewhere it is a reading: a fill, or a price point. Beside a reference without times the rows of one value that follow each other count once.
 */
export function filledValue(
  pair: CodedPair,
  sorted: SortedPair | undefined,
  habits: ColumnHabits | undefined,
  features: number,
  { areAsOthers, newLevelOf, kinOf, areOfOneKind, inTime = null }: CompanyOfFill & OwnOrder = STRANGERS,
): Suspicion | null {
  const { rows, counts } = pair;
  if (rows.reference === 0 || rows.current === 0) return null;
  const precedent = habits === undefined ? null : habitsWithin(habits, rows.current);
  const fills = fillsOf(pair, precedent, features).filter(
    ({ code }) => inTime === null || isNewToken(pair, code) || comesOften(pair, code, features, inTime),
  );
  const [first] = fills;
  if (first === undefined) return null;
  const isFill = new Set(fills.map(({ code }) => code));
  const rest = restMoved(pair, isFill, inTime);
  if (rest === null)
    return inMovedRest(pair, fills, sorted, { areAsOthers, newLevelOf, kinOf, areOfOneKind });
  const share = fills.reduce((sum, fill) => sum + fill.share, 0);
  const places = fills.map((fill) => {
    const place = placeOf(pair, fill, sorted);
    return place === 'end' && areOfOneKind(pair.numberOf(fill.code)) ? null : place;
  });
  const isClaimed =
    places.every((place) => place !== null) && (precedent !== null || isUnseen(counts, isFill));
  const risen = share - fills.reduce((sum, fill) => sum + fill.before, 0);
  if (!isClaimed && (risen < MIN_READING_SHARE || pair.kind === 'levels')) return null;
  if (!isClaimed && fills.every(({ code }) => kinOf(code, rowsWith(pair, new Set([code]))) !== null))
    return null;
  const isClip = places.every((place) => place === 'end');
  if ((!isClaimed || isClip) && inTime !== null && areGroups(pair, fills)) return null;
  const told = fills.map(
    (fill) =>
      `${spelled(pair, fill.code)} fills ${asPercent(fill.share)} of the rows, before ${asPercent(fill.before)}`,
  );
  const newcomer = isClaimed ? knownByName(newLevelOf(rowsWith(pair, isFill))) : null;
  const why = isClaimed ? `; ${WHY[places[0] ?? 'end']}, and the rest is unmoved` : '; the rest is unmoved';
  return suspicion(isClip ? 'clipped' : 'sentinel_fill', pair.name, {
    detail: `${told.join('; ')}${why} (distance ${rest.toFixed(3)})`,
    share,
    statistic: first.share - first.before,
    p: first.p,
    doubt: Math.min(1, first.p + rest / 10),
    ...(newcomer !== null && {
      otherwise: saidOfNewLevel(newcomer),
    }),
    ...(!isClaimed && {
      otherwise: `${spelled(pair, first.code)} became common by itself, as a price does that is on offer`,
    }),
  });
}

/** The current rows in order of time, where the reference has none. */
interface OwnOrder {
  readonly inTime?: Int32Array | null;
}

/** So many rows in a row are no visit, contract or person. */
const LONG_RUN = 50;

/**
 * Rows of one value one after the other are one there, unless there are fifty: a person's five years have one education, the tools of a contract one way to the
 * customer.
 */
function comesOften(
  { current, counts, rows }: CodedPair,
  code: number,
  features: number,
  inTime: Int32Array,
): boolean {
  const codes = Int32Array.from(inTime, (row) => current[row]!).filter((own) => own >= 0);
  for (let row = 0, run = 0; row < codes.length; row++) {
    run = codes[row] === code ? run + 1 : 0;
    if (run >= LONG_RUN) return true;
  }
  const first = codes.filter((own, at) => own !== codes[at - 1]);
  const times = first.reduce((sum, own) => (own === code ? sum + 1 : sum), 0);
  const looked = counts.current.reduce((sum, count) => (count > 0 ? sum + 1 : sum), 0);
  const p = fisherExactTest(counts.reference[code]!, rows.reference, times, first.length);
  return p < FAULT_ALPHA / (features * looked);
}

/** Of the rows of a value, another one has at least so many. */
const NEARLY_AS_MANY = 1 / 3;
/** So many other ones. */
const SOME_GROUPS = 3;
/** Of the reference: more is no value that one of few has. */
const RARE = 0.005;

/** So many other values, further apart than by chance by so much, and a fill that is no further than one of a million values like these. */
const MANY_VALUES = 10;
const APART = 2;
const BEYOND = 25;
/** Standard errors by which a value that is not rare is one of a group, too. */
const CLEARLY = 3;

/**
 * Whether other values come in groups as large as those that fill (a third, three others at least): eight rounds at one patient's bed, all searches of one
 * account. Of values of few rows of the reference all rows count, of others those beyond what it has. Or whether all others are as far from what the reference has of them, given how
 * far each is by chance: a subject goes to a thousand readers, and its length with it. What fills is alone.
 */
function areGroups({ counts, rows }: CodedPair, fills: readonly Fill[]): boolean {
  const usual = (code: number): number =>
    (counts.reference[code]! * rows.current) / Math.max(1, rows.reference);
  const beyond = (code: number): number => counts.current[code]! - usual(code);
  // Of several that fill the others are groups beside the largest.
  const largest = fills.reduce(
    (most, { code }) => (beyond(code) > beyond(most) ? code : most),
    fills[0]!.code,
  );
  const isRare = (code: number): boolean => counts.reference[code]! <= RARE * rows.reference;
  const others = [...counts.current.keys()].filter((code) => code !== largest);
  const groups = others.filter((code) =>
    isRare(code)
      ? counts.current[code]! >= Math.max(2, NEARLY_AS_MANY * counts.current[largest]!)
      : beyond(code) >= Math.max(CLEARLY * Math.sqrt(usual(code)), NEARLY_AS_MANY * beyond(largest)),
  );
  if (groups.length >= SOME_GROUPS) return true;
  const squareOf = (code: number): number => beyond(code) ** 2 / Math.max(1, usual(code));
  const known = others.filter((code) => usual(code) >= 1);
  if (known.length < MANY_VALUES) return false;
  const apart = known.reduce((sum, code) => sum + squareOf(code), 0) / known.length;
  return apart >= APART && squareOf(largest) <= BEYOND * apart;
}

/** A join that failed fills several columns at once, and none of their words for nothing explains the others. */
function knownByName(level: ReturnType<CompanyOfFill['newLevelOf']>): typeof level {
  return level === null || PLACEHOLDERS.has(level.level.trim().toLowerCase()) ? null : level;
}

function rowsWith({ current }: CodedPair, codes: ReadonlySet<number>): Int32Array {
  return Int32Array.from(current.keys()).filter((row) => codes.has(current[row]!));
}

/**
 * Where the rest moved as well: a word or number for "nothing", or one value outside the range, that was never there, in rows that are otherwise as the others are. In rows of one
 * kind, that was known, it may be so by decision as well: a reading.
 */
function inMovedRest(
  pair: CodedPair,
  fills: readonly Fill[],
  sorted: SortedPair | undefined,
  { areAsOthers, newLevelOf, kinOf }: CompanyOfFill,
): Suspicion | null {
  const [first, second] = fills;
  const place = first === undefined || second !== undefined ? null : placeOf(pair, first, sorted);
  if (first === undefined || (place !== 'token' && place !== 'outside')) return null;
  const filled = rowsWith(pair, new Set([first.code]));
  const isClaimed = areAsOthers(filled) && (place === 'token' || pair.counts.reference[first.code] === 0);
  if (!isClaimed) {
    if (place === 'outside') return null;
    if (first.share < MIN_READING_SHARE || pair.counts.reference[first.code]! > 0) return null;
    if (newLevelOf(filled) !== null || kinOf(first.code, filled) !== null) return null;
  }
  const why = isClaimed ? ', and in other columns these rows are as all are' : '';
  return suspicion('sentinel_fill', pair.name, {
    detail:
      `${spelled(pair, first.code)} fills ${asPercent(first.share)} of the rows, before ${asPercent(first.before)}; ` +
      `${WHY[place]}${why}`,
    share: first.share,
    statistic: first.share - first.before,
    p: first.p,
    doubt: first.p,
    ...(!isClaimed && {
      otherwise: `for rows of that kind ${pair.name} is ${spelled(pair, first.code)} now`,
    }),
  });
}

const WHY = {
  outside: 'no value of the reference lay there',
  token: 'it stands for nothing, and was never seen',
  end: 'nothing lies beyond it any more, and before as much did',
} as const;

type Place = keyof typeof WHY;

function fillsOf(pair: CodedPair, precedent: StretchHabits | null, features: number): Fill[] {
  const { counts, rows } = pair;
  const [came, known] = [countAbove(counts.current), countAbove(counts.reference)];
  const mustBeNew = pair.kind === 'levels' || known <= FEW_LEVELS;
  const limit = FAULT_ALPHA / (features * came);
  const fills: Fill[] = [];
  for (const code of commonCodes(pair)) {
    const [now, old] = [counts.current[code]!, counts.reference[code]!];
    const [share, before] = [now / rows.current, old / rows.reference];
    if (fills.length === MAX_FILLS) break;
    if (share - before < MIN_FAULT_SHARE || share <= SHARE_GROWTH * before || (mustBeNew && old > 0))
      continue;
    const risen = rise(now, rows.current, old, rows.reference);
    // That ordinary values come in groups is no precedent for a word for nothing.
    const isPrecedented = precedent !== null && risen <= UNPRECEDENTED * precedent.fill;
    if (isPrecedented && !(pair.kind === 'levels' && isNewToken(pair, code))) continue;
    const p = fisherExactTest(old, rows.reference, now, rows.current);
    if (p < limit) fills.push({ code, share, before, p });
  }
  return fills;
}

/** Of the values those that there are. */
function countAbove(counts: Float64Array): number {
  let above = 0;
  for (let code = 0; code < counts.length; code++) if (counts[code]! > 0) above += 1;
  return above;
}

/** Those that enough of the current rows have, the commonest first: of most columns none of thousands. */
function commonCodes({ counts, rows }: CodedPair): number[] {
  const codes: number[] = [];
  for (let code = 0; code < counts.current.length; code++)
    if (counts.current[code]! / rows.current >= MIN_FAULT_SHARE) codes.push(code);
  return codes.sort((a, b) => counts.current[b]! - counts.current[a]!);
}

/** Distance of the other rows to what they were; null where they moved, or are too few to tell. */
function restMoved(pair: CodedPair, isFill: ReadonlySet<number>, inTime: Int32Array | null): number | null {
  const { counts } = pair;
  const without = (of: Float64Array): Float64Array => of.map((count, code) => (isFill.has(code) ? 0 : count));
  const [reference, current] = [without(counts.reference), without(counts.current)];
  const total = (of: Float64Array): number => of.reduce((sum, count) => sum + count, 0);
  if (Math.min(total(reference), total(current)) < MIN_REST_ROWS) return null;
  const { p, distance } =
    pair.kind === 'levels'
      ? levelTest([...reference], [...current])
      : numericTest(valuesOf(pair, reference), valuesOf(pair, current), rowsInARow(pair, isFill, inTime));
  return p < SAME_P && distance >= SAME_DISTANCE ? null : distance;
}

/** So many rows one after the other have one value, over as many as chance would bring; 1 where nothing is known of their order. */
function rowsInARow({ current }: CodedPair, isFill: ReadonlySet<number>, inTime: Int32Array | null): number {
  if (inTime === null) return 1;
  const codes = Array.from(inTime, (row) => current[row]!).filter((code) => code >= 0 && !isFill.has(code));
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const runs = codes.reduce((sum, code, at) => (code === codes[at - 1] ? sum : sum + 1), 0);
  const differing = 1 - [...counts.values()].reduce((sum, count) => sum + (count / codes.length) ** 2, 0);
  return runs === 0 ? 1 : Math.max(1, (codes.length * differing) / runs);
}

function numericTest(
  before: Float64Array,
  now: Float64Array,
  rowsEach: number,
): { p: number; distance: number } {
  const distance = ksStatisticSorted(before, now);
  return { p: ksPValue(distance, before.length, Math.max(1, now.length / rowsEach)), distance };
}

function valuesOf({ numberOf }: CodedPair, counts: Float64Array): Float64Array {
  const values = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [code, count] of counts.entries()) {
    values.fill(numberOf(code), at, at + count);
    at += count;
  }
  return values.sort();
}

function placeOf(pair: CodedPair, fill: Fill, sorted: SortedPair | undefined): Place | null {
  if (isNewToken(pair, fill.code)) return 'token';
  if (sorted === undefined) return null;
  const value = pair.numberOf(fill.code);
  const { reference, current } = sorted;
  const [low, high] = [reference[0] ?? 0, reference.at(-1) ?? 0];
  const quantile = (share: number): number => reference[Math.floor(share * (reference.length - 1))] ?? 0;
  // Beside price points or settings there is room for another.
  const known = pair.counts.reference.reduce((sum, count) => (count > 0 ? sum + 1 : sum), 0);
  const far =
    known <= FEW_SETTINGS
      ? TIMES_THE_LARGEST * Math.max(high - low, Math.abs(high), Math.abs(low)) || Infinity
      : known <= FEW_OF_ROWS * reference.length
        ? high - low
        : FAR_FROM_RANGE * ((quantile(0.75) - quantile(0.25)) / 1.349);
  if (value < low - far || value > high + far) return 'outside';
  for (const [end, isBeyond] of [
    [current.at(-1), (other: number) => other > value],
    [current[0], (other: number) => other < value],
  ] as const) {
    if (value !== end) continue;
    const cut = reference.reduce((sum, other) => (isBeyond(other) ? sum + 1 : sum), 0);
    const expected = cut + pair.counts.reference[fill.code]!;
    const p = fisherExactTest(expected, reference.length, pair.counts.current[fill.code]!, current.length);
    if (cut > 0 && p >= SAME_P) return 'end';
  }
  return null;
}

function isNewToken(pair: CodedPair, code: number): boolean {
  const { counts, valueOf } = pair;
  const value = valueOf(code).trim().toLowerCase();
  return (
    counts.reference[code] === 0 &&
    (PLACEHOLDERS.has(value) || (NEGATIVE_CODE.test(value) && isNeverNegative(pair)))
  );
}

/** Of levels that are texts this says nothing against them. */
function isNeverNegative({ kind, counts, numberOf }: CodedPair): boolean {
  return kind === 'levels' || counts.reference.every((count, code) => count === 0 || !(numberOf(code) < 0));
}

function isUnseen({ reference }: CodedPair['counts'], codes: ReadonlySet<number>): boolean {
  return [...codes].every((code) => reference[code] === 0);
}

function spelled({ kind, valueOf }: CodedPair, code: number): string {
  return kind === 'levels' ? `"${valueOf(code)}"` : valueOf(code);
}
