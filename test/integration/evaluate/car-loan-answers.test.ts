/** Real data with times and calendar of their own: each window by the service and by `compare`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COLUMNS } from '../../../src/cli/demo/car-loan.ts';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { silentLog } from '../../../src/core/log.ts';
import { noProgress } from '../../../src/core/progress.ts';
import type { Column, Table } from '../../../src/core/table.ts';
import { compareFiles } from '../../../src/files/compare/files.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fileWith } from '../../ingest/table/files.ts';
import { Service } from './time-series.ts';

const ROOT = join(import.meta.dirname, '../../../examples/car-loan');
/** Fewer than twenty fit into the reference: the service knows no windows of it to allow for their spread. */
const SIZE_MS = 7 * DAY_MS;
/** The change is known to begin on 31 March 2019. */
const BEFORE_MS = Date.UTC(2019, 0, 10);
const AFTER_MS = Date.UTC(2019, 3, 20);

const MODEL = modelSpec({
  name: 'car-loan',
  task: 'classification',
  positiveClass: '1',
  windows: [{ sizeMs: SIZE_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 900 * DAY_MS, matureAfterMs: DAY_MS, minLabelled: 200 },
});
const READ = { columns: COLUMNS, task: 'classification', positiveClass: '1' } as const;

const startOf = (ms: number): number => Math.floor(ms / SIZE_MS) * SIZE_MS;

/** The lines of the two windows. */
function monitoring(): string {
  const [head = '', ...lines] = gunzipSync(readFileSync(join(ROOT, 'monitoring.csv.gz')))
    .toString()
    .trimEnd()
    .split('\n');
  const at = head.split(',').indexOf('timestamp');
  const wanted = new Set([BEFORE_MS, AFTER_MS].map(startOf));
  const own = lines.filter((line) => {
    // No cell of this file has a comma in it.
    const time = line.split(',')[at] ?? '';
    return wanted.has(startOf(Date.parse(`${time.replace(' ', 'T')}Z`)));
  });
  return fileWith('monitoring.csv', `${head}\n${own.join('\n')}\n`);
}

function cellOf(column: Column, row: number): string | number | boolean | null {
  if (column.kind === 'numeric') {
    const value = column.values[row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
  const level = column.levels[column.codes[row] ?? -1] ?? null;
  return column.kind === 'boolean' && level !== null ? level === 'true' : level;
}

function eventsOf({ rows, features, prediction, score, label, timestampMs }: Table): object[] {
  return Array.from({ length: rows }, (_, row) => {
    const common = { model: MODEL.name, prediction_id: `loan ${row}`, timestamp: timestampMs?.[row] };
    return [
      {
        type: 'prediction',
        ...common,
        model_version: '1',
        features: Object.fromEntries(features.map((column) => [column.name, cellOf(column, row)])),
        prediction: prediction && cellOf(prediction, row),
        score: score?.values[row],
      },
      { type: 'label', ...common, label: label && cellOf(label, row) },
    ];
  }).flat();
}

/** Twelve digits of what a window says of itself. */
function own(found: Diagnosis): unknown {
  const { time_pattern: _, ...diagnosis } = found;
  return JSON.parse(JSON.stringify(diagnosis), (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(12)) : value,
  );
}

describeWith(['postgres'], 'car loans, by the service and by files', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('car_loan_answers');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('before and after the change are one diagnosis each', { timeout: 600_000 }, async () => {
    const [training, current] = [join(ROOT, 'reference.csv.gz'), monitoring()];
    const { table, rowKeys, shape } = await readTable(training, READ);
    await storeBaseline(pool, MODEL, '1', table, { file: 'reference.csv.gz' }, { rowKeys });
    const rows = (await readTable(current, { columns: COLUMNS, like: shape })).table;
    const service = await Service.open(pool, MODEL);
    const nowMs = AFTER_MS + 2 * SIZE_MS;
    const events = eventsOf(rows);
    for (let at = 0; at < events.length; at += 5_000) {
      await service.sendEvents(events.slice(at, at + 5_000), nowMs);
    }
    for (const _ of ['closed', 'matured']) await service.evaluateDue(nowMs);
    const found = await pool.query<{ start: Date; diagnosis: Diagnosis }>(
      `select w.start_at as start, v.diagnosis from verdict v join "window" w on w.id = v.window_id
       where v.series = 'matured' and v.segment = '' order by w.start_at`,
    );
    const { comparison } = await compareFiles(
      training,
      current,
      {
        read: READ,
        segments: [],
        groups: [],
        windowMs: SIZE_MS,
        season: null,
        preset: null,
        multivariate: false,
        threads: null,
      },
      noProgress,
    );
    if (!('windows' in comparison)) throw new Error('windows were asked for');
    expect(comparison.windows.map(({ start }) => start)).toEqual(
      found.rows.map(({ start }) => start.toISOString()),
    );
    expect(comparison.windows.map(({ diagnosis }) => diagnosis.verdict)).toEqual([
      'none',
      expect.stringMatching(/mixed|covariate_shift/),
    ]);
    for (const [at, { diagnosis }] of comparison.windows.entries()) {
      expect(own(found.rows[at]!.diagnosis)).toEqual(own(diagnosis));
    }
  });
});
