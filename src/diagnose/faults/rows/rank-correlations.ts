import { keptWith, remember, smallKeptWith } from '../../../core/memory/remember.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { chiSquareSurvival, normalQuantile } from '../../../stats/distributions.ts';
import { rowsOfLevel, selectCells, sortedPresent } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair } from '../../samples/row-samples.ts';
import { clumping } from './clumping.ts';
import { fisherMatrix } from './fisher.ts';
import { drawOfAll } from '../../samples/picks.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

const MAX_ROWS = 10_000;
const MAX_COLUMNS = 60;
const LEVELS_PER_CATEGORY = 3;
/** Variance of Fisher's z for rank correlations: 1.06/(n − 3), Fieller, Hartley & Pearson 1957. */
export const RANK_FACTOR = 1.06;

/** Fisher z of every pair of columns, in both samples. Numbers by rank; categories by their commonest levels. */
export interface Correlations {
  readonly size: number;
  /** Index of a numeric feature by name. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** Columns that stem from the same feature have nothing to say to each other. */
  readonly feature: readonly string[];
  readonly reference: Float64Array;
  readonly current: Float64Array;
  /** Variance of a difference of two z. */
  readonly variance: number;
  /** Of one z of the current rows. */
  readonly currentVariance: number;
  /** By what both are larger for a pair, because rows follow those before them; 1 where they have no times. */
  readonly clumped: (i: number, j: number) => number;
  /** What they were made of: the rows used, and their ranks by column, centred and scaled to length 1; of the reference they are made when they are asked for. */
  readonly rows: Sides<Int32Array>;
  readonly ranks: Sides<(column: number) => Float64Array>;
}

interface Sides<T> {
  readonly reference: T;
  readonly current: T;
}

export function rankCorrelations(
  features: readonly ColumnCells[],
  currentMs: Float64Array | null = null,
): Correlations {
  const columns: RankedColumn[] = [];
  const indexOf = new Map<string, number>();
  const referenceRows = drawnRows(features[0]?.reference.length ?? 0);
  const currentRows = drawnRows(features[0]?.current.length ?? 0);
  // Numbers first: they are the suspects, categories only witnesses.
  const ordered = [...features].sort((a, b) => Number(a.kind === 'levels') - Number(b.kind === 'levels'));
  for (const pair of ordered) {
    if (columns.length >= MAX_COLUMNS) break;
    if (pair.kind === 'numeric') indexOf.set(pair.name, columns.length);
    columns.push(...rankedColumns(pair));
  }
  const current = columns.map((column) => column.current);
  const currentVariance = RANK_FACTOR / Math.max(1, currentRows.length - 3);
  const variance = RANK_FACTOR / Math.max(1, referenceRows.length - 3) + currentVariance;
  return {
    size: columns.length,
    indexOf,
    feature: columns.map(({ feature }) => feature),
    reference: referenceMatrix(columns),
    current: fisherMatrix(current),
    variance,
    currentVariance,
    clumped: clumpedOf(current, currentRows, currentMs),
    rows: { reference: referenceRows, current: currentRows },
    ranks: {
      reference: (column) => columns[column]!.reference(),
      current: (column) => current[column]!,
    },
  };
}

interface RankedColumn {
  readonly feature: string;
  /** Which values of the reference they are. */
  readonly key: string;
  readonly of: Float64Array | Int32Array;
  readonly reference: () => Float64Array;
  readonly current: Float64Array;
}

function rankedColumns(pair: ColumnCells): RankedColumn[] {
  const { name: feature, reference: of } = pair;
  const number = String(numberOf(of));
  if (pair.kind === 'numeric') {
    const reference = (): Float64Array => drawnRanks(pair.reference);
    return [{ feature, key: number, of, reference, current: drawnRanks(pair.current) }];
  }
  return commonLevels(pair).map((level) => ({
    feature,
    key: `${number}:${level}`,
    of,
    reference: () => drawnRanks(indicator(pair.reference, level)),
    current: drawnRanks(indicator(pair.current, level)),
  }));
}

let numbered = 0;
/** Tells arrays apart for as long as they are there. */
const numberOf = smallKeptWith((_values: Float64Array | Int32Array) => (numbered += 1));

/** Of as many lists of columns that begin with the same one: 29 kB each, 51 with folded columns. */
const KEPT_MATRICES = 4;
const matricesOf = smallKeptWith((_first: Float64Array | Int32Array) => new Map<string, Float64Array>());

/** Of a reference the same for every window, and for each part of one that is looked at by itself. */
function referenceMatrix(columns: readonly RankedColumn[]): Float64Array {
  const [first] = columns;
  if (first === undefined) return new Float64Array();
  const kept = matricesOf(first.of);
  const key = columns.map((column) => column.key).join(' ');
  const known = kept.get(key) ?? fisherMatrix(columns.map(({ reference }) => reference()));
  remember(kept, key, known, KEPT_MATRICES);
  return known;
}

function clumpedOf(
  ranks: readonly Float64Array[],
  rows: Int32Array,
  timesMs: Float64Array | null,
): Correlations['clumped'] {
  const order = timesMs === null ? new Int32Array() : rowsInTime(selectCells(timesMs, rows));
  if (order.length === 0) return () => 1;
  const inTime = ranks.map((column) => selectCells(column, order));
  // Asked for each pair beside each other pair.
  const known = new Float64Array(ranks.length ** 2).fill(Number.NaN);
  return (i, j) => {
    const at = i < j ? j * ranks.length + i : i * ranks.length + j;
    if (Number.isNaN(known[at]!)) known[at] = clumping(inTime[i]!, inTime[j]!);
    return known[at]!;
  };
}

/** The commonest levels, but not all of them: the last says nothing that the others did not. */
export function commonLevels({ levels, reference }: LevelPair): number[] {
  const counts = levelCounts(reference, levels.length);
  const seen = [...counts.keys()].filter((code) => counts[code]! > 0);
  return seen
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, Math.max(1, Math.min(LEVELS_PER_CATEGORY, seen.length - 1)));
}

/** Average ranks, centred and scaled to length 1; missing values sit in the middle. A constant gives zeros. */
export const unitRanks = keptWith((values: Float64Array): Float64Array => {
  const { ranks } = centredRanks(values);
  const length = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0));
  return length > 0 ? ranks.map((rank) => rank / length) : ranks;
});

/** Average ranks, 0 in the middle and where a value is missing. */
function centredRanks(values: Float64Array): { readonly ranks: Float64Array; readonly present: number } {
  const sorted = sortedPresent(values);
  const middle = (sorted.length - 1) / 2;
  const distinct = new Float64Array(sorted.length);
  const rankOf = new Float64Array(sorted.length);
  let count = 0;
  for (let from = 0; from < sorted.length; count++) {
    let to = from;
    while (to + 1 < sorted.length && sorted[to + 1] === sorted[from]) to++;
    distinct[count] = sorted[from]!;
    rankOf[count] = (from + to) / 2 - middle;
    from = to + 1;
  }
  const ranks = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (!Number.isNaN(value)) ranks[row] = rankOf[placeOf(distinct, count, value)]!;
  }
  return { ranks, present: sorted.length };
}

/** Of a value among the first `count`, ascending, which hold it. */
function placeOf(distinct: Float64Array, count: number, value: number): number {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (distinct[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function drawnRows(rows: number): Int32Array {
  return drawOfAll(rows, MAX_ROWS);
}

const drawnRanks = keptWith((values: Float64Array) =>
  unitRanks(selectCells(values, drawnRows(values.length))),
);

const byLevel = keptWith((codes: Int32Array) => {
  const known = new Map<number, Float64Array>();
  return (level: number): Float64Array => {
    const rows = known.get(level) ?? rowsOfLevel(codes, level);
    known.set(level, rows);
    return rows;
  };
});

/** 1 in rows of that level, else 0. */
export function indicator(codes: Int32Array, level: number): Float64Array {
  return byLevel(codes)(level);
}

/** Where each value lies among all, as a value of the standard normal distribution; missing values are 0. */
export function normalScores(values: Float64Array): Float64Array {
  const { ranks, present } = centredRanks(values);
  const known = quantilesAmong(present);
  return ranks.map((rank) => {
    if (rank === 0) return 0;
    // Ranks are halves of whole numbers.
    const at = 2 * rank + present;
    if (Number.isNaN(known[at]!)) known[at] = normalQuantile((rank + present / 2) / present);
    return known[at]!;
  });
}

/** Of so many values, by twice the rank from below, once they have been asked for: columns of as many values share them. */
function quantilesAmong(present: number): Float64Array {
  const known = quantiles.get(present) ?? new Float64Array(2 * present + 1).fill(Number.NaN);
  remember(quantiles, present, known, 2);
  return known;
}

const quantiles = new Map<number, Float64Array>();

/** How badly the correlations fit as they are, and with the suspect undone: both `scale` times χ² with `df / scale`. */
export interface Undoing {
  readonly asIs: number;
  readonly undone: number;
  readonly df: number;
  /**
   * Columns that go with each other say the same, or all of them nothing, together: the sum of their squares spreads as that of fewer (Satterthwaite), by the mean
   * over pairs of their r².
   */
  readonly scale: number;
}

/** How unlikely the sum of squares is by chance. */
export function refutedP(of: 'asIs' | 'undone', { df, scale, ...fits }: Undoing): number {
  if (df === 0) return 1;
  const bySum = chiSquareSurvival(fits[of] / scale, df / scale);
  if (of === 'undone') return bySum;
  // What all of many copies say is one thing said once, and rarer as a sum of several than it is: λ of the largest where the others are alike.
  const largest = 1 + Math.sqrt(Math.max(0, scale - 1) * (df - 1));
  const inOne = (fits.asIs - (df - largest)) / largest;
  return inOne > 0 ? Math.max(bySum, chiSquareSurvival(inOne, 1)) : 1;
}

/** Σ r² of each column with all, itself among them, and of all. */
const sharedOf = smallKeptWith((reference: Float64Array) => {
  const size = Math.round(Math.sqrt(reference.length));
  const rows = Float64Array.from({ length: size }, (_, i) => {
    let sum = 1;
    for (let j = 0; j < size; j++) if (j !== i) sum += Math.tanh(reference[i * size + j]!) ** 2;
    return sum;
  });
  return { rows, all: rows.reduce((sum, row) => sum + row, 0) };
});

/** Over the columns without these. */
function scaleWithout(z: Correlations, without: readonly number[]): number {
  const { rows, all } = sharedOf(z.reference);
  let [left, shared] = [z.size, all];
  for (const [at, i] of without.entries()) {
    left -= 1;
    shared -= 2 * rows[i]! - 1;
    for (const j of without.slice(0, at)) shared += 2 * Math.tanh(z.reference[i * z.size + j]!) ** 2;
  }
  return left === 0 ? 1 : Math.max(1, shared / left);
}

/** Of a difference of two z of a pair: rows that follow those before them say less than as many that do not. */
const varianceOf = (z: Correlations, i: number, j: number): number => z.variance * z.clumped(i, j);

/** Column `i` negated. */
export function undoFlip(z: Correlations, i: number): Undoing {
  let asIs = 0;
  let undone = 0;
  let df = 0;
  for (let l = 0; l < z.size; l++) {
    if (l === i) continue;
    const before = z.reference[i * z.size + l]!;
    const now = z.current[i * z.size + l]!;
    const variance = varianceOf(z, i, l);
    asIs += (now - before) ** 2 / variance;
    undone += (now + before) ** 2 / variance;
    df += 1;
  }
  return { asIs, undone, df, scale: scaleWithout(z, [i]) };
}

/** Columns `i` and `j` exchanged. */
export function undoSwap(z: Correlations, i: number, j: number): Undoing {
  let asIs = 0;
  let undone = 0;
  let df = 0;
  for (let l = 0; l < z.size; l++) {
    if (l === i || l === j) continue;
    const beforeI = z.reference[i * z.size + l]!;
    const beforeJ = z.reference[j * z.size + l]!;
    const nowI = z.current[i * z.size + l]!;
    const nowJ = z.current[j * z.size + l]!;
    const [ofI, ofJ] = [varianceOf(z, i, l), varianceOf(z, j, l)];
    asIs += (nowI - beforeI) ** 2 / ofI + (nowJ - beforeJ) ** 2 / ofJ;
    undone += (nowI - beforeJ) ** 2 / ofI + (nowJ - beforeI) ** 2 / ofJ;
    df += 2;
  }
  return { asIs, undone, df, scale: scaleWithout(z, [i, j]) };
}

/** The correlations as they would be without the fault. */
export function withFlipUndone(z: Correlations, i: number): Correlations {
  const current = z.current.map((value, at) => {
    const touches = (Math.floor(at / z.size) === i) !== (at % z.size === i);
    return touches ? -value : value;
  });
  return { ...z, current };
}

export function withSwapUndone(z: Correlations, i: number, j: number): Correlations {
  const exchanged = (k: number): number => (k === i ? j : k === j ? i : k);
  const current = z.current.map((_, at) => {
    const row = exchanged(Math.floor(at / z.size));
    return z.current[row * z.size + exchanged(at % z.size)]!;
  });
  return { ...z, current };
}
