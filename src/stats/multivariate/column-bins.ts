import type { CategoricalColumn, Column, NumericColumn, Table } from '../../core/table.ts';
import { countBelow, MISSING_BIN, quantileEdges, VALUE_BINS } from './binned-features.ts';
import type { BinnedFeatures } from './binned-features.ts';

/** How one column is binned, learned from some of its rows. */
export type ColumnBins = NumericBins | LevelBins;

interface NumericBins {
  readonly name: string;
  readonly kind: 'numeric';
  readonly edges: Float64Array;
  readonly low: number;
  readonly high: number;
}

interface LevelBins {
  readonly name: string;
  readonly kind: 'levels';
  readonly binOf: ReadonlyMap<string, number>;
}

/**
 * The bins of `binFeatures`, learned from one table alone, so that any other can be put in them later: at most 63
 * quantile bins of numbers, the 62 most frequent levels one each and the rest together.
 *
 * Cost O(rows · log rows).
 */
export function learnBins(column: Column, rows: Int32Array): ColumnBins {
  return column.kind === 'numeric' ? learnNumbers(column, rows) : learnLevels(column, rows);
}

function learnNumbers({ name, values }: NumericColumn, rows: Int32Array): NumericBins {
  const known = Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  let low = Infinity;
  let high = -Infinity;
  for (const value of known) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { name, kind: 'numeric', edges: quantileEdges(known), low, high };
}

function learnLevels({ name, levels, codes }: CategoricalColumn, rows: Int32Array): LevelBins {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const level = levels[codes[row] ?? -1];
    if (level !== undefined) counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  const byFrequency = [...counts].sort((a, b) => b[1] - a[1]);
  const binOf = new Map(byFrequency.map(([level], rank) => [level, 1 + Math.min(rank, VALUE_BINS - 1)]));
  return { name, kind: 'levels', binOf };
}

export interface PlacedRows {
  readonly binned: BinnedFeatures;
  /** Share of the rows with a number beyond those learned from, or a level that was not among them, in any column. */
  readonly beyond: number;
}

/** Rows of a table in learned bins. A level that was not learned is like no value. O(rows · columns · log bins). */
export function placeInBins(columns: readonly ColumnBins[], table: Table, rows: Int32Array): PlacedRows {
  const byName = new Map(table.features.map((column) => [column.name, column]));
  const features = columns.length;
  const bins = new Uint8Array(rows.length * features);
  const beyond = new Uint8Array(rows.length);
  for (const [f, learned] of columns.entries()) {
    placeColumn(learned, byName.get(learned.name), rows, { bins, from: f, step: features, beyond });
  }
  let outside = 0;
  for (const each of beyond) outside += each;
  return {
    binned: {
      rows: rows.length,
      features,
      bins,
      ordered: columns.map(({ kind }) => kind === 'numeric'),
      binCounts: Int32Array.from(columns, binCount),
    },
    beyond: outside / Math.max(1, rows.length),
  };
}

interface Places {
  readonly bins: Uint8Array;
  /** Of the column's bins, the first and the way to the next. */
  readonly from: number;
  readonly step: number;
  /** 1 for a row with anything beyond what was learned. */
  readonly beyond: Uint8Array;
}

function placeColumn(
  learned: ColumnBins,
  column: Column | undefined,
  rows: Int32Array,
  { bins, from, step, beyond }: Places,
): void {
  if (learned.kind === 'numeric' && column?.kind === 'numeric') {
    const { edges, low, high } = learned;
    for (let at = 0; at < rows.length; at++) {
      const value = column.values[rows[at]!]!;
      bins[at * step + from] = Number.isNaN(value) ? MISSING_BIN : 1 + countBelow(edges, value);
      if (value < low || value > high) beyond[at] = 1;
    }
    return;
  }
  if (learned.kind === 'levels' && column !== undefined && column.kind !== 'numeric') {
    const binOf = Uint8Array.from(column.levels, (level) => learned.binOf.get(level) ?? MISSING_BIN);
    for (let at = 0; at < rows.length; at++) {
      const code = column.codes[rows[at]!]!;
      const bin = code < 0 ? MISSING_BIN : binOf[code]!;
      bins[at * step + from] = bin;
      if (code >= 0 && bin === MISSING_BIN) beyond[at] = 1;
    }
    return;
  }
  throw new Error(`the table has no column ${learned.name} of the kind that was learned`);
}

function binCount(column: ColumnBins): number {
  return 2 + (column.kind === 'numeric' ? column.edges.length : Math.min(column.binOf.size, VALUE_BINS) - 1);
}
