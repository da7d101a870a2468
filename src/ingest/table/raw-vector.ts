/**
 * The memory behind a vector of the database. Its own accessor costs a function call and, where cells may be missing, a
 * big integer for each cell: fifty times what is done with the cell. The fields are not part of its public types, so
 * what is not found is answered by null, and the caller takes the accessor.
 */
import type { DuckDBVector } from '@duckdb/node-api';

interface VectorFields {
  readonly items?: unknown;
  readonly dataView?: unknown;
  readonly validity?: { readonly data?: unknown; readonly offset?: unknown };
}

/** Which cells are there: a bit for each, lowest first. Null: all are. */
export type ValidBits = Uint8Array | null;

export interface RawDoubles {
  readonly values: Float64Array;
  readonly valid: ValidBits;
}

export interface RawTexts {
  /** Four words a cell: the length, and the text itself where it has at most twelve bytes. */
  readonly words: Uint32Array;
  readonly valid: ValidBits;
}

export function rawDoubles(vector: DuckDBVector): RawDoubles | null {
  const { items } = vector as unknown as VectorFields;
  const valid = validBits(vector);
  return items instanceof Float64Array && valid !== undefined ? { values: items, valid } : null;
}

export interface RawBytes {
  readonly values: Uint8Array;
  readonly valid: ValidBits;
}

export function rawBytes(vector: DuckDBVector): RawBytes | null {
  const { items } = vector as unknown as VectorFields;
  const valid = validBits(vector);
  return items instanceof Uint8Array && valid !== undefined ? { values: items, valid } : null;
}

const TEXT_BYTES = 16;

export function rawTexts(vector: DuckDBVector): RawTexts | null {
  const { dataView } = vector as unknown as VectorFields;
  const valid = validBits(vector);
  if (!(dataView instanceof DataView) || valid === undefined) return null;
  if (dataView.byteOffset % 4 !== 0 || dataView.byteLength % TEXT_BYTES !== 0) return null;
  return {
    words: new Uint32Array(dataView.buffer, dataView.byteOffset, dataView.byteLength / 4),
    valid,
  };
}

/** Undefined where the fields are not what they were. */
function validBits(vector: DuckDBVector): ValidBits | undefined {
  const { validity } = vector as unknown as VectorFields;
  if (validity === undefined || validity.offset !== 0) return undefined;
  if (validity.data === null) return null;
  const { data } = validity;
  return data instanceof BigUint64Array
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : undefined;
}

export function isValid(valid: ValidBits, row: number): boolean {
  return valid === null || ((valid[row >> 3]! >> (row & 7)) & 1) === 1;
}
