import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { INVALID_VALUE, type Features, type FeatureValue } from '../core/events.ts';

/** Far above what a checkpoint writes; a chunk that claims more is corrupt. */
const MAX_CHUNK_BYTES = 512 * 1024 * 1024;

/** JSON cannot hold these, and a feature may. Arrays are no feature values, so they cannot be mistaken. */
type Cell = string | number | boolean | null | ['NaN' | 'Infinity' | '-Infinity' | 'invalid'];

/**
 * The full feature values of many predictions as compressed columns: one array a feature, so that names are
 * stored once and like stands beside like.
 */
export function encodeFeatureChunk(rows: readonly Features[]): Uint8Array {
  const columns = new Map<string, Cell[]>();
  rows.forEach((features, row) => {
    for (const [name, value] of features) {
      let column = columns.get(name);
      if (column === undefined) {
        column = [];
        columns.set(name, column);
      }
      // Holes become null in JSON, which is what an absent feature is.
      column[row] = toCell(value);
    }
  });
  const text = JSON.stringify({ version: 1, rows: rows.length, columns: [...columns] });
  return zstdCompressSync(text);
}

/** The rows of a chunk by index; absent features are missing from the map. */
export function decodeFeatureChunk(data: Uint8Array): Features[] {
  const chunk = JSON.parse(zstdDecompressSync(data, { maxOutputLength: MAX_CHUNK_BYTES }).toString()) as {
    rows: number;
    columns: [string, (Cell | null)[]][];
  };
  const rows = Array.from({ length: chunk.rows }, () => new Map<string, FeatureValue>());
  for (const [name, column] of chunk.columns) {
    column.forEach((cell, row) => {
      if (cell !== null) rows[row]?.set(name, fromCell(cell));
    });
  }
  return rows;
}

function toCell(value: FeatureValue): Cell {
  if (value === INVALID_VALUE) return ['invalid'];
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return ['NaN'];
  return value > 0 ? ['Infinity'] : ['-Infinity'];
}

function fromCell(cell: NonNullable<Cell>): FeatureValue {
  if (!Array.isArray(cell)) return cell;
  switch (cell[0]) {
    case 'NaN':
      return Number.NaN;
    case 'Infinity':
      return Number.POSITIVE_INFINITY;
    case '-Infinity':
      return Number.NEGATIVE_INFINITY;
    case 'invalid':
      return INVALID_VALUE;
  }
}
