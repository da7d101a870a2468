import type { NumericColumn } from '../../core/table.ts';
import { NumberPool } from './number-pool.ts';
import { sortDoubles } from './radix-sort.ts';

/** A numeric column as the two-sample statistics want it. */
export interface SortedColumn {
  readonly name: string;
  /** The finite values, ascending. */
  readonly sorted: Float64Array<ArrayBuffer>;
  readonly rows: number;
  /** Cells that were empty. */
  readonly missing: number;
  /** Cells that were present and no number. */
  readonly invalid: number;
  /** ±Infinity. */
  readonly infinite: number;
}

/** Sorts a copy of the column's finite values, in memory of the pool: give `sorted` back when done. O(rows). */
export function sortColumn(column: NumericColumn, pool: NumberPool = new NumberPool()): SortedColumn {
  const { name, values, invalid } = column;
  const room = pool.take(values.length);
  let kept = 0;
  let absent = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    // Only for NaN and the infinities is the difference not zero.
    if (x - x === 0) room[kept++] = x;
    else if (Number.isNaN(x)) absent += 1;
  }
  const scratch = pool.take(kept);
  const sorted = sortDoubles(room.subarray(0, kept), scratch);
  pool.give(sorted.buffer === room.buffer ? scratch : room);
  return {
    name,
    sorted,
    rows: values.length,
    missing: absent - invalid,
    invalid,
    infinite: values.length - kept - absent,
  };
}
