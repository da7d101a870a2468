import type { NumericColumn } from '../../core/table.ts';
import { binEdges } from '../profile/bins.ts';
import { distinctValues, nextBelow } from '../profile/numeric-reference.ts';
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

/**
 * Sorts a column, or the given rows of it. Memory: two arrays of the rows' length; the column is left alone. O(rows).
 *
 * @param invalid unreadable cells among these rows; the column's own count when all rows are taken
 */
export function sortColumn(
  column: NumericColumn,
  rows: Int32Array | null = null,
  invalid: number = column.invalid,
): SortedColumn {
  const { values } = column;
  const size = rows?.length ?? values.length;
  const finite = new Float64Array(size);
  let kept = 0;
  let absent = 0;
  for (let i = 0; i < size; i++) {
    const x = values[rows === null ? i : rows[i]!]!;
    if (x - x === 0) finite[kept++] = x;
    else if (x !== x) absent += 1;
  }
  const own = finite.subarray(0, kept);
  return {
    name: column.name,
    sorted: sortDoubles(own, new Float64Array(kept)),
    rows: size,
    missing: absent - invalid,
    invalid,
    infinite: size - kept - absent,
  };
}

/** The inclusive upper edges of a sorted reference's bins, without the open one: the same as `numericReference` gives. O(n). */
export function sortedBinEdges(sorted: Float64Array): number[] {
  const { values, rows } = distinctValues(sorted);
  const only = values.length === 1 ? values[0] : undefined;
  if (only !== undefined) return [nextBelow(only), only];
  return Array.from(binEdges(values, rows), (at) => values[at] ?? 0);
}
