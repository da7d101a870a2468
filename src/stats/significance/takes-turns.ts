/** A level is gone where it has less than this part of what it has in the table, and there where it has that much. */
const GONE = 0.2;
const THERE = 0.5;
/** Of the table's rows, those of levels that are gone on one side of a moment and there on the other, both ways. */
const MIN_SWAPPED = 0.1;
/** Moments that are tried, and what must lie on either side of one. */
const MOMENTS = 24;
const MIN_SIDE = 3;

/**
 * Whether a window's levels take turns: at some moment levels that had been missing come, and others go, all of them as common in the table as their turn is long.
 * People of one shift are followed by those of the next, and a window holds two or three of many shifts: whose they are says nothing of how many come. What changed
 * within the window took the table's mix away on one side only.
 *
 * Purpose: beside a table without times. Formula: per moment of 24, the table's share of levels that are gone before it and there after it, and the other way round, both at least
 * 0.1. O(rows + moments · levels).
 *
 * @param cells of each row, in order of time
 * @param reference rows of each cell in the table
 * @example takesTurns(Int32Array.from({ length: 400 }, (_, row) => (row % 2) + (row < 200 ? 0 : 2)), [100, 100, 100, 100]) // true
 */
export function takesTurns(cells: Int32Array, reference: readonly number[]): boolean {
  const all = reference.reduce((sum, rows) => sum + rows, 0);
  if (cells.length < MOMENTS || !(all > 0)) return false;
  const counts = Array.from({ length: MOMENTS }, () => new Float64Array(reference.length));
  for (const [at, cell] of cells.entries())
    if (cell >= 0 && cell < reference.length) counts[Math.floor((at * MOMENTS) / cells.length)]![cell]! += 1;
  const shareIn = (from: number, to: number, cell: number): number => {
    const rows = ((to - from) * cells.length) / MOMENTS;
    let own = 0;
    for (let at = from; at < to; at++) own += counts[at]![cell]!;
    return own / rows;
  };
  for (let moment = MIN_SIDE; moment <= MOMENTS - MIN_SIDE; moment++) {
    let [came, went] = [0, 0];
    for (const [cell, rows] of reference.entries()) {
      const usual = rows / all;
      if (usual === 0) continue;
      const before = shareIn(0, moment, cell) / usual;
      const after = shareIn(moment, MOMENTS, cell) / usual;
      if (before < GONE && after >= THERE) came += usual;
      if (after < GONE && before >= THERE) went += usual;
    }
    if (Math.min(came, went) >= MIN_SWAPPED) return true;
  }
  return false;
}
