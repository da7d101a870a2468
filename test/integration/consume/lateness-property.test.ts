import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Table } from '../../../src/core/table.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import type { PartitionConsumer } from '../../../src/pipeline/consume/partition-consumer.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, LOG_SOURCE, partitionConsumer, RECEIVED_MS, type TestLog } from '../partition-log.ts';

const HOURLY = { sizeMs: HOUR_MS, graceMs: 10 * MINUTE_MS, acceptLateMs: DAY_MS };
const DAILY = { sizeMs: DAY_MS, graceMs: HOUR_MS, acceptLateMs: 3 * DAY_MS };
const MODELS = [
  modelSpec({ name: 'credit-risk', windows: [HOURLY, DAILY] }),
  modelSpec({ name: 'apart', windows: [HOURLY], featuresFrom: 'features' }),
];

type Outcome = 'windowed' | 'late' | 'duplicate' | 'dead_letter' | 'ignored';

/** An event of a log, as its timestamp in minutes before the record's and what else decides where it ends. */
const event = fc.record({
  agoMinutes: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 180 }) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 6 * 24 * 60 }) },
    { weight: 1, arbitrary: fc.constantFrom(-600, -5, 1450, 1451, 60 * 24 * 400) },
  ),
  model: fc.constantFrom('credit-risk', 'credit-risk', 'credit-risk', 'apart'),
  type: fc.constantFrom('prediction', 'prediction', 'prediction', 'features'),
  id: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.integer({ min: 0, max: 6 })),
  readable: fc.oneof({ weight: 12, arbitrary: fc.constant(true) }, fc.constant(false)),
});
type LoggedEvent = typeof event extends fc.Arbitrary<infer E> ? E : never;

const logs = fc.array(fc.array(event, { minLength: 1, maxLength: 40 }), { minLength: 2, maxLength: 3 });
/** What happens next: which process does what with which partition. */
const steps = fc.array(
  fc.record({
    does: fc.constantFrom('fetch', 'fetch', 'fetch', 'fetch', 'store', 'lose', 'die', 'close'),
    process: fc.integer({ min: 0, max: 1 }),
    partition: fc.integer({ min: 0, max: 2 }),
    records: fc.integer({ min: 1, max: 25 }),
  }),
  { maxLength: 40 },
);

describeWith(['postgres'], 'what is late', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('lateness');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    // With a baseline its rows are read the fast way; those of the other model never are.
    for (const model of MODELS.slice(0, 1)) {
      await storeBaseline(pool, model, 'default', trainingTable(), { file: 'training' });
    }
  });
  afterAll(async () => await pool.end());

  test('follows from each partition alone, however it is cut and whoever reads it', async () => {
    await fc.assert(
      fc.asyncProperty(logs, steps, async (partitions, happenings) => {
        await empty(pool);
        const read = partitions.map((events, partition): TestLog => ({
          partition,
          values: events.map((each, i) => lineOf(each, partition, i)),
        }));
        await play(pool, read, happenings);
        const expected = partitions.map(endsOf);
        expect(await outcomes(pool, partitions.length)).toEqual(expected.map(({ counts }) => counts));
        expect(await windowRows(pool)).toEqual(sumOf(expected.map(({ windows }) => windows)));
      }),
      { numRuns: 25, seed: 20_261_126 },
    );
  }, 600_000);
});

async function empty(pool: Pool): Promise<void> {
  const tables = [
    'source_position',
    'window_part',
    '"window"',
    'dead_letter',
    'watermark',
    'event_count',
    'event_read',
  ];
  for (const table of [...tables, 'id_block', 'prediction_block', 'prediction_chunk']) {
    await pool.query(`delete from ${table}`);
  }
}

function trainingTable(): Table {
  const size = Float64Array.from({ length: 200 }, (_, i) => i);
  const codes = Int32Array.from({ length: 200 }, (_, i) => i % 2);
  return {
    rows: 200,
    features: [{ name: 'age', kind: 'numeric', values: size, invalid: 0 }],
    prediction: { name: 'prediction', kind: 'categorical', codes, levels: ['approve', 'deny'], invalid: 0 },
    score: { name: 'score', kind: 'numeric', values: size.map((each) => each / 200), invalid: 0 },
    label: null,
    timestampMs: null,
    predictionId: null,
  };
}

/** The rule, in a few lines: nothing but the events before it in its partition decides about an event. */
function endsOf(events: readonly LoggedEvent[]) {
  const highest = new Map<string, number>();
  const known = new Set<string>();
  const counts: Partial<Record<Outcome, number>> = {};
  const windows = new Map<string, number>();
  const outcomeOf = (each: LoggedEvent): Outcome => {
    if (!each.readable || each.agoMinutes < -10) return 'dead_letter';
    const at = timeOf(each);
    const before = highest.get(each.model) ?? -Infinity;
    highest.set(each.model, Math.max(before, at));
    const spec = MODELS.find(({ name }) => name === each.model);
    if (each.type === 'features' && each.model !== 'apart') return 'ignored';
    const taking = (spec?.windows ?? []).filter(
      ({ graceMs, acceptLateMs }) => at >= before - graceMs - acceptLateMs,
    );
    if (taking.length === 0) return 'late';
    const id = `${each.model} ${each.type} ${each.id}`;
    if (each.id !== null && known.has(id)) return 'duplicate';
    known.add(id);
    for (const { sizeMs } of each.type === 'prediction' ? taking : []) {
      const name = `${each.model} ${sizeMs} ${Math.floor(at / sizeMs) * sizeMs}`;
      windows.set(name, (windows.get(name) ?? 0) + 1);
    }
    return 'windowed';
  };
  for (const each of events) {
    const outcome = outcomeOf(each);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return { counts, windows };
}

const timeOf = ({ agoMinutes }: LoggedEvent): number => RECEIVED_MS - agoMinutes * MINUTE_MS;

function lineOf(each: LoggedEvent, partition: number, at: number): string {
  if (!each.readable) return '{"model":';
  return JSON.stringify({
    type: each.type,
    ...(each.id !== null && { prediction_id: `${partition}-${each.id}` }),
    ...(each.id === null && each.type === 'features' && { prediction_id: `${partition}-at-${at}` }),
    model: each.model,
    timestamp: timeOf(each),
    features: { age: at },
    ...(each.type === 'prediction' && { prediction: 'approve', score: 0.5 }),
  });
}

/** Two processes read the logs by turns, store, lose partitions, die and close windows; at last all is read. */
async function play(
  pool: Pool,
  read: readonly TestLog[],
  happenings: readonly (typeof steps extends fc.Arbitrary<readonly (infer S)[]> ? S : never)[],
): Promise<void> {
  const processes: PartitionConsumer[] = [];
  const at = new Map<string, number>();
  const start = async (process: number): Promise<PartitionConsumer> => {
    const consumer = await partitionConsumer(pool, { specs: MODELS });
    processes[process] = consumer;
    for (const { partition } of read) at.delete(`${process}/${partition}`);
    return consumer;
  };
  const fetch = async (process: number, log: TestLog, records: number): Promise<boolean> => {
    const consumer = processes[process] ?? (await start(process));
    const key = `${process}/${log.partition}`;
    const from = at.get(key) ?? 0;
    const batch = fetched(log, from, from + records);
    if (batch.records.length === 0) return false;
    at.set(key, Number((await consumer.onRecords(batch)).nextOffset));
    return true;
  };
  for (const { does, process, partition, records } of happenings) {
    const log = read[partition % read.length];
    if (does === 'fetch' && log !== undefined) await fetch(process, log, records);
    else if (does === 'store') await processes[process]?.checkpointAll();
    else if (does === 'lose') await processes[process]?.onRevoked();
    else if (does === 'die') await start(process);
    else if (does === 'close') await close(pool);
  }
  for (const log of read) {
    const last = await start(0);
    while ((await stored(pool, log)) < log.values.length) {
      while (await fetch(0, log, 1_000));
      await last.checkpointAll();
    }
  }
}

/** Time moves on because of other partitions, and windows close: that makes no row late. */
async function close(pool: Pool): Promise<void> {
  await pool.query('update source_position set high_offset = next_offset, high_checked_at = now()');
  const catalog = await ModelCatalog.open(pool, MODELS);
  await sweepWindows({ pool, catalog, logSources: [LOG_SOURCE], idleAfterMs: 0 });
}

async function stored(pool: Pool, { partition }: TestLog): Promise<number> {
  const found = await pool.query<{ at: number }>(
    'select next_offset::int as at from source_position where source = $1 and partition = $2',
    [LOG_SOURCE, partition],
  );
  return found.rows[0]?.at ?? 0;
}

async function outcomes(pool: Pool, partitions: number): Promise<object[]> {
  const found = await pool.query<{ partition: number; outcome: Outcome; count: number }>(
    `select partition, outcome, sum(count)::int as count from event_count group by 1, 2`,
  );
  return Array.from({ length: partitions }, (_, at) =>
    Object.fromEntries(
      found.rows
        .filter(({ partition, count }) => partition === at && count > 0)
        .map(({ outcome, count }) => [outcome, count]),
    ),
  );
}

/** `<model> <size> <start>` → rows, the panes' that feed it included; of windows that gained any. */
async function windowRows(pool: Pool): Promise<Map<string, number>> {
  const found = await pool.query<{ name: string; rows: number }>(
    `select m.name || ' ' || w.size_ms || ' ' || (extract(epoch from w.start_at) * 1000)::bigint as name,
       sum(c.rows)::int as rows
     from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
     join window_content c on c.whole_id = w.id and c.kind = 'input' and c.segment = ''
     where w.size_ms > 0 group by 1 having sum(c.rows) > 0`,
  );
  return new Map(found.rows.map(({ name, rows }) => [name, rows]));
}

function sumOf(maps: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const map of maps) for (const [key, rows] of map) sum.set(key, (sum.get(key) ?? 0) + rows);
  return sum;
}
