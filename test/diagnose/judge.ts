import { compareTables } from '../compare/compare-tables.ts';
import type { Diagnosis } from '../../src/core/findings.ts';
import type { Task } from '../../src/core/model.ts';
import type { Table } from '../../src/core/table.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { DiagnoseInput, DiagnoseOptions } from '../../src/diagnose/input.ts';
import { columnHabits, rowsInTime } from '../../src/stats/habits/column-habits.ts';

/** Measures two tables as `compare` does and diagnoses them. */
export function inputOf(
  task: Task,
  tables: { reference: Table; current: Table },
  options: Partial<DiagnoseOptions> = {},
): DiagnoseInput {
  const positiveClass = task === 'classification' ? 'approve' : null;
  return {
    task,
    positiveClass,
    compared: compareTables(tables.reference, tables.current, { task, positiveClass }),
    reference: withHabits(tables.reference),
    current: tables.current,
    options: { minRows: 200, minLabelled: 200, hasBaseline: true, labelsTested: true, ...options },
  };
}

export function judge(
  task: Task,
  tables: { reference: Table; current: Table },
  options: Partial<DiagnoseOptions> = {},
): Diagnosis {
  return diagnose(inputOf(task, tables, options));
}

/** As whoever reads a reference learns them, from rows with times. */
export function withHabits(reference: Table): Table {
  const order = rowsInTime(reference.timestampMs, null, null);
  if (order === null || reference.habits !== undefined) return reference;
  return {
    ...reference,
    habits: new Map(reference.features.map((column) => [column.name, columnHabits(column, order)])),
  };
}
