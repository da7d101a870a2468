/** A window of which hardly a row lies in another cell of the table: counts say neither how its rows go with each other nor how wide it is. */
import type { BinnedCounts } from '../core/columns/figures.ts';
import type { Column } from '../core/table.ts';
import { cellsOf, tenthsOf } from './cells-in-time.ts';
import { type BesideWindows, placeOf } from '../stats/significance/narrow-window.ts';

const NEARLY_ALL = 0.9;

function isInOneCell({ current }: Pick<BinnedCounts, 'current'>): boolean {
  const rows = current.reduce((all, count) => all + count, 0);
  return rows > 0 && Math.max(...current) >= NEARLY_ALL * rows;
}

/** The cells of its rows in order of time that say how these go with each other: those of the table, or of such a window its own tenths. */
export function tellingCells(column: Column, counts: BinnedCounts, inTime: Int32Array): Int32Array {
  return column.kind === 'numeric' && isInOneCell(counts)
    ? tenthsOf(column, inTime)
    : cellsOf(column, counts, inTime);
}

/** Where the values of such a window lie beside the table's; nothing of others, of levels, and where no line tells. */
export function placeInOneCell(column: Column, counts: BinnedCounts): Pick<BesideWindows, 'place'> {
  if (column.kind !== 'numeric' || !isInOneCell(counts)) return {};
  const edges = counts.bins.filter((bin): bin is number => typeof bin === 'number');
  if (edges.length !== counts.reference.length - 1) return {};
  const place = placeOf(column.values, edges, counts.reference);
  return place === null ? {} : { place };
}
