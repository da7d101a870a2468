/**
 * Which rows a sample of a file takes must not depend on where they stand in it: each row has a number that follows
 * from its id or, without one, from what it holds. Rows of one number are alike, so any of them will do.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { numberReader } from './cell-reader.ts';
import type { CellSql } from './cell-sql.ts';
import { COLUMNS_AT_ONCE, collectRows } from './collect-rows.ts';
import type { ColumnCollector } from './column-collector.ts';

/** Whole numbers below this are exact. */
const KEYS = 2 ** 53;
/** Rows of one chunk of the database. */
const LARGEST_CHUNK = 2048;
/** A key beside its columns. */
const COLUMNS_OF_A_KEY = COLUMNS_AT_ONCE - 1;

export interface KeyedCell {
  readonly cell: CellSql;
  readonly holds: 'numbers' | 'texts';
}

export interface RowKeys {
  /** The given collectors with those of the keys among them, so that a pass over some columns hashes the same. */
  readonly all: readonly ColumnCollector<unknown>[];
  /** One for each row, below 2^53; to be called when all rows have been collected. */
  finish(): Float64Array;
}

/** @param id of each row; null where the file has none */
export function withRowKeys<C extends KeyedCell>(
  columns: readonly C[],
  id: CellSql | null,
  rows: number,
  collectors: (some: readonly C[]) => readonly ColumnCollector<unknown>[],
): RowKeys {
  const keys = new Float64Array(rows);
  const all: ColumnCollector<unknown>[] = [];
  const groups = Math.max(1, Math.ceil(columns.length / COLUMNS_OF_A_KEY));
  for (let group = 0; group < groups; group += 1) {
    const some = columns.slice(group * COLUMNS_OF_A_KEY, (group + 1) * COLUMNS_OF_A_KEY);
    all.push(...collectors(some), keyCollector(keys, keySql(some, id, group === 0)));
  }
  return { all, finish: () => keys };
}

/** Of columns that are not collected along with it. */
export async function readRowKeys(
  connection: DuckDBConnection,
  from: string,
  { columns, id, rows }: { columns: readonly KeyedCell[]; id: CellSql | null; rows: number },
): Promise<Float64Array> {
  const keys = withRowKeys(columns, id, rows, () => []);
  // One by one: each looks at many columns.
  for (const key of keys.all) await collectRows(connection, from, [key], rows, () => {});
  return keys.finish();
}

/** Adds up what the groups of columns make of each row. */
function keyCollector(keys: Float64Array, sql: string): ColumnCollector<null> {
  const cell: CellSql = { sql, nullIsMissing: true };
  const reader = numberReader(cell);
  const hashes = new Float64Array(LARGEST_CHUNK);
  return {
    cell,
    holds: 'numbers',
    add(vector, offset, rows) {
      reader.read(vector, rows, hashes, 0, () => {});
      for (let row = 0; row < rows; row += 1) {
        const sum = keys[offset + row]! + hashes[row]!;
        keys[offset + row] = sum >= KEYS ? sum - KEYS : sum;
      }
    },
    finish: () => null,
  };
}

function keySql(columns: readonly KeyedCell[], id: CellSql | null, isFirst: boolean): string {
  const content = columns.length === 0 ? '0::UBIGINT' : `hash(${columns.map(hashed).join(', ')})`;
  const ofId = isFirst ? `hash(${id?.sql ?? ''})` : '0::UBIGINT';
  const hash =
    id === null ? content : `CASE WHEN ${id.sql} IS NULL OR ${id.sql} = '' THEN ${content} ELSE ${ofId} END`;
  return `(${hash} >> 11)::DOUBLE`;
}

/** A missing cell is NULL in one format and NaN or nothing in another. */
function hashed({ cell: { sql, nullIsMissing }, holds }: KeyedCell): string {
  if (!nullIsMissing) return sql;
  return `coalesce(${sql}, ${holds === 'numbers' ? `'nan'::DOUBLE` : `''`})`;
}
