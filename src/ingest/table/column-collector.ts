/** The second pass: chunks of the database's vectors into one typed array for each column. */
import type { DuckDBVector } from '@duckdb/node-api';
import type { CategoricalColumn, NumericColumn } from '../../core/table.ts';
import { levelReader, numberReader } from './cell-reader.ts';
import type { CellReader, OnInvalid } from './cell-reader.ts';
import type { CellSql } from './cell-sql.ts';

/** Takes the cells of one column, chunk by chunk. */
export interface ColumnCollector<T> {
  readonly cell: CellSql;
  readonly holds: 'numbers' | 'texts';
  add(vector: DuckDBVector, offset: number, rows: number): void;
  finish(): T;
}

/** How a column is read, wherever its cells then go: into an array, or into a file. */
export interface ColumnReading<A extends Float64Array | Int32Array, T> {
  readonly cell: CellSql;
  readonly holds: 'numbers' | 'texts';
  readonly reader: CellReader<A>;
  /** Over the given memory, which must be large enough; else over its own. */
  array(rows: number, memory?: ArrayBuffer): A;
  finish(cells: A, invalid: number): T;
}

export function numberReading(name: string, cell: CellSql): ColumnReading<Float64Array, NumericColumn> {
  return {
    cell,
    holds: 'numbers',
    reader: numberReader(cell),
    array: (rows, memory = new ArrayBuffer(8 * rows)) => new Float64Array(memory, 0, rows),
    finish: (values, invalid) => ({ name, kind: 'numeric', values, invalid }),
  };
}

export interface LevelOptions {
  readonly kind: 'categorical' | 'boolean';
  /** The one spelling of a level: several raw texts may be one level. */
  readonly level: (raw: string) => string;
}

export function levelReading(
  name: string,
  cell: CellSql,
  { kind, level }: LevelOptions,
): ColumnReading<Int32Array, CategoricalColumn> {
  const reader = levelReader(cell, level);
  return {
    cell,
    holds: 'texts',
    reader,
    array: (rows, memory = new ArrayBuffer(4 * rows)) => new Int32Array(memory, 0, rows),
    finish: (codes, invalid) => ({ name, kind, codes, levels: reader.levels(), invalid }),
  };
}

/**
 * @param onInvalid told the row of each unreadable cell
 * @param memory of at least eight bytes a row, to be used instead of new
 */
export function collectorOf<A extends Float64Array | Int32Array, T>(
  reading: ColumnReading<A, T>,
  rows: number,
  onInvalid?: OnInvalid,
  memory?: ArrayBuffer,
): ColumnCollector<T> {
  const cells = reading.array(rows, memory);
  let invalid = 0;
  const count: OnInvalid = (row) => {
    invalid += 1;
    onInvalid?.(row);
  };
  return {
    cell: reading.cell,
    holds: reading.holds,
    add: (vector, offset, added) => reading.reader.read(vector, added, cells, offset, count),
    finish: () => reading.finish(cells, invalid),
  };
}

export function idCollector(cell: CellSql, rows: number): ColumnCollector<(string | null)[]> {
  const ids: (string | null)[] = Array.from({ length: rows }, () => null);
  return {
    cell,
    holds: 'texts',
    add(vector, offset, count) {
      for (let row = 0; row < count; row += 1) {
        const id = vector.getItem(row);
        if (typeof id === 'string' && id !== '') ids[offset + row] = id;
      }
    },
    finish: () => ids,
  };
}
