import { classLabel } from '../core/class-label.ts';
import { CELL_NUMBER, type FlatColumn, type FlatRow } from '../core/flat-row.ts';
import type { Task } from '../core/model.ts';
import { cellValue } from '../decode/fast/flat-event.ts';

/** What a row predicts, as its model's task reads it. */
export function flatPrediction(row: FlatRow, task: Task): string | number | null {
  const column = row.layout.prediction;
  if (column === null) return null;
  const value = cellValue(row, column);
  if (value === null || typeof value === 'symbol') return null;
  if (task === 'classification') return classLabel(value);
  return typeof value === 'number' ? value : null;
}

export function flatNumber(row: FlatRow, column: FlatColumn | null): number | null {
  if (column === null || row.kinds[column.cell] !== CELL_NUMBER) return null;
  return row.numbers[column.cell] ?? null;
}
