/** The second pass: chunks of the database's vectors into one typed array for each column. */
import type { DuckDBVector } from '@duckdb/node-api';
import type { CategoricalColumn, NumericColumn } from '../../core/table.ts';
import type { CellSql } from './cell-sql.ts';

/** Takes the cells of one column, chunk by chunk. */
export interface ColumnCollector<T> {
  readonly cell: CellSql;
  add(vector: DuckDBVector, offset: number, rows: number): void;
  finish(): T;
}

export function numberCollector(name: string, cell: CellSql, rows: number): ColumnCollector<NumericColumn> {
  const values = new Float64Array(rows);
  let invalid = 0;
  return {
    cell,
    add(vector, offset, count) {
      for (let row = 0; row < count; row += 1) {
        const value = vector.getItem(row);
        if (value === null && !cell.nullIsMissing) invalid += 1;
        values[offset + row] = typeof value === 'number' ? value : Number.NaN;
      }
    },
    finish: () => ({ name, kind: 'numeric', values, invalid }),
  };
}

export interface LevelOptions {
  readonly kind: 'categorical' | 'boolean';
  /** The one spelling of a level: several raw texts may be one level. */
  readonly level: (raw: string) => string;
}

export function levelCollector(
  name: string,
  cell: CellSql,
  rows: number,
  { kind, level }: LevelOptions,
): ColumnCollector<CategoricalColumn> {
  const codes = new Int32Array(rows);
  const codeOfRaw = new Map<string, number>();
  const codeOfLevel = new Map<string, number>();
  let invalid = 0;
  const codeOf = (raw: string): number => {
    if (raw === '') return -1;
    let code = codeOfRaw.get(raw);
    if (code === undefined) {
      const text = level(raw);
      code = codeOfLevel.get(text) ?? codeOfLevel.size;
      codeOfLevel.set(text, code);
      codeOfRaw.set(raw, code);
    }
    return code;
  };
  return {
    cell,
    add(vector, offset, count) {
      for (let row = 0; row < count; row += 1) {
        const raw = vector.getItem(row);
        if (raw === null && !cell.nullIsMissing) invalid += 1;
        codes[offset + row] = typeof raw === 'string' ? codeOf(raw) : -1;
      }
    },
    finish: () => ({ name, kind, codes, levels: [...codeOfLevel.keys()], invalid }),
  };
}

export function idCollector(cell: CellSql, rows: number): ColumnCollector<(string | null)[]> {
  const ids: (string | null)[] = Array.from({ length: rows }, () => null);
  return {
    cell,
    add(vector, offset, count) {
      for (let row = 0; row < count; row += 1) {
        const id = vector.getItem(row);
        if (typeof id === 'string' && id !== '') ids[offset + row] = id;
      }
    },
    finish: () => ids,
  };
}
