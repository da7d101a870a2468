import { inNameOrder } from '../../core/table.ts';
import type { CategoricalColumn, Column, NumericColumn, Table } from '../../core/table.ts';

/** One feature of both samples in one array: the reference's rows first, then the current ones. */
export type PooledFeature = PooledNumeric | PooledCategorical;

export interface PooledNumeric {
  readonly name: string;
  readonly kind: 'numeric';
  /** NaN is missing. */
  readonly values: Float64Array;
}

export interface PooledCategorical {
  readonly name: string;
  readonly kind: 'categorical';
  /** From 0 to `levels` − 1; −1 is missing. */
  readonly codes: Int32Array;
  readonly levels: number;
}

/** Two samples on top of each other, on the features they share. */
export interface PooledSample {
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly features: readonly PooledFeature[];
}

/** Fewer rows than this on a side say nothing about many features at once. */
const MIN_ROWS = 25;

export function enoughRows({ referenceRows, currentRows }: PooledSample): boolean {
  return Math.min(referenceRows, currentRows) >= MIN_ROWS;
}

/**
 * Puts the chosen rows of two tables on top of each other. Features are matched by name, levels by text, and
 * both stand in the order of their names: where two splits are worth the same, the order of columns and levels decides
 * nothing. A feature only one table has, or whose type changed (numbers on one side,
 * levels on the other), is left out: it is a fault of the pipeline, which is found and named elsewhere, and would
 * drown everything else here. Boolean and categorical are one type.
 *
 * Cost O(rows · features + levels).
 */
export function poolSamples(
  reference: Table,
  current: Table,
  referenceRows: Int32Array,
  currentRows: Int32Array,
): PooledSample {
  const byName = new Map(current.features.map((column) => [column.name, column]));
  const features: PooledFeature[] = [];
  for (const before of inNameOrder(reference.features)) {
    const now = byName.get(before.name);
    if (now === undefined) continue;
    const pooled = poolColumns(before, now, referenceRows, currentRows);
    if (pooled !== null) features.push(pooled);
  }
  return { referenceRows: referenceRows.length, currentRows: currentRows.length, features };
}

function poolColumns(
  before: Column,
  now: Column,
  beforeRows: Int32Array,
  nowRows: Int32Array,
): PooledFeature | null {
  if (before.kind === 'numeric') {
    return now.kind === 'numeric' ? poolNumbers(before, now, beforeRows, nowRows) : null;
  }
  return now.kind === 'numeric' ? null : poolLevels(before, now, beforeRows, nowRows);
}

function poolNumbers(
  before: NumericColumn,
  now: NumericColumn,
  beforeRows: Int32Array,
  nowRows: Int32Array,
): PooledNumeric {
  const values = new Float64Array(beforeRows.length + nowRows.length);
  beforeRows.forEach((row, i) => (values[i] = before.values[row] ?? Number.NaN));
  nowRows.forEach((row, i) => (values[beforeRows.length + i] = now.values[row] ?? Number.NaN));
  return { name: before.name, kind: 'numeric', values };
}

function poolLevels(
  before: CategoricalColumn,
  now: CategoricalColumn,
  beforeRows: Int32Array,
  nowRows: Int32Array,
): PooledCategorical {
  const names = [...new Set([...before.levels, ...now.levels])].sort();
  const shared = new Map(names.map((level, code) => [level, code]));
  const codesOf = (levels: readonly string[]): Int32Array =>
    Int32Array.from(levels, (level) => shared.get(level) ?? -1);
  const beforeCodes = codesOf(before.levels);
  const nowCodes = codesOf(now.levels);
  const codes = new Int32Array(beforeRows.length + nowRows.length);
  beforeRows.forEach((row, i) => (codes[i] = beforeCodes[before.codes[row] ?? -1] ?? -1));
  nowRows.forEach((row, i) => (codes[beforeRows.length + i] = nowCodes[now.codes[row] ?? -1] ?? -1));
  return { name: before.name, kind: 'categorical', codes, levels: shared.size };
}
