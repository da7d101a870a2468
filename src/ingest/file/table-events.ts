import { NO_ERROR } from '../../core/table.ts';
import type { Column, NumericColumn, Table, TableOperation } from '../../core/table.ts';

export interface TableEventOptions {
  readonly model: string;
  readonly version: string;
  /** Rows without a time of their own: row i happened at `startMs + i · stepMs`. */
  readonly startMs: number;
  readonly stepMs: number;
  /** How long after its prediction a label becomes known. */
  readonly labelDelayMs?: number;
  /** Before the row number, where rows have no id: two files of one model must not share ids. */
  readonly idPrefix?: string;
}

/** One message of a log: `json` is what goes on the wire, the rest is what a producer needs beside it. */
export interface TableEvent {
  readonly type: 'prediction' | 'label';
  readonly timestampMs: number;
  readonly predictionId: string;
  readonly json: string;
}

/**
 * The rows of a table as the logs a model would have written: a prediction per row, and a label where the row
 * has one, `labelDelayMs` later; all in order of time. Rows keep their ids; without, the id is the row's
 * number from 1. Missing values become null, ±Infinity a text, since JSON has neither: both count the same.
 */
export function* tableToEvents(table: Table, options: TableEventOptions): Generator<TableEvent> {
  const delayMs = options.labelDelayMs ?? 0;
  const write = createWriter(table, options);
  const rows = rowsInOrder(write.timeMs, table.rows);
  // Labels follow in the order of their predictions, so those outstanding are a stretch of the same list.
  let labelled = 0;
  const oldest = (): number => rows[labelled] ?? 0;
  for (const row of rows) {
    for (; write.timeMs(oldest()) + delayMs < write.timeMs(row); labelled += 1)
      yield* write.label(oldest(), delayMs);
    yield write.prediction(row);
    if (delayMs > 0) continue;
    yield* write.label(row, 0);
    labelled += 1;
  }
  for (; labelled < rows.length; labelled += 1) yield* write.label(oldest(), delayMs);
}

function createWriter(table: Table, { model, version, startMs, stepMs, idPrefix = '' }: TableEventOptions) {
  const head = `"model":${JSON.stringify(model)},"model_version":${JSON.stringify(version)}`;
  // Text by hand: names of columns are a stranger's, and must not become keys of objects.
  const names = table.features.map(({ name }) => JSON.stringify(name));
  const timeMs = (row: number): number => {
    const own = table.timestampMs?.[row] ?? Number.NaN;
    return Number.isNaN(own) ? startMs + row * stepMs : own;
  };
  const idOf = (row: number): string => table.predictionId?.[row] ?? `${idPrefix}${row + 1}`;
  const envelope = (type: string, id: string, timestampMs: number): string =>
    `"type":"${type}","prediction_id":${JSON.stringify(id)},${head},"timestamp":"${new Date(timestampMs).toISOString()}"`;

  return {
    timeMs,
    prediction(row: number): TableEvent {
      const [predictionId, timestampMs] = [idOf(row), timeMs(row)];
      const features = table.features.map((column, index) => `${names[index]}:${cell(column, row)}`);
      const parts = [envelope('prediction', predictionId, timestampMs), `"features":{${features.join(',')}}`];
      if (table.prediction !== null) parts.push(`"prediction":${outcome(table.prediction, row)}`);
      if (table.score !== null) parts.push(`"score":${finite(table.score, row)}`);
      if (table.operation !== undefined) parts.push(...operationParts(table.operation, row));
      return { type: 'prediction', timestampMs, predictionId, json: `{${parts.join(',')}}` };
    },
    *label(row: number, delayMs: number): Generator<TableEvent> {
      const label = table.label === null ? 'null' : outcome(table.label, row);
      if (label === 'null') return;
      const [predictionId, timestampMs] = [idOf(row), timeMs(row) + delayMs];
      const json = `{${envelope('label', predictionId, timestampMs)},"label":${label}}`;
      yield { type: 'label', timestampMs, predictionId, json };
    },
  };
}

/** What is not said is left out. */
function operationParts({ latencyMs, cost, energyJ, error }: TableOperation, row: number): string[] {
  const amounts = [
    ['latency_ms', latencyMs],
    ['cost', cost],
    ['energy_j', energyJ],
  ] as const;
  const parts = amounts.flatMap(([field, column]) => {
    const value = column?.values[row] ?? Number.NaN;
    return Number.isFinite(value) ? `"${field}":${value}` : [];
  });
  const text = error?.levels[error.codes[row] ?? -1] ?? '';
  if (!NO_ERROR.has(text.toLowerCase())) parts.push(`"error":${JSON.stringify(text)}`);
  return parts;
}

function rowsInOrder(timeMs: (row: number) => number, rows: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  return order.sort((a, b) => timeMs(a) - timeMs(b) || a - b);
}

function cell(column: Column, row: number): string {
  if (column.kind === 'numeric') {
    const value = column.values[row] ?? Number.NaN;
    return Number.isFinite(value) ? String(value) : infinityText(value);
  }
  const level = column.levels[column.codes[row] ?? -1];
  if (level === undefined) return 'null';
  return column.kind === 'boolean' && (level === 'true' || level === 'false') ? level : JSON.stringify(level);
}

const infinityText = (value: number): string => (Number.isNaN(value) ? 'null' : `"${value}"`);

const outcome = (column: Column, row: number): string =>
  column.kind === 'numeric' ? finite(column, row) : cell(column, row);

function finite(column: NumericColumn, row: number): string {
  const value = column.values[row] ?? Number.NaN;
  return Number.isFinite(value) ? String(value) : 'null';
}
