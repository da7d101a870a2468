/**
 * Which rows a sample of a file takes must not depend on where they stand in it: each row has a number that follows
 * from its id, by the hash the service samples by, or, without one, from what it holds. Rows of one number are alike, so
 * any of them will do.
 */
import type { DuckDBConnection, DuckDBVector } from '@duckdb/node-api';
import { hashIdBytes } from '../../core/ids/id-hash.ts';
import { numberReader } from './cell-reader.ts';
import type { CellSql } from './cell-sql.ts';
import { COLUMNS_AT_ONCE, collectColumn } from './collect-rows.ts';
import type { ColumnCollector } from './column-collector.ts';
import { isValid, rawTexts } from './raw-vector.ts';

/** Whole numbers below this are exact. */
const KEYS = 2 ** 53;
/** Rows of one chunk of the database. */
const LARGEST_CHUNK = 2048;
/** Beside its columns a key, and the id of the row. */
const COLUMNS_OF_A_KEY = COLUMNS_AT_ONCE - 2;
/** Of the 53 bits of a row with an id: those of its hash come first, the others tell rows of one id apart. */
const CONTENT_BITS = 13;
const ID_BITS = 40;

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
  const ids = id === null ? null : idKeyCollector(id, rows);
  const groups = Math.max(1, Math.ceil(columns.length / COLUMNS_OF_A_KEY));
  for (let group = 0; group < groups; group += 1) {
    const some = columns.slice(group * COLUMNS_OF_A_KEY, (group + 1) * COLUMNS_OF_A_KEY);
    all.push(...collectors(some), keyCollector(keys, keySql(some)));
    if (group === 0 && ids !== null) all.push(ids);
  }
  return { all, finish: () => (ids === null ? keys : withIds(keys, ids.finish())) };
}

/** By id first, then by content; where a row has none by content alone. */
function withIds(keys: Float64Array, ids: Float64Array): Float64Array {
  for (let row = 0; row < keys.length; row += 1) {
    const id = ids[row]!;
    if (!Number.isNaN(id)) keys[row] = id * 2 ** CONTENT_BITS + Math.floor(keys[row]! / 2 ** ID_BITS);
  }
  return keys;
}

interface KeyedFile {
  readonly columns: readonly KeyedCell[];
  readonly id: CellSql | null;
  readonly rows: number;
  /** Told the part of 1 that has been read. */
  onRead(fraction: number): void;
}

/** Of columns that are not collected along with it. */
export async function readRowKeys(
  connection: DuckDBConnection,
  from: string,
  { columns, id, rows, onRead }: KeyedFile,
): Promise<Float64Array> {
  const keys = withRowKeys(columns, id, rows, () => []);
  // One by one: each looks at many columns.
  for (const [at, key] of keys.all.entries()) {
    await collectColumn(connection, from, key, rows);
    onRead((at + 1) / keys.all.length);
  }
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

function keySql(columns: readonly KeyedCell[]): string {
  const hash = columns.length === 0 ? '0::UBIGINT' : `hash(${columns.map(hashed).join(', ')})`;
  return `(${hash} >> 11)::DOUBLE`;
}

const TEXT_BYTES = 16;
/** Texts up to this lie in the vector itself, behind their length. */
const LONGEST_INLINE = 12;
const LENGTH_BYTES = 4;
/** Of a 32-bit number: hashes are signed, and keys are not. */
const SIGN = 0x8000_0000;

/** The first 40 bits of the hash of each id, in the order of the whole hash; NaN where there is none. */
function idKeyCollector(cell: CellSql, rows: number): ColumnCollector<Float64Array> {
  const keys = new Float64Array(rows).fill(Number.NaN);
  const encoder = new TextEncoder();
  const lanes = new Int32Array(2);
  const key = (): number => ((lanes[1]! ^ SIGN) >>> 0) * 2 ** 8 + (lanes[0]! >>> 24);
  const ofText = (text: unknown): number => {
    if (typeof text !== 'string' || text === '') return Number.NaN;
    const bytes = encoder.encode(text);
    hashIdBytes(bytes, 0, bytes.length, lanes);
    return key();
  };
  return {
    cell,
    holds: 'texts',
    add(vector: DuckDBVector, offset, count) {
      const raw = rawTexts(vector);
      const bytes = raw && new Uint8Array(raw.words.buffer, raw.words.byteOffset, raw.words.byteLength);
      for (let row = 0; row < count; row += 1) {
        if (raw === null || bytes === null) {
          keys[offset + row] = ofText(vector.getItem(row));
          continue;
        }
        if (!isValid(raw.valid, row)) continue;
        const length = raw.words[(TEXT_BYTES / 4) * row]!;
        if (length === 0) continue;
        if (length > LONGEST_INLINE) {
          keys[offset + row] = ofText(vector.getItem(row));
          continue;
        }
        const from = TEXT_BYTES * row + LENGTH_BYTES;
        hashIdBytes(bytes, from, from + length, lanes);
        keys[offset + row] = key();
      }
    },
    finish: () => keys,
  };
}

/** A missing cell is NULL in one format and NaN or nothing in another. */
function hashed({ cell: { sql, nullIsMissing }, holds }: KeyedCell): string {
  if (!nullIsMissing) return sql;
  return `coalesce(${sql}, ${holds === 'numbers' ? `'nan'::DOUBLE` : `''`})`;
}
