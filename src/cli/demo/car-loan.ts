import { DAY_MS } from '../../core/clock.ts';
import type { Table } from '../../core/table.ts';

export const MODEL = 'car-loan';
export const MODEL_VERSION = '1';
/** Whether a loan is repaid is known long after it was granted. */
export const LABEL_DELAY_MS = 14 * DAY_MS;
/** Columns of the data set that mean something to shiftwatch. */
export const COLUMNS = { prediction: 'y_pred', score: 'y_pred_proba', label: 'repaid' } as const;

/** The fault the demo adds to real data: for two weeks a share arrives in percent. */
export const FAULT = {
  feature: 'debt_to_income_ratio',
  factor: 100,
  fromMs: Date.UTC(2018, 11, 13),
  untilMs: Date.UTC(2018, 11, 27),
} as const;

/** The rows as a broken pipeline would have delivered them. */
export function withFault(table: Table): Table {
  const times = table.timestampMs;
  if (times === null) throw new Error('the monitoring data has no timestamps');
  const isBroken = (row: number): boolean => {
    const atMs = times[row] ?? 0;
    return atMs >= FAULT.fromMs && atMs < FAULT.untilMs;
  };
  return {
    ...table,
    features: table.features.map((column) =>
      column.kind === 'numeric' && column.name === FAULT.feature
        ? {
            ...column,
            values: column.values.map((value, row) => (isBroken(row) ? value * FAULT.factor : value)),
          }
        : column,
    ),
  };
}
