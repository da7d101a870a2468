import { sortDoubles } from '../../../stats/table/radix-sort.ts';
import type { ColumnCells } from '../../samples/row-samples.ts';

/** Cells of a row hashed one by one and summed, so that a column can be taken out again. */
export interface RowHashes {
  readonly rows: number;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

const bits = new DataView(new ArrayBuffer(8));

/** Of one side; a column's own hash of each row. */
export function cellHashes(pair: ColumnCells, side: 'reference' | 'current', salt: number): RowHashes {
  const values = pair[side];
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  const isNumber = values instanceof Float64Array;
  for (let row = 0; row < values.length; row++) {
    // 0 and −0 are one number.
    bits.setFloat64(0, isNumber ? values[row]! + 0 : values[row]!);
    const [a, b] = [bits.getUint32(0), bits.getUint32(4)];
    low[row] = mixed(a ^ mixed(b + salt));
    high[row] = mixed(b ^ mixed(a + ~salt));
  }
  return { rows: values.length, low, high };
}

function mixed(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** One after the other: hashes of a thousand columns would be as large as the columns. */
export function summed(columns: Iterable<RowHashes>, rows: number): RowHashes {
  const low = new Uint32Array(rows);
  const high = new Uint32Array(rows);
  for (const column of columns) {
    for (let row = 0; row < rows; row++) {
      low[row]! += column.low[row]!;
      high[row]! += column.high[row]!;
    }
  }
  return { rows, low, high };
}

/** The hashes of the rows without one of their columns. */
export function withoutColumn(all: RowHashes, column: RowHashes): RowHashes {
  return {
    rows: all.rows,
    low: all.low.map((value, row) => value - column.low[row]!),
    high: all.high.map((value, row) => value - column.high[row]!),
  };
}

export interface Twins {
  readonly rows: number;
  /** Rows that are the same as another. */
  readonly repeated: number;
  /** Different rows among those. */
  readonly groups: number;
}

/**
 * Rows with an exact twin among the given ones.
 *
 * @example twinsAmong({ rows: 3, low: Uint32Array.of(7, 8, 7), high: Uint32Array.of(1, 1, 1) }, Int32Array.of(0, 1, 2)).repeated // 2
 */
export function twinsAmong({ low, high }: RowHashes, rows: Int32Array): Twins {
  const keys = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    keys[i] = low[row]! * 2_097_152 + (high[row]! >>> 11);
  }
  // Sorted, twins stand together, which is found sooner than in a table of what has been seen.
  const sorted = sortDoubles(keys, new Float64Array(keys.length));
  let [repeated, groups] = [0, 0];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    if (to - from < 2) continue;
    repeated += to - from;
    groups += 1;
  }
  return { rows: rows.length, repeated, groups };
}

/** Each row that has an earlier twin left out. */
export function firstOfEach({ low, high, rows }: RowHashes): Int32Array {
  const seen = new Set<number>();
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) {
    const key = low[row]! * 2_097_152 + (high[row]! >>> 11);
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(row);
  }
  return Int32Array.from(kept);
}
