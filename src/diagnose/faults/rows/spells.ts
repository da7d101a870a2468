import { selectCells } from '../../samples/row-samples.ts';
import type { ColumnCells, LevelPair } from '../../samples/row-samples.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

/** Of fewer rows after a value nobody knows how long it stays. */
const MIN_FOLLOWED = 50;
/** Standard errors by which it must stay longer than in rows that have nothing to do with each other. */
const CERTAINLY = 5;
const MIN_ROWS_EACH = 3;

/**
 * Of how many spells rows in a row with one value are: where it stays for half a day at each of eight machines, whose rows come by turns, two hundred rows
 * are of eight, though no row is like the one before it.
 *
 * By the column whose levels say so most: Σ over its levels of 1 + (n − 1)·(1 − s)/(1 − q), n rows of the run, s the share of the reference's rows after one of
 * the value, of the same level, that have it as well, q its share. Infinity where none stays. O(columns · rows).
 *
 * @param isValue whether a cell of the reference holds the value
 * @param run rows of the window
 * @param inTime rows of the reference in order of time
 */
export function spellsOf(
  pair: ColumnCells,
  isValue: (cell: number) => boolean,
  run: Int32Array,
  inTime: Int32Array,
  columns: readonly ColumnCells[],
): number {
  const isKnown = (cell: number): boolean => (pair.kind === 'levels' ? cell >= 0 : !Number.isNaN(cell));
  const known = inTime.filter((row) => isKnown(pair.reference[row]!));
  const has = Uint8Array.from(known, (row) => Number(isValue(pair.reference[row]!)));
  const share = has.reduce((sum, one) => sum + one, 0) / known.length;
  const groupings = columns.filter((column): column is LevelPair => {
    if (column.kind !== 'levels' || column.name === pair.name) return false;
    const groups = levelCounts(column.current, column.levels.length).filter((rows) => rows > 0).length;
    return groups > 1 && groups * MIN_ROWS_EACH <= run.length;
  });
  return groupings.reduce((least, column) => {
    const stays = staysWithin(has, selectCells(column.reference, known));
    if (stays === null) return least;
    const error = Math.sqrt((share * (1 - share)) / stays.rows);
    if (stays.share - share < CERTAINLY * error) return least;
    const own = Math.min(1, (1 - stays.share) / (1 - share));
    const rows = levelCounts(
      run.map((row) => column.current[row]!),
      column.levels.length,
    );
    return Math.min(
      least,
      rows.reduce((sum, count) => (count > 0 ? sum + 1 + (count - 1) * own : sum), 0),
    );
  }, Infinity);
}

/** Of the rows, in order of time, that follow one of the value in the same group, how many have it. */
function staysWithin(
  has: Uint8Array,
  groups: Int32Array,
): { readonly share: number; readonly rows: number } | null {
  const last = new Map<number, number>();
  let [followed, same] = [0, 0];
  for (const [row, group] of groups.entries()) {
    if (group < 0) continue;
    if (last.get(group) === 1) {
      followed += 1;
      same += has[row]!;
    }
    last.set(group, has[row]!);
  }
  return followed < MIN_FOLLOWED ? null : { share: same / followed, rows: followed };
}
