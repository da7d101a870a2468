/**
 * Windows by the thousand, really stored, queried, and let go of while others are counted: `node bench/history/stored.ts --help`.
 * One window is made by the service; the others are its rows again under ids and times of their own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import type { Retention } from '../../src/core/history/retention.ts';
import { silentLog } from '../../src/core/log.ts';
import { retire } from '../../src/pipeline/history/retire.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { makePartitionsAhead } from '../../src/store/history/partitions.ts';
import { listMeasurements } from '../../src/store/read-models/measurements.ts';
import { listWindows } from '../../src/store/read-models/windows.ts';
import { fillHistory, historyModel, postingTo } from './fill.ts';
import { tableSizes } from './sizes.ts';

const { values: flags } = parseArgs({
  options: {
    models: { type: 'string', default: '1' },
    hours: { type: 'string', default: '8760' },
    segments: { type: 'string', default: '20' },
    rows: { type: 'string', default: '2000' },
    features: { type: 'string', default: '50' },
    counts: { type: 'string', default: '90' },
    comparisons: { type: 'string', default: '30' },
    database: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const HELP = `node bench/history/stored.ts [--models 1] [--hours 8760] [--segments 20] [--rows 2000] [--features 50]
  [--counts 90] [--comparisons 30] [--database URL]

Stores hourly windows of so many models over so many hours: measurements and verdicts of all, counts and comparisons of the last days.
Asks for what people look at, and lets go of the first third of the time while events are posted. Prints sizes and times.
A year of one model takes ten minutes and 15 GB.
`;

const COLUMNS: Readonly<Record<string, string>> = {
  measurement: `series, segment, subject, name, revision, kind, status, severity, drifted, reason, rows_reference, rows_current,
    missing_reference, missing_current, invalid_reference, invalid_current, psi, ks, ks_p_value, chi_square, chi_square_p_value,
    jensen_shannon, wasserstein, p_value, q_value, faults, cells, psi_threshold, overdispersion`,
  verdict: `series, segment, revision, verdict, types, not_tested, confidence, advice, summary, reason, rows, diagnosis, performance,
    baseline_id, operational, operational_counts, multivariate`,
  comparison: 'series, segment, about, revision, columns',
  window_part: 'segment, kind, source, partition, from_offset, to_offset, rows, delta, deltas',
};

/** Windows that are copied in one statement. */
const AT_ONCE = 500;

const [models, hours] = [Number(flags.models), Number(flags.hours)];
const shape = {
  windows: 1,
  rows: Number(flags.rows),
  segments: Number(flags.segments),
  features: Number(flags.features),
};

if (flags.help) process.stdout.write(HELP);
else await run();
process.exit();

async function run(): Promise<void> {
  if (flags.database !== undefined) return await measure(flags.database);
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-stored-'));
  const { url, stop } = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log: silentLog });
  try {
    await measure(url);
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(url: string): Promise<void> {
  await migrate({ connectionString: url, log: silentLog });
  const pool = createPool({ connectionString: url, max: 6, applicationName: 'history', log: silentLog });
  await makePartitionsAhead(pool);
  await fillHistory(pool, shape, async () => {});
  const began = Date.now();
  await multiply(pool);
  console.log(`stored in ${seconds(began)} s`);
  await pool.query('analyze');
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  await printSizes(db);
  await ask(pool);
  await letGo(pool);
  await printSizes(db);
  await db.end();
  await pool.end();
}

/** Of every hour a window of every model, the oldest first, as they would have come. */
async function multiply(pool: Pool): Promise<void> {
  const first = await pool.query<{ id: number; version: number; baseline: number }>(
    `select id, model_version_id as version, baseline_id as baseline from "window" order by id limit 1`,
  );
  const { id: source, version, baseline } = first.rows[0]!;
  const made = await pool.query<{ id: number }>(
    `with m as (insert into model (name, task) select 'model-' || n, 'classification' from generate_series(2, $1::int) n returning id)
     insert into model_version (model_id, name) select id, '1' from m returning id`,
    [models],
  );
  const versions = [version, ...made.rows.map(({ id }) => id)];
  const perStep = Math.max(1, Math.floor(AT_ONCE / models));
  for (let hour = hours - 1; hour >= 1; hour -= perStep) {
    const last = Math.max(1, hour - perStep + 1);
    // Hours before now: the last one is the window that is there.
    const windows = await pool.query<{ id: number; age: number }>(
      `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, baseline_id, state, created_at, closed_at, matured_at,
         closed_revision, matured_revision, closed_deltas, matured_deltas)
       select v, 3600000, t, t + interval '1 hour', 0, $4, 'matured', t + interval '1 hour', t, t, 1, 1, 1, 1
       from generate_series($2::int, $3::int) h cross join unnest($1::int[]) v
       cross join lateral (select date_trunc('hour', now()) - h * interval '1 hour' as t) at
       order by t, v on conflict do nothing returning id, extract(epoch from now() - start_at)::int / 3600 as age`,
      [versions, last, hour, baseline],
    );
    await makePartitionsAhead(pool);
    const ids = windows.rows.map(({ id }) => id);
    const youngerThan = (days: string): number[] =>
      windows.rows.filter(({ age }) => age <= Number(days) * 24).map(({ id }) => id);
    await copyRows(pool, 'measurement', source, ids);
    await copyRows(pool, 'verdict', source, ids);
    await copyRows(pool, 'comparison', source, youngerThan(flags.comparisons));
    await copyRows(pool, 'window_part', source, youngerThan(flags.counts));
    if (hour % (perStep * 4) < perStep) console.error(`hour ${hours - last} of ${hours}`);
  }
}

async function copyRows(pool: Pool, table: string, source: number, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const newest = table === 'verdict' ? 'and revision = 1' : '';
  await pool.query(
    `insert into ${table} (window_id, ${COLUMNS[table]})
     select w, ${COLUMNS[table]} from unnest($1::bigint[]) w cross join (select * from ${table} where window_id = $2 ${newest}) s`,
    [ids, source],
  );
}

async function ask(pool: Pool): Promise<void> {
  const model = models === 1 ? 'history' : 'model-2';
  const page = { limit: 100, after: null };
  const questions: Readonly<Record<string, () => Promise<number>>> = {
    'PSI of one feature, every window': async () =>
      (
        await pool.query(
          `select w.start_at, m.psi from "window" w join measurement m on m.window_id = w.id and m.series = 'closed' and m.segment = ''
             and m.subject = 'feature' and m.name = 'x_3'
           where w.model_version_id = (select v.id from model_version v join model m on m.id = v.model_id where m.name = $1)`,
          [model],
        )
      ).rowCount ?? 0,
    'a page of windows': async () => (await listWindows(pool, { model }, page)).items.length,
    'a page of one feature with details': async () =>
      (await listMeasurements(pool, { model, name: 'x_3', segment: '', details: true }, page)).items.length,
  };
  for (const [question, answer] of Object.entries(questions)) {
    const times: number[] = [];
    let rows = 0;
    for (let n = 0; n < 5; n += 1) {
      const began = performance.now();
      rows = await answer();
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    console.log(`${question}: ${rows} rows in ${times[2]!.toFixed(0)} ms`);
  }
}

/** A third of the time is over its age; events come meanwhile. */
async function letGo(pool: Pool): Promise<void> {
  const spec = historyModel();
  const keptMs = Math.round((2 * hours * HOUR_MS) / 3);
  const retention: Retention = {
    predictionsMs: 30 * DAY_MS,
    comparisonsMs: Math.min(keptMs, Number(flags.comparisons) * DAY_MS),
    countsMs: Math.min(keptMs, Number(flags.counts) * DAY_MS),
    daysMs: 400 * DAY_MS,
    weeksMs: null,
    windowsMs: keptMs,
    incidentsMs: 3 * 366 * DAY_MS,
    messagesMs: 90 * DAY_MS,
    deadLettersMs: 30 * DAY_MS,
    batchesMs: 7 * DAY_MS,
  };
  const posting = await postingTo(pool, spec, shape);
  let [isOver, posts, longestMs] = [false, 0, 0];
  const writer = (async () => {
    while (!isOver) {
      const began = performance.now();
      await posting();
      longestMs = Math.max(longestMs, performance.now() - began);
      posts += 1;
    }
  })();
  const began = Date.now();
  const history = { retention, models: [{ model: spec.name, horizonMs: DAY_MS, retention }] };
  const retired = await retire(pool, { history, nowMs: Date.now() });
  const took = seconds(began);
  isOver = true;
  await writer;
  console.log(`let go in ${took} s: ${JSON.stringify(retired)}`);
  console.log(`meanwhile ${posts} posts of 100 events, the longest took ${longestMs.toFixed(0)} ms`);
}

async function printSizes(db: pg.Client): Promise<void> {
  for (const { table, disk, live, indexes, rows } of (await tableSizes(db)).slice(0, 6))
    console.log(
      `${table.padEnd(18)}${(disk / 1e6).toFixed(0).padStart(9)} MB on disk ${(live / 1e6).toFixed(0).padStart(9)} live ${(indexes / 1e6).toFixed(0).padStart(8)} indexes ${String(rows).padStart(11)} rows`,
    );
}

function seconds(beganMs: number): string {
  return ((Date.now() - beganMs) / 1_000).toFixed(0);
}
