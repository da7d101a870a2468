/** A backup is restored that is older than what was read since. The run that was not interrupted is the one before the restore. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { HOUR_MS } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { listPartitions, makePartitionsAhead } from '../../src/store/history/partitions.ts';
import { loadBaseline } from '../../src/store/evaluation/baselines.ts';
import { BaselineCache } from '../../src/pipeline/windows/baseline-cache.ts';
import { sumParts } from '../../src/pipeline/windows/sum-parts.ts';
import { expectConserved } from '../harness/database/conservation.ts';
import {
  type BackedUpServer,
  hasBackupTools,
  startBackedUpServer,
} from '../harness/database/documented-backup.ts';
import { partsOf } from '../harness/database/window-parts.ts';
import { describeWith } from '../harness/describe-with.ts';
import { deleteRecordsBefore, kafkaAdmin, produce } from '../harness/kafka/kafka.ts';
import { ownRedis } from '../harness/own-redis.ts';
import { type Program, startShiftwatch } from '../harness/process.ts';
import { until } from '../harness/wait.ts';
import { drawHour, type Hour, type Logs, MODEL, ROWS_PER_HOUR } from './credit-data.ts';
import { type CreditLine, prepareCreditLine } from './credit-line.ts';

const DAY_MS = 24 * HOUR_MS;
const START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;
const BEFORE: readonly Hour[] = ['usual', 'thousandths', 'thousandths', 'usual'];
const SINCE: readonly Hour[] = ['usual', 'inverted', 'inverted'];
const WINDOWS = BEFORE.length + SINCE.length;
/** The ids of the story's windows lie in two partitions; the first of them is dropped by retention. */
const FIRST_ID = 1_998;

const hours: readonly Logs[] = [...BEFORE, ...SINCE].map((kind, hour) =>
  drawHour(kind, hour, START_MS + hour * HOUR_MS),
);

/** Rows of an early hour that come last, and what cannot be read. */
const LATE = drawHour('usual', 100, START_MS).predictions.slice(0, 25);
const GARBAGE = [
  'not json',
  '[1, 2, 3]',
  '{"model": "nobody-knows", "prediction_id": "x", "features": {"a": 1}}',
];

describe.skipIf(!hasBackupTools)('an earlier backup', () => {
  describeWith(['kafka', 'redis'], 'is restored', () => {
    let server: BackedUpServer;
    let line: CreditLine;
    let pool: Pool;

    const open = (): Pool =>
      createPool({
        connectionString: server.url,
        max: 4,
        applicationName: 'test',
        log: silentLog,
        statementTimeoutMs: 100_000,
      });
    const serve = async (): Promise<Program> => {
      const program = startShiftwatch(['serve'], { folder: line.folder });
      await program.waitForLine(/shiftwatch is up/);
      return program;
    };

    beforeAll(async () => {
      server = await startBackedUpServer();
      await migrate({ connectionString: server.url, log: silentLog });
      const redis = await ownRedis();
      line = await prepareCreditLine('restore', { backend: 'redis', url: redis.url }, server);
      withSegments(line.folder);
      pool = open();
      await makePartitionsAhead(pool);
      await pool.query(`select setval('window_id_seq', $1, false)`, [FIRST_ID]);
      await line.command('baseline', 'create', 'training.csv', '--model', MODEL, '--version', '1');
    });

    it('brings what was counted since once more, to the row', async () => {
      const first = await serve();
      // Labels of half of the rows; the others come after the backup.
      await produce(line.labels, values(hours.slice(0, 4).flatMap(({ labels }) => halfOf(labels, 0))));
      await produce(
        line.predictions,
        values([...hours.slice(0, 4).flatMap((hour) => hour.predictions), ...GARBAGE]),
      );
      await until(async () => (await told(pool, 'data_fault')) > 0, {
        what: 'the fault to be told of',
        everyMs: 250,
      });

      // While the service reads on.
      const reading = sendTheRest(line);
      await server.backup();
      await reading;
      const before = await settled(pool, line);
      await expectConserved(pool);
      expect(before.events).toMatchObject({ 'label/joined': WINDOWS * ROWS_PER_HOUR });
      const dropped = { parent: 'comparison', name: 'comparison_from_1' };
      expect(await listPartitions(pool)).toContainEqual(expect.objectContaining(dropped));
      const retired = await retire(line);
      expect(retired['comparisons']).toBe(WINDOWS);
      expect(await listPartitions(pool)).not.toContainEqual(expect.objectContaining(dropped));
      const lessened = await stateOf(pool);
      expect(await first.stop()).toMatchObject({ code: 0 });
      await pool.end();

      await server.restore();
      pool = open();
      expect(await told(pool, 'concept_drift'), 'the backup is from before the drift').toBe(0);
      expect(await listPartitions(pool)).toContainEqual(expect.objectContaining(dropped));
      const second = await serve();
      const after = await settled(pool, line);
      await expectConserved(pool);
      expect(after).toEqual(before);
      await retire(line);
      expect(await stateOf(pool)).toEqual(lessened);
      const doctor = await line.command('doctor');
      expect(doctor.stdout).not.toMatch(/unaccounted|lost|failed|unreadable/);
      expect(second.output()).not.toMatch(/job failed|duplicate key/);
      expect(await second.stop()).toMatchObject({ code: 0 });
    });

    it('asks and tells again under the same names', async () => {
      const calls = line.training.requests.map(({ headers, body }) => [
        headers['webhook-id'],
        (JSON.parse(body.toString()) as { data: { run_id: string } }).data.run_id,
      ]);
      expect(calls).toHaveLength(2);
      expect(calls[1]).toEqual(calls[0]);
      const drifts = line.smtp.mails.filter(({ parsed }) =>
        (parsed.text ?? '').startsWith('ALERT: CONCEPT DRIFT'),
      );
      expect(drifts).toHaveLength(2);
      expect(drifts[1]?.parsed.messageId).toBe(drifts[0]?.parsed.messageId);
      const faults = line.smtp.mails.filter(({ parsed }) =>
        (parsed.text ?? '').startsWith('ALERT: DATA FAULT'),
      );
      expect(faults, 'told of before the backup').toHaveLength(1);
    });

    it('tells of what Kafka has deleted since', async () => {
      await pool.end();
      await server.restore();
      pool = open();
      const admin = await kafkaAdmin();
      const ends = await admin.fetchTopicOffsets(line.predictions);
      const stored = await pool.query<{ lost: number }>(
        `select sum(o.high - p.next_offset)::float8 as lost from source_position p
         join unnest($2::int[], $3::bigint[]) as o (partition, high) using (partition) where p.source = $1`,
        [`kafka:${line.predictions}`, ends.map(({ partition }) => partition), ends.map(({ high }) => high)],
      );
      for (const { partition, high } of ends)
        await deleteRecordsBefore(line.predictions, partition, BigInt(high));
      const third = await serve();
      const lost = await until(
        async () => {
          const found = await pool.query<{ n: number }>(
            `select coalesce(sum(to_offset - from_offset), 0)::float8 as n from log_incident where kind = 'records_lost'`,
          );
          return found.rows[0]!.n === stored.rows[0]!.lost && found.rows[0]!.n;
        },
        { what: 'the loss to be told', everyMs: 250 },
      );
      expect(lost).toBeGreaterThan(0);
      const doctor = await line.command('doctor');
      expect(doctor.stdout).toMatch(/deleted before they were read/);
      expect(await third.stop()).toMatchObject({ code: 0 });
      await pool.end();
    });
  });
});

function withSegments(folder: string): void {
  const path = join(folder, 'shiftwatch.yaml');
  const config = parse(readFileSync(path, 'utf8')) as { ingest: object; models: object[] };
  config.ingest = { checkpoint_every: '200ms', idle_after: '4s' };
  config.models = config.models.map((model) => ({ ...model, segments: ['region'] }));
  writeFileSync(path, stringify(config));
}

const values = (lines: readonly string[]): { value: string }[] => lines.map((value) => ({ value }));

const halfOf = (lines: readonly string[], rest: 0 | 1): string[] => lines.filter((_, n) => n % 2 === rest);

/** New hours, labels of old ones, repetitions, rows that are late, and garbage. */
async function sendTheRest({ labels, predictions }: CreditLine): Promise<void> {
  const since = hours.slice(BEFORE.length);
  await produce(
    labels,
    values([
      ...hours.slice(0, BEFORE.length).flatMap((hour) => halfOf(hour.labels, 1)),
      ...since.flatMap((hour) => hour.labels),
    ]),
  );
  await produce(
    predictions,
    values([
      ...hours[0]!.predictions.slice(0, 30),
      ...since.flatMap((hour) => hour.predictions),
      ...LATE,
      ...GARBAGE,
    ]),
  );
}

async function told(pool: Pool, verdict: string): Promise<number> {
  const found = await pool.query<{ n: number }>(
    `select count(*)::int as n from outbox where kind = 'notify' and done_at is not null
       and payload->'notification'->'diagnosis'->>'verdict' = $1`,
    [verdict],
  );
  return found.rows[0]!.n;
}

async function retire(line: CreditLine): Promise<Record<string, number>> {
  const asOf = new Date(Date.now() + 31 * DAY_MS).toISOString().slice(0, 10);
  const { stdout, code } = await line.command('retention', 'run', '--as-of', asOf, '--json');
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { retired: Record<string, number> }).retired;
}

/** Once all is read, told and judged; what waits for its hour is judged now. */
async function settled(pool: Pool, line: CreditLine): Promise<Awaited<ReturnType<typeof stateOf>>> {
  await until(
    async () => {
      await pool.query(
        `update "window" set evaluation_due_at = now() where evaluation_due_at > now() + interval '10 seconds'`,
      );
      const found = await pool.query<{ read: number; waiting: boolean }>(
        `select (select coalesce(sum(next_offset), 0) from source_position)::float8 as read,
           exists (select from "window" where state <> 'matured' or evaluation_due_at is not null)
             or exists (select from outbox where done_at is null) or exists (select from pending_label) as waiting`,
      );
      const { read, waiting } = found.rows[0]!;
      console.log(
        JSON.stringify(
          (
            await pool.query(
              `select (select json_agg(row(id,state,evaluation_due_at)) from "window" where state <> 'matured' or evaluation_due_at is not null) as w, (select json_agg(row(id,kind,enqueued_at,enqueues,key)) from outbox where done_at is null) as o, (select count(*) from pending_label) as l, (select sum(next_offset) from source_position) as r`,
            )
          ).rows[0],
        ),
        await logEnd(line),
      );
      return read === (await logEnd(line)) && !waiting;
    },
    { what: 'everything to be read and judged', everyMs: 500 },
  );
  await pool.query('analyze');
  // As `serve` does every quarter of a minute.
  await makePartitionsAhead(pool);
  return await stateOf(pool);
}

async function logEnd({ predictions, labels }: CreditLine): Promise<number> {
  const admin = await kafkaAdmin();
  const ends = [...(await admin.fetchTopicOffsets(predictions)), ...(await admin.fetchTopicOffsets(labels))];
  return ends.reduce((sum, { high }) => sum + Number(high), 0);
}

/** All that is counted, kept and concluded, without numbers of the database and times of the clock. */
async function stateOf(pool: Pool) {
  const rows = async (sql: string): Promise<unknown[]> =>
    (await pool.query({ text: sql, rowMode: 'array' })).rows;
  const counted = await pool.query<{ name: string; n: number }>(
    `select event_type || '/' || outcome as name, sum(count)::int as n from event_count group by 1 order by 1`,
  );
  return {
    events: Object.fromEntries(counted.rows.map(({ name, n }) => [name, n])),
    read: await rows('select event_type, sum(count)::int from event_read group by 1 order by 1'),
    positions: await rows('select source, partition, next_offset::text from source_position order by 1, 2'),
    watermarks: await rows('select source, partition, max_event_at from watermark order by 1, 2'),
    windows: await profiles(pool),
    rows: await rows('select count(*)::int, count(distinct id_hash)::int from prediction'),
    labels: await rows('select id_hash::text, label from prediction_label order by 1'),
    waiting: await rows('select count(*)::int from pending_label'),
    letters: await rows('select source, partition, "offset"::text, reason from dead_letter order by 1, 2, 3'),
    verdicts: await rows(
      `select distinct on (w.start_at, d.series, d.segment) w.start_at, d.series, d.segment, d.verdict, d.types::text, d.advice, d.rows
       from verdict d join "window" w on w.id = d.window_id order by w.start_at, d.series, d.segment, d.revision desc`,
    ),
    measurements: await rows(
      `select w.start_at, x.series, x.segment, x.subject, x.name, x.rows_current, x.psi, x.p_value, x.drifted
       from measurement x join "window" w on w.id = x.window_id order by 1, 2, 3, 4, 5`,
    ),
    comparisons: await rows('select count(*)::int from comparison'),
    incidents: await rows('select segment, cause, verdict, state, since_at from alert order by 1, 2, 3, 5'),
    runs: await rows('select id, state, trigger, reason from retrain_run order by 1'),
    messages: await rows('select kind, target, state, message_id from delivery order by 2, 4'),
    partitions: await rows('select parent, name from history_partition order by 1, 2'),
  };
}

/** Of each window the sum of its parts, as bytes, by segment. */
async function profiles(pool: Pool): Promise<unknown[]> {
  const windows = await pool.query<{ id: number; start: Date; baseline: number }>(
    `select id, start_at as start, baseline_id as baseline from "window" order by start_at`,
  );
  const cache = new BaselineCache();
  const found: [string, ...unknown[]][] = [];
  for (const { id, start, baseline } of windows.rows) {
    const { reference } = cache.open(await loadBaseline(pool, baseline));
    const { sums, unreadable } = sumParts(await partsOf(pool, id), reference, 'classification');
    expect(unreadable).toEqual([]);
    for (const { segment, kind, rows, delta } of sums)
      found.push([
        start.toISOString(),
        segment,
        kind,
        rows,
        createHash('sha256').update(delta).digest('hex'),
      ]);
  }
  return found.sort(([a], [b]) => a.localeCompare(b));
}
