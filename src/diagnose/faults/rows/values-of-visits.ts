import type { ColumnCells } from '../../samples/row-samples.ts';

/** Of fewer visits, or of visits of fewer rows, nothing is said. */
const MIN_VISITS = 10;
const MIN_ROWS_EACH = 3;
/** Of the rows, those that have the value of their visit. */
const NEARLY_ALL = 0.9;

/**
 * The values that a column has in a window, one of each visit: of rows that have the same number or level in another column nearly all (nine in ten) have the same here, too. Ten tries of
 * one climber have one warm-up, whoever climbs in between. By the column with most such groups of three rows and more on average; null where there is none with ten. O(columns · rows).
 */
export function valuesOfVisits(pair: ColumnCells, columns: readonly ColumnCells[]): Float64Array | null {
  let best: Float64Array | null = null;
  for (const other of columns) {
    if (other.name === pair.name) continue;
    const visits = new Map<number, Map<number, number>>();
    let rows = 0;
    for (const [row, cell] of other.current.entries()) {
      const value = pair.current[row]!;
      if (Number.isNaN(value) || !(other.kind === 'numeric' ? !Number.isNaN(cell) : cell >= 0)) continue;
      rows += 1;
      const own = visits.get(cell) ?? new Map<number, number>();
      visits.set(cell, own.set(value, (own.get(value) ?? 0) + 1));
    }
    if (visits.size < Math.max(MIN_VISITS, (best?.length ?? 0) + 1) || rows < MIN_ROWS_EACH * visits.size)
      continue;
    const common = [...visits.values()].map((own) =>
      [...own].reduce((most, one) => (one[1] > most[1] ? one : most)),
    );
    const alike = common.reduce((sum, [, count]) => sum + count, 0);
    if (alike >= NEARLY_ALL * rows) best = Float64Array.from(common, ([value]) => value);
  }
  return best;
}
