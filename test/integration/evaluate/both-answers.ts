/** The windows of a file, by the service and by `compare`. */
import type { Diagnosis, Performance } from '../../../src/core/findings.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { noProgress } from '../../../src/core/progress.ts';
import type { Column, Table } from '../../../src/core/table.ts';
import { compareFiles } from '../../../src/files/compare/files.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../../src/ingest/table/table-options.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { Service } from './time-series.ts';

export interface WindowAnswer {
  /** ISO 8601. */
  readonly start: string;
  readonly diagnosis: Diagnosis;
  readonly performance: Performance | null;
}

/** Of the model's one size of window, in order of time; labels come at once. */
export async function bothAnswers(
  pool: Pool,
  model: ModelSpec,
  { training, current }: { training: string; current: string },
  read: ReadTableOptions,
): Promise<{ service: readonly WindowAnswer[]; files: readonly WindowAnswer[] }> {
  const { table, rowKeys, shape } = await readTable(training, read);
  await storeBaseline(pool, model, '1', table, { file: training }, { rowKeys });
  const rows = (await readTable(current, { ...(read.columns && { columns: read.columns }), like: shape }))
    .table;
  const service = await Service.open(pool, model);
  const [{ sizeMs }] = model.windows as [ModelSpec['windows'][number]];
  const nowMs =
    (rows.timestampMs ?? new Float64Array()).reduce((last, ms) => Math.max(last, ms), 0) + 2 * sizeMs;
  const events = eventsOf(model, rows);
  for (let at = 0; at < events.length; at += 5_000)
    await service.sendEvents(events.slice(at, at + 5_000), nowMs);
  for (const _ of ['closed', 'matured']) await service.evaluateDue(nowMs);
  const found = await pool.query<Omit<WindowAnswer, 'start'> & { readonly start: Date }>(
    `select w.start_at as start, v.diagnosis, v.performance from verdict v join "window" w on w.id = v.window_id
       join model_version mv on mv.id = w.model_version_id join model m on m.id = mv.model_id
     where m.name = $1 and v.series = 'matured' and v.segment = '' order by w.start_at`,
    [model.name],
  );
  const { comparison } = await compareFiles(
    training,
    current,
    {
      read,
      segments: [],
      groups: [],
      windowMs: sizeMs,
      season: null,
      ...(model.calendar !== undefined && { calendar: model.calendar }),
      preset: null,
      multivariate: false,
      threads: null,
    },
    noProgress,
  );
  if (!('windows' in comparison)) throw new Error('windows were asked for');
  return {
    service: found.rows.map((row) => ({ ...row, start: row.start.toISOString() })),
    files: comparison.windows.map(({ start, diagnosis, performance }) => ({ start, diagnosis, performance })),
  };
}

function cellOf(column: Column, row: number): string | number | boolean | null {
  if (column.kind === 'numeric') {
    const value = column.values[row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
  const level = column.levels[column.codes[row] ?? -1] ?? null;
  return column.kind === 'boolean' && level !== null ? level === 'true' : level;
}

function eventsOf(
  { name: model }: ModelSpec,
  { rows, features, prediction, score, label, timestampMs }: Table,
): object[] {
  return Array.from({ length: rows }, (_, row) => {
    const common = { model, prediction_id: `row ${row}`, timestamp: timestampMs?.[row] };
    return [
      {
        type: 'prediction',
        ...common,
        model_version: '1',
        features: Object.fromEntries(features.map((column) => [column.name, cellOf(column, row)])),
        prediction: prediction && cellOf(prediction, row),
        score: score === null || Number.isNaN(score.values[row]) ? null : score.values[row],
      },
      { type: 'label', ...common, label: label && cellOf(label, row) },
    ];
  }).flat();
}

/** Twelve digits of what a window says of itself. */
export function own({ start, diagnosis: found }: WindowAnswer): unknown {
  const { time_pattern: _, ...diagnosis } = found;
  return JSON.parse(JSON.stringify({ start, diagnosis }), (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(12)) : value,
  );
}
