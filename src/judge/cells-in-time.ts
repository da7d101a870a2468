import { RARE_OR_NEW } from '../compare/measures/measures.ts';
import type { BinnedCounts } from '../core/columns/figures.ts';
import type { Column } from '../core/table.ts';

/** The level of each row that has one, in order of time. */
export function codesOf({ codes }: { readonly codes: Int32Array }, inTime: Int32Array): Int32Array {
  return inTime.map((row) => codes[row]!).filter((code) => code >= 0);
}

/** The cell of each row that has one, in order of time. */
export function cellsOf(column: Column, { bins }: BinnedCounts, inTime: Int32Array): Int32Array {
  const cells = new Int32Array(inTime.length);
  let known = 0;
  const place = column.kind === 'numeric' ? placeOfNumber(column.values, bins) : placeOfLevel(column, bins);
  for (const row of inTime) {
    const cell = place(row);
    if (cell >= 0) cells[known++] = cell;
  }
  return cells.subarray(0, known);
}

const TENTHS = 10;

/** By the numbers' own tenths: the cell of each row that has one, in order of time. Few values share cells, and one is one cell. */
export function tenthsOf(column: Column, inTime: Int32Array): Int32Array {
  if (column.kind !== 'numeric') return new Int32Array();
  const known = Float64Array.from(inTime, (row) => column.values[row]!).filter((value) =>
    Number.isFinite(value),
  );
  const sorted = known.toSorted();
  const edges = Array.from(
    { length: TENTHS - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / TENTHS)]!,
  );
  return Int32Array.from(known, (value) => edges.filter((edge) => value > edge).length);
}

/** Upper edges of (lo, hi] bins, the last one open. */
function placeOfNumber(values: Float64Array, bins: BinnedCounts['bins']): (row: number) => number {
  const edges = bins.filter((bin): bin is number => typeof bin === 'number');
  return (row) => {
    const value = values[row]!;
    if (!Number.isFinite(value)) return -1;
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= edges[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function placeOfLevel(
  { codes, levels }: { readonly codes: Int32Array; readonly levels: readonly string[] },
  bins: BinnedCounts['bins'],
): (row: number) => number {
  const places = new Map(bins.map((bin, at) => [bin, at]));
  const rest = places.get(RARE_OR_NEW) ?? -1;
  const placeOf = levels.map((level) => places.get(level) ?? rest);
  return (row) => placeOf[codes[row]!] ?? -1;
}
