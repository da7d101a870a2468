import { normalQuantile } from '../../../stats/distributions.ts';
import { levelCounts } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair } from '../../samples/row-samples.ts';
import { allRows, drawRows } from '../../samples/picks.ts';

const MAX_ROWS = 10_000;
const MAX_COLUMNS = 60;
const LEVELS_PER_CATEGORY = 3;
/** Variance of Fisher's z for rank correlations: 1.06/(n − 3), Fieller, Hartley & Pearson 1957. */
export const RANK_FACTOR = 1.06;
const LARGEST = 0.999;

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
  /** What they were made of: the rows used, and their ranks by column, centred and scaled to length 1. */
  readonly rows: Sides<Int32Array>;
  readonly ranks: Sides<Float64Array[]>;
}

interface Sides<T> {
  readonly reference: T;
  readonly current: T;
}

export function rankCorrelations(features: readonly ColumnCells[]): Correlations {
  const names: string[] = [];
  const sides: { reference: Float64Array[]; current: Float64Array[] } = { reference: [], current: [] };
  const indexOf = new Map<string, number>();
  const referenceRows = drawRows(allRows(features[0]?.reference.length ?? 0), MAX_ROWS);
  const currentRows = drawRows(allRows(features[0]?.current.length ?? 0), MAX_ROWS);
  // Numbers first: they are the suspects, categories only witnesses.
  const ordered = [...features].sort((a, b) => Number(a.kind === 'levels') - Number(b.kind === 'levels'));
  for (const pair of ordered) {
    if (names.length >= MAX_COLUMNS) break;
    if (pair.kind === 'numeric') {
      indexOf.set(pair.name, names.length);
      names.push(pair.name);
      sides.reference.push(unitRanks(Float64Array.from(referenceRows, (row) => pair.reference[row]!)));
      sides.current.push(unitRanks(Float64Array.from(currentRows, (row) => pair.current[row]!)));
      continue;
    }
    for (const level of commonLevels(pair)) {
      names.push(pair.name);
      const is = (code: number | undefined): number => (code === level ? 1 : 0);
      sides.reference.push(unitRanks(Float64Array.from(referenceRows, (row) => is(pair.reference[row]))));
      sides.current.push(unitRanks(Float64Array.from(currentRows, (row) => is(pair.current[row]))));
    }
  }
  const currentVariance = RANK_FACTOR / Math.max(1, currentRows.length - 3);
  const variance = RANK_FACTOR / Math.max(1, referenceRows.length - 3) + currentVariance;
  return {
    size: names.length,
    indexOf,
    feature: names,
    reference: fisherMatrix(sides.reference),
    current: fisherMatrix(sides.current),
    variance,
    currentVariance,
    rows: { reference: referenceRows, current: currentRows },
    ranks: sides,
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
export function unitRanks(values: Float64Array): Float64Array {
  const present = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  const order = Int32Array.from(present).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  const middle = (order.length - 1) / 2;
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let i = from; i <= to; i++) ranks[order[i]!] = (from + to) / 2 - middle;
    from = to + 1;
  }
  const length = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0));
  return length > 0 ? ranks.map((rank) => rank / length) : ranks;
}

/** Where each value lies among all, as a value of the standard normal distribution; missing values are 0. */
export function normalScores(values: Float64Array): Float64Array {
  const ranks = unitRanks(values);
  const present = values.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0);
  // Ranks of length 1 are (rank − middle)·√(12/(n³ − n)).
  const perRank = Math.sqrt((present ** 3 - present) / 12);
  return ranks.map((rank) =>
    rank === 0 || present < 2 ? 0 : normalQuantile((rank * perRank + present / 2) / present),
  );
}

function fisherMatrix(columns: readonly Float64Array[]): Float64Array {
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const a = columns[i]!;
      const b = columns[j]!;
      let r = 0;
      for (let row = 0; row < a.length; row++) r += a[row]! * b[row]!;
      const z = Math.atanh(Math.max(-LARGEST, Math.min(LARGEST, r)));
      matrix[i * size + j] = z;
      matrix[j * size + i] = z;
    }
  }
  return matrix;
}

/** How badly the correlations fit as they are, and with the suspect undone; both χ² with `df`. */
export interface Undoing {
  readonly asIs: number;
  readonly undone: number;
  readonly df: number;
}

/** Column `i` negated. */
export function undoFlip(z: Correlations, i: number): Undoing {
  let asIs = 0;
  let undone = 0;
  let df = 0;
  for (let l = 0; l < z.size; l++) {
    if (l === i) continue;
    const before = z.reference[i * z.size + l]!;
    const now = z.current[i * z.size + l]!;
    asIs += (now - before) ** 2 / z.variance;
    undone += (now + before) ** 2 / z.variance;
    df += 1;
  }
  return { asIs, undone, df };
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
    asIs += ((nowI - beforeI) ** 2 + (nowJ - beforeJ) ** 2) / z.variance;
    undone += ((nowI - beforeJ) ** 2 + (nowJ - beforeI) ** 2) / z.variance;
    df += 2;
  }
  return { asIs, undone, df };
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
