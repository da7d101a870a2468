import { studentTwoSided } from '../stats/pooled/student-tail.ts';
import { keptWith } from '../core/memory/remember.ts';
import { normalTwoSided } from '../stats/distributions.ts';
import { fisherOf } from './faults/rows/fisher.ts';
import { normalScores, RANK_FACTOR, rankCorrelations, unitRanks } from './faults/rows/rank-correlations.ts';
import type { Correlations } from './faults/rows/rank-correlations.ts';
import { sharesIn, stretchesOf } from './faults/rows/link-habits.ts';
import type { StretchShare } from './faults/rows/link-habits.ts';
import { asItWas } from './samples/rows-alike.ts';
import { hasDistinct } from './faults/sorted-pair.ts';
import { allRows } from './samples/picks.ts';
import { groupedRows, groupingColumns } from './samples/groups-of-rows.ts';
import type { GroupedRows } from './samples/groups-of-rows.ts';
import { selectCells, sortedPresent } from './samples/row-samples.ts';
import type { ColumnCells, LevelPair, NumericCells, RowSamples } from './samples/row-samples.ts';
import { FEW_LEVELS, VERDICT_ALPHA } from './thresholds.ts';

/** Two columns that go together otherwise than before, though neither moved by itself. */
export interface JointShift {
  readonly columns: readonly [string, string];
  /** Rank correlation before and now. */
  readonly before: number;
  readonly now: number;
  /** Times the pairs looked at. */
  readonly p: number;
  readonly pairs: number;
  /** About how far from its middle a column is, where that is what the other goes with. */
  readonly isFolded: boolean;
}

/**
 * In Fisher z. Of two normal columns a change so large is worth a PSI of 0.02, the floor of a single column: there PSI ≈ φ², here
 * ≈ Δz².
 */
const FLOOR = 0.14;
/** Pairs beyond chance that are held against what the reference did by itself. */
const MAX_HELD = 10;
/** Degrees of freedom from which Student's law is the normal one. */
const MANY = 1e4;
/** Rows without times may have come in groups, and nobody can know: chance is then taken to be stranger than it is. */
const ALPHA_WITHOUT_TIMES = 1e-6;
const MAX_FOLDED = 20;
/** Standard errors: of forty stretches in which nothing was one in twenty is so far. */
const BEYOND_NOISE = 3;
/** Of these a correlation is known well enough to be a precedent, its error aside. */
const MIN_OWN_ROWS = 50;

/**
 * Did the columns move jointly, where none moved by itself?
 *
 * Rank correlations of all pairs, of numbers with more than twenty values also with how far another is from its middle (which
 * sees what opens or closes without rising): difference of Fisher z over its standard error, which is made from the products
 * themselves and so holds for any distribution; smallest p times the number of pairs below 1e-3, a change of at least 0.14, and a larger one than in any stretch of
 * the reference as long as the window, which does not follow from another mix of one of both. Cost O(pairs · rows), at most 80 columns and 10,000 rows of either side.
 */
export function jointShift(samples: RowSamples, columns: readonly ColumnCells[]): JointShift | null {
  const numbers = columns.filter((pair): pair is NumericCells => pair.kind === 'numeric');
  const folded = numbers.filter(hasMiddle).slice(0, MAX_FOLDED).map(foldedOf);
  const z = rankCorrelations([...columns, ...folded.map(({ pair }) => pair)], samples.currentMs);
  const nameOf = new Map(folded.map(({ pair, of }) => [pair.name, of]));
  const moved: Moved[] = [];
  let pairs = 0;
  for (let i = 0; i < z.size; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [z.feature[i] ?? '', z.feature[j] ?? ''];
      if ((nameOf.get(a) ?? a) === (nameOf.get(b) ?? b)) continue;
      pairs += 1;
      const change = z.current[i * z.size + j]! - z.reference[i * z.size + j]!;
      // The error is never below that of normal columns: most pairs need no closer look.
      if (Math.abs(change) < FLOOR || change ** 2 < 4 * z.variance) continue;
      moved.push({ at: [i, j], change, p: pValueOf(change, errorOf(z, i, j)) });
    }
  }
  const alpha =
    samples.referenceMs === null || samples.currentMs === null ? ALPHA_WITHOUT_TIMES : VERDICT_ALPHA;
  const beyond = moved.filter(({ p }) => p * pairs < alpha);
  const ranked = (at: number): Ranked => {
    const of = nameOf.get(z.feature[at] ?? '');
    return { at: of === undefined ? at : z.indexOf.get(of)!, isFolded: of !== undefined };
  };
  const first = beyond
    .toSorted((a, b) => a.p - b.p || Math.abs(b.change) - Math.abs(a.change))
    .slice(0, MAX_HELD)
    .find((each) => {
      const ofPair: RankedPair = [ranked(each.at[0]), ranked(each.at[1])];
      return (
        isBeyondGroups(samples, z, each, alpha / pairs) &&
        isUnprecedented(samples, z, { ...each, ofPair }, alpha / pairs) &&
        !followsFromMix(columns, z, { ...each, ofPair }, alpha / pairs)
      );
    });
  if (first === undefined) return null;
  // Of two categories each pair of levels is one: told is what they had most to do with each other.
  const isOfBoth = ({ at }: Moved): boolean =>
    at.every((cell, side) => z.feature[cell] === z.feature[first.at[side]!]);
  const found = beyond
    .filter(isOfBoth)
    .reduce((most, each) => (Math.abs(each.change) > Math.abs(most.change) ? each : most), first);
  const [i, j] = found.at;
  const [a, b] = [z.feature[i] ?? '', z.feature[j] ?? ''];
  return {
    columns: [nameOf.get(b) ?? b, nameOf.get(a) ?? a],
    before: Math.tanh(z.reference[i * z.size + j]!),
    now: Math.tanh(z.current[i * z.size + j]!),
    p: Math.min(1, found.p * pairs),
    pairs,
    isFolded: nameOf.has(a) || nameOf.has(b),
  };
}

/** Rank correlation of two that are closely tied, and what part of it is left where they have parted. */
const TIED = 0.8;
const PARTED = 0.6;

/**
 * Whether two columns that were closely tied have parted: some rows of one may be other rows', which nothing else shows, and a person looks before anything is retrained.
 *
 * @example hasParted({ columns: ['a', 'b'], before: 0.95, now: 0.44, p: 1e-9, pairs: 3, isFolded: false }) // true
 */
export function hasParted(joint: JointShift | null): boolean {
  if (joint === null || joint.isFolded) return false;
  return (
    Math.abs(joint.before) >= TIED && joint.now * Math.sign(joint.before) <= PARTED * Math.abs(joint.before)
  );
}

interface Moved {
  readonly at: readonly [number, number];
  readonly change: number;
  readonly p: number;
}

/** Of few values any may be the middle one, now this and now that. */
function hasMiddle({ reference }: NumericCells): boolean {
  return hasDistinct(sortedPresent(reference), FEW_LEVELS + 1);
}

/** How far each value is from the middle, whichever way. */
const away = keptWith((values: Float64Array): Float64Array =>
  normalScores(values).map((score, row) => (Number.isNaN(values[row]!) ? Number.NaN : Math.abs(score))),
);

function foldedOf(pair: NumericCells): { pair: NumericCells; of: string } {
  const folded = {
    ...pair,
    name: `|${pair.name}|`,
    reference: away(pair.reference),
    current: away(pair.current),
  };
  return { pair: folded, of: pair.name };
}

interface CorrelationError {
  /** Standard error of the difference of two Fisher z. */
  readonly size: number;
  /** Degrees of freedom of Student's law that has its tails: few where few rows make the correlation. */
  readonly df: number;
}

/**
 * Of r = Σuv with Σu² = Σv² = 1 the influence of a row is n·uv − r·n·(u² + v²)/2; ranks make it a little smaller, and never is it taken to be
 * below what normal columns have. Nor is that of the window below what the reference's rows would have in its stead: where few rows make
 * a correlation a window without them knows nothing of its error. Rows that follow those before them, as those of one visit do, say no more than one (`clumping`). A mean of n rows has the excess kurtosis κ/n, Student's law 6/(df − 4).
 */
function errorOf(z: Correlations, i: number, j: number, grouped: Grouped = UNGROUPED): CorrelationError {
  const referenceVariance = z.variance - z.currentVariance;
  const [before, now] = [
    influenceOf(z.ranks.reference(i), z.ranks.reference(j)),
    influenceOf(z.ranks.current(i), z.ranks.current(j)),
  ];
  const inItsStead = (before.variance * before.rows) / now.rows;
  const clumped = Math.max(1, z.clumped(i, j), grouped.current.factor);
  const ofWindow = Math.max(z.currentVariance, now.variance, inItsStead) * clumped;
  const variance = Math.max(referenceVariance, before.variance) * grouped.reference.factor + ofWindow;
  const ofTails = before.kurtosis > 0 ? 4 + (6 * now.rows) / before.kurtosis : Infinity;
  // Two lines that are each held for an hour go together as two occasions do, which is always wholly.
  const ofGroups = grouped.current.factor > 1 ? grouped.current.groups - 1 : Infinity;
  const df = Math.max(1, Math.min(ofTails, ofGroups, now.rows / clumped - 3));
  return { size: Math.sqrt(variance), df };
}

interface Grouped {
  readonly reference: GroupedRows;
  readonly current: GroupedRows;
}

const UNGROUPED: Grouped = {
  reference: { factor: 1, groups: 0 },
  current: { factor: 1, groups: 0 },
};

/** What forty hives do is told by forty hives, however many rows each has and wherever they stand. */
function isBeyondGroups(
  { features }: RowSamples,
  z: Correlations,
  { at: [i, j], change }: Moved,
  most: number,
): boolean {
  const pair = new Set([z.feature[i], z.feature[j]]);
  const others = features.filter((each) => each.kind === 'levels' && !pair.has(each.name)) as LevelPair[];
  const influence = (side: 'reference' | 'current'): Float64Array =>
    influences(z.ranks[side](i), z.ranks[side](j));
  const [before, now] = [influence('reference'), influence('current')];
  return groupingColumns(others).every((column) => {
    const of = (side: 'reference' | 'current', rows: Float64Array): GroupedRows =>
      groupedRows(rows, selectCells(column[side], z.rows[side]));
    const grouped = { reference: of('reference', before), current: of('current', now) };
    return pValueOf(change, errorOf(z, i, j, grouped)) < most;
  });
}

function pValueOf(change: number, { size, df }: CorrelationError): number {
  return df < MANY ? studentTwoSided(change / size, df) : normalTwoSided(change / size);
}

function productOf(u: Float64Array, v: Float64Array): number {
  let r = 0;
  for (let row = 0; row < u.length; row++) r += u[row]! * v[row]!;
  return r;
}

/** What each row adds to the correlation, beside what it is on average: they sum to 0. */
function influences(u: Float64Array, v: Float64Array): Float64Array {
  const r = productOf(u, v);
  return u.map((value, row) => value * v[row]! - (r * (value ** 2 + v[row]! ** 2)) / 2);
}

/** Its variance on Fisher's scale, and its excess kurtosis. */
function influenceOf(
  u: Float64Array,
  v: Float64Array,
): { readonly rows: number; readonly variance: number; readonly kurtosis: number } {
  const r = productOf(u, v);
  let [squares, fourths] = [0, 0];
  for (const influence of influences(u, v)) {
    squares += influence ** 2;
    fourths += influence ** 4;
  }
  return {
    rows: u.length,
    variance: squares / Math.max(1e-6, 1 - r * r) ** 2,
    kurtosis: squares > 0 ? (u.length * fourths) / squares ** 2 - 3 : 0,
  };
}

/**
 * Not what stretches of the reference as long as the window did: the change is from what is left within them, their differences
 * beyond the noise of their rows are part of its error, and none of them, its noise aside, was half as far from the whole, nor
 * perhaps as far.
 */
function isUnprecedented(
  samples: RowSamples,
  z: Correlations,
  { at: [i, j], change, p, ofPair }: Moved & { readonly ofPair: RankedPair },
  most: number,
): boolean {
  const stretches = stretchesOf(samples, z);
  if (stretches === null) return true;
  const before = z.reference[i * z.size + j]!;
  const { within, each, spread, short } = sharesIn(z, [[i, j]], stretches, 1);
  const beyond = before + change - within.left;
  const own = errorOf(z, i, j);
  const error = Math.hypot(own.size, spread);
  // How much of the error is a spread known from so many stretches says by which law (Satterthwaite).
  const df = Math.min(own.df, Math.max(1, short - 1) * (error / spread) ** 4);
  const beside = pValueOf(beyond, { size: error, df });
  if (Math.abs(beyond) < FLOOR || Math.max(p, beside) >= most) return false;
  // Of two lots each is wholly of one machine: Fisher's scale knows no end, and half of that is r = 0.96.
  const [was, now] = [Math.tanh(before), Math.tanh(before + change)];
  const wasHalfAsClose = (left: number, ofRows: number): boolean =>
    Math.abs(now) > Math.abs(was) &&
    (Math.tanh(left) - was) * Math.sign(change) - 2 * ofRows * (1 - Math.tanh(left) ** 2) >=
      Math.abs(now - was) / 2;
  if (hadByOthers(z, { at: [i, j], from: Math.abs(was), to: Math.abs(now) }, stretches)) return false;
  return ![...each, ...inOwnRanks(z, stretches, ofPair)].some(({ left, error: ofRows }) => {
    const away = (left - before) * Math.sign(change);
    const isHalfAsFar = away - 2 * ofRows >= Math.abs(change) / 2 || wasHalfAsClose(left, ofRows);
    // What was beyond the noise of its rows then, and perhaps as far.
    const isAsFar =
      away >= BEYOND_NOISE * ofRows && Math.abs(change) - away < 2 * Math.hypot(own.size, ofRows);
    return isHalfAsFar || isAsFar;
  });
}

/**
 * Whether two other levels of the same two categories went together half as closely in a stretch: each site has the lot that it is at, and which lot only one of them
 * has is another one every few days.
 */
function hadByOthers(
  z: Correlations,
  {
    at: [i, j],
    from,
    to,
  }: { readonly at: readonly [number, number]; readonly from: number; readonly to: number },
  stretches: Int32Array,
): boolean {
  if (to <= from) return false;
  const levelsOf = (at: number): number[] =>
    [...z.feature.keys()].filter((each) => z.feature[each] === z.feature[at]);
  const [ones, others] = [levelsOf(i), levelsOf(j)];
  if (Math.min(ones.length, others.length) < 2) return false;
  return ones
    .flatMap((one) => others.map((other): [number, number] => [one, other]))
    .some((pair) =>
      sharesIn(z, [pair], stretches, 1).each.some(
        ({ left, error }) =>
          Math.abs(Math.tanh(left)) - 2 * error * (1 - Math.tanh(left) ** 2) >= from + (to - from) / 2,
      ),
    );
}

/**
 * Of each stretch of at least fifty rows, by ranks among its own, as the window's are: on a day without lorries the middle of the lanes is
 * elsewhere, and two days that are taken together hide what one of them did.
 */
function inOwnRanks(
  z: Correlations,
  stretches: Int32Array,
  [one, other]: readonly [Ranked, Ranked],
): StretchShare[] {
  return [...Map.groupBy(allRows(stretches.length), (row) => stretches[row]!)].flatMap(([stretch, rows]) => {
    if (stretch < 0 || rows.length < MIN_OWN_ROWS) return [];
    const [a, b] = [one, other].map(({ at, isFolded }) => {
      const values = selectCells(z.ranks.reference(at), Int32Array.from(rows));
      return unitRanks(isFolded ? away(values) : values);
    }) as [Float64Array, Float64Array];
    return [{ left: fisherOf(a, b), error: Math.sqrt(RANK_FACTOR / (rows.length - 3)) }];
  });
}

/** Whether one of both has another mix in the window, and at each of its values the other is what it was: their correlation is then no news. */
function followsFromMix(
  columns: readonly ColumnCells[],
  z: Correlations,
  { at: [i, j], ofPair }: Moved & { readonly ofPair: RankedPair },
  most: number,
): boolean {
  const now = z.current[i * z.size + j]!;
  const error = errorOf(z, i, j);
  const named = new Map(columns.map((pair) => [pair.name, pair]));
  const cellsOf = ({ at }: Ranked, side: 'reference' | 'current'): Float64Array | null => {
    const pair = named.get(z.feature[at] ?? '');
    if (pair === undefined) return null;
    return pair.kind === 'numeric'
      ? selectCells(pair[side], z.rows[side])
      : codesOf(pair[side], z.rows[side]);
  };
  const isLevel = ({ at }: Ranked): boolean => named.get(z.feature[at] ?? '')?.kind === 'levels';
  const ranksOf = ({ isFolded }: Ranked, values: Float64Array): Float64Array =>
    unitRanks(isFolded ? away(values) : values);
  return [ofPair, ofPair.toReversed() as [Ranked, Ranked]].some(([first, second]) => {
    const driver = cellsOf(first, 'current');
    // Of a category the other column is whether it is this one level.
    const level = isLevel(second) ? z.ranks.reference(second.at) : null;
    const reference = { driver: cellsOf(first, 'reference'), other: level ?? cellsOf(second, 'reference') };
    if (driver === null || reference.driver === null || reference.other === null) return false;
    const other = asItWas({ driver: reference.driver, other: reference.other }, driver);
    if (other === null) return false;
    const ofDriver = isLevel(first) ? z.ranks.current(first.at) : ranksOf(first, driver);
    const expected = fisherOf(ofDriver, ranksOf(second, other));
    const size = Math.hypot(error.size, Math.sqrt(z.currentVariance));
    return Math.abs(now - expected) < FLOOR || pValueOf(now - expected, { size, df: error.df }) >= most;
  });
}

/** Missing ones are NaN, as those of numbers. */
function codesOf(codes: Int32Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => (codes[row]! < 0 ? Number.NaN : codes[row]!));
}

type RankedPair = readonly [Ranked, Ranked];

interface Ranked {
  /** Of the column it was made from. */
  readonly at: number;
  readonly isFolded: boolean;
}
