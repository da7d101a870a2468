import { marginalTest } from '../marginal-test.ts';
import { selectCells } from '../samples/row-samples.ts';
import type { ColumnCells } from '../samples/row-samples.ts';
import { SAME_P } from '../thresholds.ts';

/** Reference rows that hold the value; of fewer nobody knows the company. */
const MIN_ROWS = 50;
const REFUTED = 1e-6;

/**
 * A column that stayed what it was though the rows are said to be those of one value: had they been chosen by it, they would be
 * what its rows were in the reference (marginal test p < 1e-6 over the columns), and they are what all rows were (p > 1e-3). Null
 * where no column says so. O(columns · rows log rows).
 *
 * @param isValue whether a cell of the reference holds the value
 */
export function strangeCompany(
  pair: ColumnCells,
  isValue: (cell: number) => boolean,
  columns: readonly ColumnCells[],
): string | null {
  const rows = Int32Array.from(pair.reference.keys()).filter((row) => isValue(pair.reference[row]!));
  if (rows.length < MIN_ROWS) return null;
  const witness = columns.find((other) => {
    if (other.name === pair.name) return false;
    const chosen =
      other.kind === 'numeric'
        ? { ...other, reference: selectCells(other.reference, rows) }
        : { ...other, reference: selectCells(other.reference, rows) };
    return marginalTest(chosen).p < REFUTED / columns.length && marginalTest(other).p > SAME_P;
  });
  return witness?.name ?? null;
}
