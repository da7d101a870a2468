import { heldLabels } from '../../compare/compare-holdout.ts';
import { NO_SETTINGS } from '../../core/columns/feature-settings.ts';
import type { Column, ColumnHabits, NumericColumn, Table } from '../../core/table.ts';
import { hasRelationMoved } from '../../diagnose/relation-moved.ts';
import { asideOf } from '../../judge/conclude-window.ts';
import { inCanonicalOrder } from '../../stats/table/canonical-rows.ts';
import { takeColumn } from '../../stats/table/sample-rows.ts';
import { stackTables } from '../../stats/table/stack-tables.ts';
import type { CutPart } from './cut.ts';
import type { Judged } from './judged.ts';
import { keptReference, keptWindow } from './kept-samples.ts';

export interface Place {
  /** Of the slice. */
  readonly at: number;
  readonly window: number;
}

/** Whether the relation has moved by the samples of the last windows, one below the other, `window` the last of them. */
export function hasMovedIn(
  work: Judged,
  reference: Table,
  { at, window, last }: Place & { readonly last: number },
): boolean {
  const windows = Array.from({ length: last }, (_, i) => window + 1 - last + i);
  const current = stackTables(windows.map((one) => decisive(sample(work, { at, window: one }, 'current'))));
  const aside = asideOf(reference, current, work.options.features ?? NO_SETTINGS);
  return hasRelationMoved(work.shape.task, reference, inCanonicalOrder(current), aside);
}

/** Where rows were held out, only their labels say what comes of them by itself. */
const decisive = (table: Table): Table => (table.holdout === undefined ? table : heldLabels(table));

export function sample(
  { cut, columns, outputs, times }: Judged,
  { at, window }: Place,
  side: 'reference' | 'current',
): Table {
  const slice = cut.slices[at];
  const part: CutPart | undefined = side === 'reference' ? slice?.reference : slice?.current[window];
  const rows = part?.sample ?? new Int32Array(0);
  const features = columns.map(({ samples }) =>
    side === 'reference'
      ? keptReference(samples, at, rows.length)
      : keptWindow(samples, at, window, rows.length),
  );
  const habits = columns.flatMap(({ samples, habits: known }): [string, ColumnHabits][] => {
    const own = side === 'reference' ? known[at] : null;
    return own === null || own === undefined ? [] : [[samples.before.name, own]];
  });
  const allMs = times[side];
  const { prediction, score, label, probabilities, holdout } = outputs[side];
  const take = (column: Column | null): Column | null => column && takeColumn(column, rows);
  return inCanonicalOrder({
    rows: rows.length,
    features: features.filter((column) => column !== null),
    prediction: take(prediction),
    score: take(score) as NumericColumn | null,
    label: take(label),
    ...(probabilities !== undefined && {
      probabilities: new Map(
        [...probabilities].map(([name, column]) => [name, takeColumn(column, rows) as NumericColumn]),
      ),
    }),
    ...(holdout !== undefined && { holdout: Uint8Array.from(rows, (row) => holdout[row] ?? 0) }),
    timestampMs: allMs && Float64Array.from(rows, (row) => allMs[row] ?? Number.NaN),
    predictionId: null,
    ...(habits.length > 0 && { habits: new Map(habits) }),
  });
}
