import { classLabel } from '../../core/columns/class-label.ts';
import type { RowProbabilities } from '../../core/events/events.ts';
import {
  CELL_NUMBER,
  CELL_TRUE,
  cellKind,
  cellNumber,
  type FlatColumn,
  type FlatRow,
} from '../../core/events/flat-row.ts';
import type { Task } from '../../core/model.ts';
import { cellValue } from '../../core/events/flat-row.ts';
import { MOST_STORED, SEVERAL } from '../../window/kept-probabilities.ts';
import type { KeptOutcome } from '../../window/prediction-columns.ts';

/** What of a row is kept beside its features. */
export function flatOutcome(row: FlatRow, task: Task): KeptOutcome {
  const { score, holdout } = row.layout;
  return {
    prediction: flatPrediction(row, task),
    score: flatNumber(row, score),
    holdout: holdout !== null && cellKind(row, holdout) === CELL_TRUE,
    probabilities: flatProbabilities(row, MOST_STORED),
  };
}

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
export function flatProbabilities(row: FlatRow, most: number): RowProbabilities | null {
  const columns = row.layout.probabilities;
  if (columns.length < SEVERAL) return null;
  const classes: string[] = [];
  const values: number[] = [];
  for (const column of columns) {
    if (cellKind(row, column) !== CELL_NUMBER) continue;
    classes.push(column.name);
    values.push(cellNumber(row, column));
  }
  return classes.length < SEVERAL || classes.length > most ? null : { classes, values };
}

export function flatNumber(row: FlatRow, column: FlatColumn | null): number | null {
  return column === null || cellKind(row, column) !== CELL_NUMBER ? null : cellNumber(row, column);
}
