import type { NumericColumn } from '../../core/table.ts';
import { NumberPool } from './number-pool.ts';
import { sortDoubles } from './radix-sort.ts';

/** A numeric column as the two-sample statistics want it. */
export interface SortedColumn {
  readonly name: string;
  /** The finite values, ascending. */
  readonly sorted: Float64Array;
  readonly rows: number;
  /** Cells that were empty. */
  readonly missing: number;
  /** Cells that were present and no number. */
  readonly invalid: number;
  /** ±Infinity. */
  readonly infinite: number;
}

/** Where sorting takes place. */
export interface SortingRoom {
  readonly pool: NumberPool;
  /** The column's own memory may be used: nobody will look at its rows again. A third of the memory of a pair. */
  readonly overwrite: boolean;
}

/** The finite values of a column, sorted. Give them back (`endSorting`) where a pool lends the memory. O(rows). */
export function sortColumn(
  column: NumericColumn,
  { pool, overwrite }: SortingRoom = { pool: new NumberPool(), overwrite: false },
): SortedColumn {
  const { name, values, invalid } = column;
  const room = overwrite ? values : pool.take(values.length);
  const kept = { finite: 0, absent: 0 };
  for (let i = 0; i < values.length; i += AT_ONCE) keepFinite(values, i, room, kept);
  const finite = room.subarray(0, kept.finite);
  const scratch = pool.take(kept.finite);
  const sorted = sortDoubles(finite, scratch);
  if (sorted !== finite) finite.set(sorted);
  pool.give(scratch);
  const infinite = values.length - kept.finite - kept.absent;
  return { name, sorted: finite, rows: values.length, missing: kept.absent - invalid, invalid, infinite };
}

/** Values that a function goes through before it is called again, as in `radix-sort.ts`. */
const AT_ONCE = 2048;

/** The finite values from `start` on, behind those that are kept. */
function keepFinite(
  values: Float64Array,
  start: number,
  room: Float64Array,
  kept: { finite: number; absent: number },
): void {
  const end = Math.min(values.length, start + AT_ONCE);
  let { finite, absent } = kept;
  for (let i = start; i < end; i++) {
    const x = values[i]!;
    // Only for NaN and the infinities is the difference not zero.
    if (x - x === 0) room[finite++] = x;
    else if (Number.isNaN(x)) absent += 1;
  }
  kept.finite = finite;
  kept.absent = absent;
}

/** The sorted values will not be used again. */
export function endSorting({ sorted }: SortedColumn, { pool, overwrite }: SortingRoom): void {
  if (!overwrite) pool.give(sorted);
}
