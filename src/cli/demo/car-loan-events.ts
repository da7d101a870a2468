import { DAY_MS } from '../../core/clock.ts';
import type { Column, Table } from '../../core/table.ts';

export const MODEL = 'car-loan';
export const VERSION = '1';
export const LABEL_DELAY_MS = 14 * DAY_MS;

/** The fault the demo adds: a share arrives in percent for these two weeks. */
export const FAULT = {
  feature: 'debt_to_income_ratio',
  factor: 100,
  fromMs: Date.UTC(2018, 11, 13),
  untilMs: Date.UTC(2018, 11, 27),
} as const;

export interface DemoEvent {
  /** When it arrives: a label comes long after its prediction. */
  readonly arrivesMs: number;
  readonly line: string;
}

/** Predictions and their late labels in order of arrival. */
export function* carLoanEvents(table: Table): Generator<DemoEvent> {
  const times = table.timestampMs;
  if (times === null) throw new Error('the monitoring data has no timestamps');
  const order = Array.from({ length: table.rows }, (_, row) => row).sort(
    (a, b) => (times[a] ?? 0) - (times[b] ?? 0),
  );
  let labelled = 0;
  for (const row of order) {
    const atMs = times[row] ?? 0;
    for (; labelled < order.length; labelled++) {
      const due = order[labelled] ?? 0;
      const arrivesMs = (times[due] ?? 0) + LABEL_DELAY_MS;
      if (arrivesMs > atMs) break;
      yield { arrivesMs, line: labelLine(table, due, arrivesMs) };
    }
    yield { arrivesMs: atMs, line: predictionLine(table, row, atMs) };
  }
  for (; labelled < order.length; labelled++) {
    const due = order[labelled] ?? 0;
    const arrivesMs = (times[due] ?? 0) + LABEL_DELAY_MS;
    yield { arrivesMs, line: labelLine(table, due, arrivesMs) };
  }
}

function predictionLine(table: Table, row: number, atMs: number): string {
  const features = Object.fromEntries(table.features.map((column) => [column.name, cell(column, row)]));
  const value = features[FAULT.feature];
  if (atMs >= FAULT.fromMs && atMs < FAULT.untilMs && typeof value === 'number') {
    features[FAULT.feature] = value * FAULT.factor;
  }
  return JSON.stringify({
    type: 'prediction',
    prediction_id: `loan-${row}`,
    model: MODEL,
    model_version: VERSION,
    timestamp: new Date(atMs).toISOString(),
    features,
    prediction: table.prediction === null ? null : cell(table.prediction, row),
    score: table.score === null ? null : cell(table.score, row),
  });
}

function labelLine(table: Table, row: number, atMs: number): string {
  return JSON.stringify({
    type: 'label',
    prediction_id: `loan-${row}`,
    model: MODEL,
    label: table.label === null ? null : cell(table.label, row),
    timestamp: new Date(atMs).toISOString(),
  });
}

function cell(column: Column, row: number): string | number | boolean | null {
  if (column.kind === 'numeric') {
    const value = column.values[row] ?? Number.NaN;
    return Number.isFinite(value) ? value : null;
  }
  const level = column.levels[column.codes[row] ?? -1] ?? null;
  return column.kind === 'boolean' && level !== null ? level === 'true' : level;
}
