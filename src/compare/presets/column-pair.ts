import type { CategoricalColumn, Column } from '../../core/table.ts';
import { sum } from '../../stats/elementary.ts';
import type { PresetContext, ReferenceChunks } from './preset.ts';
import { Sample } from './sample.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

export interface NumericPair {
  readonly kind: 'numeric';
  readonly reference: Sample;
  readonly current: Sample;
  readonly chunks: ReferenceChunks | null;
}

export interface CategoricalPair {
  readonly kind: 'categorical';
  readonly referenceColumn: CategoricalColumn;
  readonly counts: AlignedCounts;
  readonly chunks: ReferenceChunks | null;
}

export type ColumnPair = NumericPair | CategoricalPair;

/** Rows per cell on both sides; a cell is used by at least one of them. */
export interface AlignedCounts {
  readonly cells: readonly (string | number)[];
  readonly reference: Float64Array;
  readonly current: Float64Array;
  /** Rows with a value. */
  readonly n: number;
  readonly m: number;
}

/** Null when one column is numeric and the other is not. O(rows). */
export function pairColumns(reference: Column, current: Column, context: PresetContext): ColumnPair | null {
  const chunks = context.referenceChunks ?? null;
  if (reference.kind === 'numeric' && current.kind === 'numeric') {
    return {
      kind: 'numeric',
      reference: new Sample(reference.values, context.sorted?.reference),
      current: new Sample(current.values, context.sorted?.current),
      chunks,
    };
  }
  if (reference.kind === 'numeric' || current.kind === 'numeric') return null;
  const counts = alignCounts(countLevels(reference), countLevels(current));
  return { kind: 'categorical', referenceColumn: reference, counts, chunks };
}

/** Rows per value of a numeric pair, as some tools treat numbers with few values. Needs both sides sorted. */
export function countValues(pair: NumericPair): AlignedCounts {
  const side = (sample: Sample): Map<number, number> => {
    const rows = new Map<number, number>();
    let from = 0;
    for (let to = 1; to <= sample.n; to++) {
      const value = sample.sorted[from] ?? 0;
      if (to < sample.n && sample.sorted[to] === value) continue;
      rows.set(value, to - from);
      from = to;
    }
    return rows;
  };
  return alignCounts(side(pair.reference), side(pair.current));
}

export function countLevels(column: CategoricalColumn): Map<string, number> {
  return levelRows(column.levels, column.codes);
}

/** Rows per level among some rows; levels without rows are left out. */
export function levelRows(levels: readonly string[], codes: Int32Array): Map<string, number> {
  const rows = levelCounts(codes, levels.length);
  const used = new Map<string, number>();
  for (const [i, level] of levels.entries()) {
    const count = rows[i] ?? 0;
    if (count > 0) used.set(level, count);
  }
  return used;
}

export function alignCounts<Cell extends string | number>(
  reference: ReadonlyMap<Cell, number>,
  current: ReadonlyMap<Cell, number>,
): AlignedCounts {
  const cells = [...new Set([...reference.keys(), ...current.keys()])];
  const side = (rows: ReadonlyMap<Cell, number>): Float64Array =>
    Float64Array.from(cells, (cell) => rows.get(cell) ?? 0);
  const a = side(reference);
  const b = side(current);
  return { cells, reference: a, current: b, n: sum(a), m: sum(b) };
}
