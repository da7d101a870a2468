import type { FormatSettings } from '../../../core/events/log-format.ts';
import type { Result } from '../../../core/result.ts';
import { ok } from '../../../core/result.ts';
import type { Refusal } from '../../dead-letter.ts';
import { refuse } from '../../dead-letter.ts';
import { field, isObject } from './json-shape.ts';
import { openInferenceRows } from './open-inference-rows.ts';
import { MAX_ROWS, tooManyRows } from '../preset.ts';

/** Name → value, a map because names come from logs. */
export type PayloadRow = ReadonlyMap<string, unknown>;
export type PayloadRows = Result<readonly PayloadRow[], Refusal>;

/**
 * The inputs of a model server's request, one row for each thing to be predicted. Read are `instances` and `inputs`
 * of the V1 protocol (vectors, objects or single values), tensors of the Open Inference Protocol, and MLflow's
 * `dataframe_records` and `dataframe_split`.
 */
export function requestRows(body: unknown, settings: FormatSettings): PayloadRows {
  const inputs = field(body, 'inputs');
  if (isTensorList(inputs)) return openInferenceRows(inputs, settings.featureNames);
  const split = field(body, 'dataframe_split');
  if (isObject(split)) return splitRows(field(split, 'columns'), field(split, 'data'));
  const given =
    field(body, 'instances') ?? field(body, 'dataframe_records') ?? inputs ?? field(body, 'features') ?? body;
  if (Array.isArray(given)) return listedRows(given, settings);
  // Columns: name → values, as TensorFlow Serving has them.
  if (inputs === given && isObject(given)) return columnRows(given);
  if (given === body && !isObject(body)) return unreadable();
  return isObject(given) ? ok([new Map(Object.entries(given))]) : unreadable();
}

export function isTensorList(value: unknown): value is readonly unknown[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isObject(item) && 'shape' in item && 'name' in item)
  );
}

function unreadable(): ReturnType<typeof refuse> {
  return refuse(
    'missing_fields',
    'no inputs were found; read are instances, inputs, dataframe_records, dataframe_split and features',
  );
}

/** Rows by position or by name. A list of plain values is rows of one feature. */
export function listedRows(list: readonly unknown[], settings: FormatSettings): PayloadRows {
  if (list.length > MAX_ROWS) return tooManyRows(list.length);
  const rows: PayloadRow[] = [];
  for (const item of list) {
    if (isObject(item)) {
      const inner = field(item, 'features');
      const values = Array.isArray(inner) || isObject(inner) ? inner : item;
      if (!Array.isArray(values)) {
        rows.push(new Map(Object.entries(values)));
        continue;
      }
      const row = positionalRow(values, settings.featureNames);
      if (!row.ok) return row;
      rows.push(row.value);
      continue;
    }
    const row = positionalRow(Array.isArray(item) ? item : [item], settings.featureNames);
    if (!row.ok) return row;
    rows.push(row.value);
  }
  return ok(rows);
}

/** Values without names: `feature_names` names them, or they are f0, f1, … */
function positionalRow(
  values: readonly unknown[],
  names: readonly string[] | null,
): Result<PayloadRow, Refusal> {
  if (names !== null && names.length !== values.length) {
    return refuse(
      'invalid_field',
      `a row has ${values.length} values, and feature_names ${names.length} names`,
    );
  }
  return ok(new Map(values.map((value, index) => [names?.[index] ?? `f${index}`, value])));
}

function splitRows(columns: unknown, data: unknown): PayloadRows {
  if (!Array.isArray(columns) || !Array.isArray(data)) {
    return refuse('missing_fields', 'dataframe_split needs columns and data');
  }
  if (data.length > MAX_ROWS) return tooManyRows(data.length);
  const names = columns.map(String);
  const rows: PayloadRow[] = [];
  for (const values of data) {
    const row = positionalRow(Array.isArray(values) ? values : [values], names);
    if (!row.ok) return row;
    rows.push(row.value);
  }
  return ok(rows);
}

function columnRows(columns: Readonly<Record<string, unknown>>): PayloadRows {
  const entries = Object.entries(columns);
  const lengths = new Set(entries.map(([, values]) => (Array.isArray(values) ? values.length : -1)));
  // A single row written without lists.
  if (lengths.size === 1 && lengths.has(-1)) return ok([new Map(entries)]);
  const [length = 0] = lengths;
  if (lengths.size !== 1) return refuse('invalid_field', 'the columns of inputs differ in length');
  if (length > MAX_ROWS) return tooManyRows(length);
  return ok(
    Array.from(
      { length },
      (_, row) => new Map(entries.map(([name, values]) => [name, (values as readonly unknown[])[row]])),
    ),
  );
}
