import { classLabel } from '../../core/columns/class-label.ts';
import type { RowProbabilities } from '../../core/events/events.ts';
import { CELL_NUMBER, type FlatColumn, type FlatRow } from '../../core/events/flat-row.ts';
import type { Task } from '../../core/model.ts';
import { cellValue } from '../../core/events/flat-row.ts';
import { SEVERAL } from '../../window/kept-probabilities.ts';

/** What a row predicts, as its model's task reads it. */
export function flatPrediction(row: FlatRow, task: Task): string | number | null {
  const column = row.layout.prediction;
  if (column === null) return null;
  const value = cellValue(row, column);
  if (value === null || typeof value === 'symbol') return null;
  if (task === 'classification') return classLabel(value);
  return typeof value === 'number' ? value : null;
}

/** The probabilities a row is kept with: those that `keptProbabilities` would give of its event. */
export function flatProbabilities(
  { layout, kinds, numbers }: FlatRow,
  most: number,
): RowProbabilities | null {
  const columns = layout.probabilities;
  if (columns.length < SEVERAL) return null;
  const classes: string[] = [];
  const values: number[] = [];
  for (const { name, cell } of columns) {
    if (kinds[cell] !== CELL_NUMBER) continue;
    classes.push(name);
    values.push(numbers[cell] ?? 0);
  }
  return classes.length < SEVERAL || classes.length > most ? null : { classes, values };
}

export function flatNumber(row: FlatRow, column: FlatColumn | null): number | null {
  if (column === null || row.kinds[column.cell] !== CELL_NUMBER) return null;
  return row.numbers[column.cell] ?? null;
}
