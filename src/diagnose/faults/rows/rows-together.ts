import type { ColumnCells } from '../../samples/row-samples.ts';
import { listNames } from '../../wording.ts';
import type { Suspicion } from '../suspicion.ts';

/** Beside the column itself: a consignment has more than two things in common. */
const MIN_OTHERS = 2;
/** Rows of another kind may be among them. */
const HALF = 0.5;
const OFTENER = 2;

/**
 * Runs of an ordinary value in rows that have other columns in common, too: a lot, a visit, a batch of one customer. Three columns and more are
 * not stuck at the same time at what is common in each; such runs are readings then. A sensor that stands still holds a value of its own.
 */
export function rowsTogether(
  found: readonly Suspicion[],
  columns: readonly ColumnCells[],
  inTime: Int32Array | null,
): Suspicion[] {
  return found.map((one) => {
    if (one.run === undefined || one.otherwise !== undefined) return one;
    const [from, to] = one.run;
    const rows =
      inTime === null
        ? Int32Array.from({ length: to - from + 1 }, (_, i) => from + i)
        : inTime.subarray(from, to + 1);
    const common = columns.filter(
      (column) => column.name !== one.finding.feature && isCommonTo(column, rows),
    );
    if (common.length < MIN_OTHERS) return one;
    const names = listNames(common.map(({ name }) => name));
    return { ...one, otherwise: `so many rows of one kind came together: they have ${names} in common, too` };
  });
}

/** Half of these rows have one value, at least twice as often as the rows of the window on the whole. */
function isCommonTo({ current }: ColumnCells, rows: Int32Array): boolean {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(current[row]!, (counts.get(current[row]!) ?? 0) + 1);
  const [value, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0]);
  let all = 0;
  for (const cell of current) if (cell === value) all += 1;
  const share = count / rows.length;
  return share >= HALF && share >= OFTENER * (all / current.length);
}
