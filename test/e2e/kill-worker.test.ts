import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { InputProfile } from '../../src/stats/profile/input-profile.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import {
  createTopic,
  hasKcat,
  kafkaAdmin,
  produce,
  produceWithKcat,
  uniqueGroup,
} from '../harness/kafka/kafka.ts';
import { type Program, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';

const MODEL = 'clicks';
const PARTITIONS = 4;
const ROUNDS = 10;
const FRESH = 4_000;
const REPEATED = 50;
const GARBAGE = 4;
const START_MS = Date.UTC(2026, 0, 10);
const MINUTE_MS = 60_000;

/** What was sent, so that what is stored can be held against it. */
const sent = { fresh: 0, repeated: 0, garbage: 0 };

describeWith(['postgres', 'kafka'], 'a worker killed while it reads', () => {
  let topic: string;
  let pool: Pool;
  let survivor: Program;
  let victim: Program;

  beforeAll(async () => {
    const { url } = await createDatabase('kill-worker');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    topic = await createTopic('kill-worker', { partitions: PARTITIONS });
    const config = {
      database: url,
      kafka: {
        brokers: addressOf('kafka'),
        group_id: uniqueGroup('kill-worker'),
        session_timeout: '10s',
        topics: { predictions: [topic] },
      },
      ingest: { checkpoint_every: '1s' },
      models: [
        {
          name: MODEL,
          task: 'classification',
          windows: [{ size: '1h', accept_late: '5000d' }],
          segments: ['country'],
        },
      ],
    };
    [survivor, victim] = [0, 1].map(() => startShiftwatch(['serve', '--roles', 'ingest'], { config })) as [
      Program,
      Program,
    ];
    await Promise.all([survivor, victim].map((worker) => worker.waitForLine(/"serving"/)));
    // The group has settled once both have stored something of theirs.
    await until(
      async () => {
        await send(topic, 100, 0, 0);
        return (await owned(pool, survivor)).partitions > 0 && (await owned(pool, victim)).partitions > 0;
      },
      { everyMs: 1_000, what: 'both workers to read' },
    );
  });

  it('leaves counts that are exact', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const sending = send(topic, FRESH, REPEATED, GARBAGE);
      if (round === ROUNDS / 2) {
        const { read } = await owned(pool, victim);
        await until(async () => (await owned(pool, victim)).read > read, {
          what: 'the victim to store a part',
        });
        // Frozen, so that however long it takes to say so, something that it has not stored is there when it dies.
        process.kill(victim.pid, 'SIGSTOP');
        await sending;
        await send(topic, 100, 0, 0);
        await victim.kill9();
        const { lag } = await log(pool, topic);
        expect(lag, 'records in flight when it was killed').toBeGreaterThan(0);
      }
      await sending;
    }
    await until(async () => (await log(pool, topic)).lag === 0, {
      everyMs: 250,
      what: 'the survivor to read all partitions to their end',
    });
    const total = sent.fresh + sent.repeated + sent.garbage;
    expect((await log(pool, topic)).end).toBe(total);

    const outcomes = await pool.query<{ outcome: string; n: number }>(
      'select outcome, sum(count)::int as n from event_count group by outcome order by outcome',
    );
    expect(Object.fromEntries(outcomes.rows.map(({ outcome, n }) => [outcome, n]))).toEqual({
      dead_letter: sent.garbage,
      duplicate: sent.repeated,
      windowed: sent.fresh,
    });
    const rows = await pool.query<Record<string, number>>(
      `select (select count(*)::int from prediction) as predictions,
        (select count(distinct id_hash)::int from prediction) as ids,
        (select sum(rows)::int from prediction_chunk) as stored,
        (select count(*)::int from dead_letter) as letters,
        (select count(distinct (partition, "offset"))::int from dead_letter) as garbage`,
    );
    expect(rows.rows[0]).toEqual({
      predictions: sent.fresh,
      ids: sent.fresh,
      stored: sent.fresh,
      letters: sent.garbage,
      garbage: sent.garbage,
    });
    const { whole, bySegment } = await countedIntoWindows(pool);
    expect(whole).toBe(sent.fresh);
    expect(bySegment).toBe(sent.fresh);
  });

  it('was the only one to end: the survivor owns every partition and stops when asked', async () => {
    expect((await owned(pool, survivor)).partitions).toBe(PARTITIONS);
    expect(await survivor.stop()).toMatchObject({ code: 0 });
  });
});

/** Appends new predictions, repetitions of earlier ones, and garbage, spread over the partitions at random. */
async function send(topic: string, fresh: number, repeated: number, garbage: number): Promise<void> {
  const lines: string[] = [];
  for (let n = 0; n < repeated; n += 1) lines.push(prediction((n * 37) % sent.fresh));
  for (let n = 0; n < garbage; n += 1) lines.push(`garbage ${sent.garbage + n}`);
  for (let n = 0; n < fresh; n += 1) lines.push(prediction(sent.fresh + n));
  sent.fresh += fresh;
  sent.repeated += repeated;
  sent.garbage += garbage;
  if (hasKcat()) await produceWithKcat(topic, lines, { 'sticky.partitioning.linger.ms': '0' });
  else
    await produce(
      topic,
      lines.map((value) => ({ value })),
    );
}

function prediction(n: number): string {
  return JSON.stringify({
    model: MODEL,
    prediction_id: `click-${n}`,
    timestamp: new Date(START_MS + (n % 300) * MINUTE_MS).toISOString(),
    features: { x: n % 97, country: n % 3 === 0 ? 'de' : 'fr' },
    prediction: n % 2,
    score: (n % 101) / 100,
  });
}

/** What a worker has: partitions of its own, and how much of them is stored. */
async function owned(pool: Pool, { pid }: Program): Promise<{ partitions: number; read: number }> {
  const found = await pool.query<{ partitions: number; read: number }>(
    `select count(*)::int as partitions, coalesce(sum(next_offset), 0)::int as read from source_position
     where owner like '%/' || $1::text`,
    [pid],
  );
  return found.rows[0] ?? { partitions: 0, read: 0 };
}

/** Where the log ends, and how much of it is not stored. */
async function log(pool: Pool, topic: string): Promise<{ end: number; lag: number }> {
  const ends = await (await kafkaAdmin()).fetchTopicOffsets(topic);
  const end = ends.reduce((sum, { high }) => sum + Number(high), 0);
  const stored = await pool.query<{ n: number }>(
    'select coalesce(sum(next_offset), 0)::int as n from source_position',
  );
  return { end, lag: end - (stored.rows[0]?.n ?? 0) };
}

/** Adds the windows' deltas up, as an evaluation would. */
async function countedIntoWindows(pool: Pool): Promise<{ whole: number; bySegment: number }> {
  const parts = await pool.query<{ segment: string; delta: Buffer }>(
    `select segment, delta from window_part where kind = 'input'`,
  );
  let whole = 0;
  let bySegment = 0;
  for (const { segment, delta } of parts.rows) {
    const { rows } = InputProfile.decode(delta, null, 'classification');
    if (segment === '') whole += rows;
    else bySegment += rows;
  }
  return { whole, bySegment };
}
