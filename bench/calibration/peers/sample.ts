import type { Column } from '../../../src/core/table.ts';

/** A column as other tools' rules want it: missing values dropped, numbers sorted, levels counted. */
export type Sample = NumberSample | LevelSample;

export interface NumberSample {
  readonly kind: 'numbers';
  readonly column: Column;
  /** Ascending. */
  readonly sorted: Float64Array;
}

export interface LevelSample {
  readonly kind: 'levels';
  readonly column: Column;
  /** Rows per level name. */
  readonly counts: ReadonlyMap<string, number>;
  readonly rows: number;
}

export function sampleOf(column: Column): Sample {
  if (column.kind === 'numeric') {
    return { kind: 'numbers', column, sorted: column.values.filter((x) => Number.isFinite(x)).sort() };
  }
  const counts = new Map<string, number>();
  let rows = 0;
  const byCode = new Float64Array(column.levels.length);
  for (const code of column.codes) {
    if (code < 0) continue;
    byCode[code] = (byCode[code] ?? 0) + 1;
    rows += 1;
  }
  for (const [code, level] of column.levels.entries()) {
    const count = byCode[code] ?? 0;
    if (count > 0) counts.set(level, count);
  }
  return { kind: 'levels', column, counts, rows };
}

/** Shares of two samples over the same cells. */
export interface SharePair {
  readonly reference: number[];
  readonly current: number[];
}

/** Both samples in `bins` bins of equal width from the smallest to the largest value of either; the last one is closed. */
export function equalWidthShares(reference: Float64Array, current: Float64Array, bins: number): SharePair {
  const low = Math.min(reference[0] ?? 0, current[0] ?? 0);
  const high = Math.max(reference.at(-1) ?? 0, current.at(-1) ?? 0);
  const edges = Array.from({ length: bins - 1 }, (_, i) => low + ((high - low) * (i + 1)) / bins);
  return { reference: sharesBetween(reference, edges), current: sharesBetween(current, edges) };
}

function sharesBetween(sorted: Float64Array, edges: readonly number[]): number[] {
  const upTo = [...edges.map((edge) => countBelow(sorted, edge)), sorted.length];
  return upTo.map((count, i) => (count - (upTo[i - 1] ?? 0)) / sorted.length);
}

/** Values under x in ascending `sorted`. */
export function countBelow(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One cell for each level either sample has. */
export function levelShares(reference: LevelSample, current: LevelSample): SharePair {
  const names = new Set([...reference.counts.keys(), ...current.counts.keys()]);
  const shares = (sample: LevelSample): number[] =>
    [...names].map((name) => (sample.counts.get(name) ?? 0) / sample.rows);
  return { reference: shares(reference), current: shares(current) };
}

/** One cell for each value, for numbers of few values. */
export function valueShares(reference: Float64Array, current: Float64Array): SharePair {
  const values = new Set([...reference, ...current]);
  const shares = (sorted: Float64Array): number[] => {
    const rows = new Map<number, number>();
    for (const x of sorted) rows.set(x, (rows.get(x) ?? 0) + 1);
    return [...values].map((value) => (rows.get(value) ?? 0) / sorted.length);
  };
  return { reference: shares(reference), current: shares(current) };
}
