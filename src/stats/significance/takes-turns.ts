/** A level is gone where it has less than this part of what it has in the table, and there where it has that much. */
const GONE = 0.2;
const THERE = 0.5;
/** Of the table's rows, those of levels that are gone on one side of a moment and there on the other, both ways. */
const MIN_SWAPPED = 0.1;
/** Rows that a level would have on either side as the table has it: of fewer it is missing there by chance (of eight, once in three hundred). */
const MIN_USUAL = 8;
/** Moments that are tried, and what must lie on either side of one. */
const MOMENTS = 24;
const MIN_SIDE = 3;

/**
 * Whether a window's levels take turns: at some moment levels that had been missing come, and others go, all of them as common in the table as their turn is long.
 * People of one shift are followed by those of the next, and a window holds two or three of many shifts: whose they are says nothing of how many come. What changed
 * within the window took the table's mix away on one side only.
 *
 * Purpose: beside a table without times. Formula: per moment of 24, the table's share of levels that are gone before it and there after it, and the other way round, both at least
 * 0.1; levels that would have eight rows on either side count. O(rows + moments · levels).
 *
 * @param cells of each row, in order of time
 * @param reference rows of each cell in the table
 * @example takesTurns(Int32Array.from({ length: 400 }, (_, row) => (row % 2) + (row < 200 ? 0 : 2)), [100, 100, 100, 100]) // true
 */
export function takesTurns(cells: Int32Array, reference: readonly number[]): boolean {
  const all = reference.reduce((sum, rows) => sum + rows, 0);
  if (cells.length < MOMENTS || !(all > 0)) return false;
  // Of each cell the rows before each moment.
  const before = Array.from({ length: MOMENTS + 1 }, () => new Float64Array(reference.length));
  for (const [at, cell] of cells.entries())
    if (cell >= 0 && cell < reference.length)
      before[Math.floor((at * MOMENTS) / cells.length) + 1]![cell]! += 1;
  for (let moment = 1; moment <= MOMENTS; moment++)
    for (const cell of reference.keys()) before[moment]![cell]! += before[moment - 1]![cell]!;
  for (let moment = MIN_SIDE; moment <= MOMENTS - MIN_SIDE; moment++) {
    const rowsBefore = (moment * cells.length) / MOMENTS;
    const rowsAfter = cells.length - rowsBefore;
    let [came, went] = [0, 0];
    for (const [cell, rows] of reference.entries()) {
      const usual = rows / all;
      if (usual * Math.min(rowsBefore, rowsAfter) < MIN_USUAL) continue;
      const first = before[moment]![cell]! / (usual * rowsBefore);
      const then = (before[MOMENTS]![cell]! - before[moment]![cell]!) / (usual * rowsAfter);
      if (first < GONE && then >= THERE) came += usual;
      if (then < GONE && first >= THERE) went += usual;
    }
    if (Math.min(came, went) >= MIN_SWAPPED) return true;
  }
  return false;
}
