import type { Task } from '../../src/core/model.ts';
import type { Column, Table } from '../../src/core/table.ts';
import type { Family, Value } from '../../src/simulate/family.ts';
import { outputsOf } from '../../src/simulate/outputs.ts';
import type { SimulatedRow } from '../../src/simulate/world.ts';

/** The rows as a file of them would be read. */
export function tableOfRows(family: Family, task: Task, rows: readonly SimulatedRow[]): Table {
  const features = family.features.map(({ name, kind }): Column => {
    const values = rows.map(({ fed }) => fed[name] ?? null);
    return kind === 'numeric' ? numeric(name, values) : levels(name, values);
  });
  const outputs = rows.map((row) => outputsOf(family, task, row));
  const column = (name: 'prediction' | 'label'): Column => {
    const values = outputs.map((output) => output[name]);
    return task === 'regression' ? numeric(name, values) : levels(name, values);
  };
  return {
    rows: rows.length,
    features,
    prediction: column('prediction'),
    score:
      task === 'regression'
        ? null
        : numeric(
            'score',
            outputs.map(({ score }) => score),
          ),
    label: column('label'),
    timestampMs: Float64Array.from(rows, ({ timestampMs }) => timestampMs),
    predictionId: null,
  };
}

/** Text in a column of numbers cannot be read: it is missing there, and counted. */
export function numeric(name: string, values: readonly Value[]): Column & { kind: 'numeric' } {
  return {
    name,
    kind: 'numeric',
    values: Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN)),
    invalid: values.reduce<number>((sum, value) => (typeof value === 'string' ? sum + 1 : sum), 0),
  };
}

export function levels(name: string, values: readonly Value[]): Column & { kind: 'categorical' } {
  const spelled = values.map((value) => (value === null ? null : String(value)));
  const known = [...new Set(spelled.filter((value) => value !== null))].sort();
  const codeOf = new Map(known.map((level, code) => [level, code]));
  const codes = Int32Array.from(spelled, (value) => (value === null ? -1 : (codeOf.get(value) ?? -1)));
  return { name, kind: 'categorical', codes, levels: known, invalid: 0 };
}
