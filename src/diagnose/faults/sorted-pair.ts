import { sortedPresent } from '../samples/row-samples.ts';
import type { ColumnCells } from '../samples/row-samples.ts';

/** The present values of a numeric column on both sides, ascending. Sorted once, looked at by several searches. */
export interface SortedPair {
  readonly name: string;
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

export function sortColumns(columns: readonly ColumnCells[]): SortedPair[] {
  return columns.flatMap((pair) =>
    pair.kind === 'numeric'
      ? [{ name: pair.name, reference: sortedPresent(pair.reference), current: sortedPresent(pair.current) }]
      : [],
  );
}

/** Whether ascending values are so many different ones. */
export function hasDistinct(sorted: Float64Array, atLeast: number): boolean {
  let distinct = 0;
  for (let i = 0; i < sorted.length && distinct < atLeast; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct += 1;
  }
  return distinct >= atLeast;
}
