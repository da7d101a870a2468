/**
 * Every shared data set with a known step, in order of time through the service and as files: which incidents each tells.
 *
 *   node bench/worlds/steps.ts --datasets FOLDER [--set NAME]
 *
 * The service is its own steps over an embedded PostgreSQL, one window after the other, labels with their rows; the files are the same rows.
 * Prints a table for docs/records/verdicts.md. Takes some twenty minutes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DAY_MS } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import type { ModelSpec } from '../../src/core/model.ts';
import { noProgress } from '../../src/core/progress.ts';
import type { Column, Table } from '../../src/core/table.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { compareFiles } from '../../src/files/compare/files.ts';
import { readTable } from '../../src/ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../src/ingest/table/read-table.ts';
import { storeBaseline } from '../../src/pipeline/evaluate/store-baseline.ts';
import { createAcceptEvents } from '../../src/pipeline/intake/accept-events.ts';
import { Started } from '../../src/pipeline/serve/started.ts';
import { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { SegmentRegistry } from '../../src/window/segments.ts';
import { evaluateDue } from '../../test/harness/evaluate-due.ts';
import { modelSpec } from '../../test/harness/model-spec.ts';
import { COURSES } from './real/real-courses.ts';
import type { Course } from './real/real-courses.ts';
import { table } from './report.ts';

const { values } = parseArgs({ options: { datasets: { type: 'string' }, set: { type: 'string' } } });
if (values.datasets === undefined) throw new Error('--datasets: where the data sets lie');

interface Told {
  readonly since: string;
  readonly until: string | null;
  readonly verdict: string;
}

const started = new Started(silentLog);
const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-steps-'));
started.add('folder', () => rmSync(folder, { recursive: true, force: true }));
const lines: string[][] = [];
try {
  const { url, stop } = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log: silentLog });
  started.add('database', stop);
  await migrate({ connectionString: url, log: silentLog });
  const pool = createPool({ connectionString: url, max: 8, applicationName: 'steps', log: silentLog });
  started.add('connections', async () => await pool.end());
  for (const read of COURSES) {
    const course = await read(values.datasets);
    if (course.known === null || (values.set !== undefined && course.name !== values.set)) continue;
    process.stderr.write(`${course.name}\n`);
    lines.push(...(await linesOf(course, pool)));
  }
} finally {
  await started.stop();
}
process.stdout.write(table(['data set', 'known', 'by', 'incidents', ''], lines));

async function linesOf(course: Course, pool: Pool): Promise<string[][]> {
  const { name, known, task, positiveClass } = course;
  const [training, current] = (['reference', 'current'] as const).map((side) => {
    const path = join(folder, `${side}.jsonl`);
    writeFileSync(
      path,
      `${rowsOf(course[side])
        .map((row) => JSON.stringify(row))
        .join('\n')}\n`,
    );
    return path;
  }) as [string, string];
  const read: ReadTableOptions = { task, ...(positiveClass !== null && { positiveClass }) };
  const byFiles = await filesOf(course, { training, current }, read);
  const byService = await serviceOf(course, { training, current }, read, pool);
  const said = (told: readonly Told[]): string =>
    told
      .map(
        ({ since, until, verdict }) =>
          `${verdict} since ${short(since)}${until === null ? '' : ` until ${short(until)}`}`,
      )
      .join('; ');
  const step = known === null ? '' : `${known.what}, ${short(new Date(known.fromMs).toISOString())}`;
  return [
    [name, step, 'files', String(byFiles.length), said(byFiles)],
    ['', '', 'service', String(byService.length), said(byService)],
  ];
}

function short(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

async function filesOf(
  { windowMs }: Course,
  { training, current }: { readonly training: string; readonly current: string },
  read: ReadTableOptions,
): Promise<Told[]> {
  const options = {
    read,
    segments: [],
    groups: [],
    windowMs,
    season: null,
    preset: null,
    multivariate: false,
    threads: null,
  };
  const { comparison } = await compareFiles(training, current, options, noProgress);
  if (!('windows' in comparison)) throw new Error('windows were asked for');
  return comparison.incidents.map(({ since, until, diagnosis }) => ({
    since,
    until,
    verdict: diagnosis.verdict,
  }));
}

async function serviceOf(
  { name, windowMs, task, positiveClass }: Course,
  { training, current }: { readonly training: string; readonly current: string },
  read: ReadTableOptions,
  pool: Pool,
): Promise<Told[]> {
  const model = modelSpec({
    name,
    task,
    positiveClass,
    windows: [{ sizeMs: windowMs, graceMs: 0, acceptLateMs: 36_500 * DAY_MS }],
    labels: { horizonMs: 36_500 * DAY_MS, matureAfterMs: 1, minLabelled: 200 },
    multivariate: false,
  });
  const { table: reference, rowKeys, shape } = await readTable(training, read);
  await storeBaseline(pool, model, '1', reference, { file: training }, { rowKeys });
  const rows = (await readTable(current, { like: shape })).table;
  const catalog = await ModelCatalog.open(pool, [model]);
  const windows = Map.groupBy(rowsInTime(rows), (row) =>
    Math.floor((rows.timestampMs?.[row] ?? 0) / windowMs),
  );
  for (const [window, of] of windows) {
    // Into the next window: this one is over, and its labels are in.
    const nowMs = (window + 1) * windowMs + 2;
    await send(eventsOf(model, rows, of), { pool, catalog, nowMs });
    for (const _ of ['closed', 'matured']) await evaluateDue({ pool, catalog }, nowMs);
  }
  const found = await pool.query<{ since: Date; until: Date | null; verdict: string }>(
    `select a.since_at as since, a.resolved_at as until, a.verdict from alert a
       join model_version mv on mv.id = a.model_version_id join model m on m.id = mv.model_id
     where m.name = $1 and a.fired_at is not null order by a.since_at`,
    [name],
  );
  return found.rows.map(({ since, until, verdict }) => ({
    since: since.toISOString(),
    until: until?.toISOString() ?? null,
    verdict,
  }));
}

interface Line {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly nowMs: number;
}

async function send(events: readonly object[], { pool, catalog, nowMs }: Line): Promise<void> {
  const accept = createAcceptEvents({
    pool,
    catalog,
    segments: new SegmentRegistry(),
    limits: DEFAULT_DECODE_LIMITS,
    reevaluateAfterMs: 0,
  });
  for (let at = 0; at < events.length; at += 5_000) {
    const body = Buffer.from(
      events
        .slice(at, at + 5_000)
        .map((event) => JSON.stringify(event))
        .join('\n'),
    );
    const answer = await accept({ body, idempotencyKey: null, receivedAtMs: nowMs });
    if (!answer.ok) throw new Error(`events were refused: ${JSON.stringify(answer)}`);
  }
}

function rowsInTime({ rows, timestampMs }: Table): number[] {
  return Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => (timestampMs?.[a] ?? 0) - (timestampMs?.[b] ?? 0) || a - b,
  );
}

function cellOf(column: Column | null, row: number): string | number | boolean | null {
  if (column === null) return null;
  if (column.kind === 'numeric') {
    const value = column.values[row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
  const level = column.levels[column.codes[row] ?? -1] ?? null;
  return column.kind === 'boolean' && level !== null ? level === 'true' : level;
}

function featuresOf({ features }: Table, row: number): Record<string, unknown> {
  return Object.fromEntries(features.map((column) => [column.name, cellOf(column, row)]));
}

function rowsOf(of: Table): object[] {
  return rowsInTime(of).map((row) => ({
    ...(of.timestampMs !== null && { timestamp: new Date(of.timestampMs[row] ?? 0).toISOString() }),
    ...featuresOf(of, row),
    ...(of.prediction !== null && { prediction: cellOf(of.prediction, row) }),
    ...(of.score !== null && { score: cellOf(of.score, row) }),
    ...(of.label !== null && { label: cellOf(of.label, row) }),
  }));
}

function eventsOf({ name: model }: ModelSpec, of: Table, rows: readonly number[]): object[] {
  return rows.flatMap((row) => {
    const common = { model, prediction_id: `row ${row}`, timestamp: of.timestampMs?.[row] };
    const prediction = {
      type: 'prediction',
      ...common,
      model_version: '1',
      features: featuresOf(of, row),
      prediction: cellOf(of.prediction, row),
      score: cellOf(of.score, row),
    };
    const label = cellOf(of.label, row);
    return label === null ? [prediction] : [prediction, { type: 'label', ...common, label }];
  });
}
