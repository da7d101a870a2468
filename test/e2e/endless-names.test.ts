import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { storeBaseline } from '../../src/cli/baseline/create-baseline.ts';
import { silentLog } from '../../src/core/log.ts';
import type { Table } from '../../src/core/table.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { decodeFeatureChunk } from '../../src/window/feature-chunk.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { createTopic, produce, uniqueGroup } from '../harness/kafka/kafka.ts';
import { modelSpec } from '../harness/model-spec.ts';
import { type Program, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';

const MODEL = modelSpec({ name: 'clicks', positiveClass: null });
const WILD = 20_000;
const FRESH_NAMES = 5;
const HONEST = 1_000;
const START_MS = Date.UTC(2026, 0, 10, 12);
/** A container of this size would have ended the process. */
const MOST_MB = 600;

/** A model without a baseline has ten times the columns to make up. */
const UNSEEN = 'unseen';

describeWith(['postgres', 'kafka'], 'a producer whose feature names never repeat', () => {
  let pool: Pool;
  let topic: string;
  let program: Program;
  let highestMb = 0;
  let port: number;

  beforeAll(async () => {
    const { url } = await createDatabase('endless-names');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    topic = await createTopic('endless-names');
    port = await freePort();
    const config = {
      database: url,
      api: { listen: `127.0.0.1:${port}` },
      kafka: {
        brokers: addressOf('kafka'),
        group_id: uniqueGroup('endless-names'),
        topics: { predictions: [topic] },
      },
      models: [
        {
          name: MODEL.name,
          task: 'classification',
          windows: [{ size: '1h', accept_late: '5000d' }],
        },
        { name: UNSEEN, task: 'classification', windows: [{ size: '1h', accept_late: '5000d' }] },
      ],
    };
    await storeBaseline(pool, MODEL, '1', training(), { file: 'training.csv' });
    await sendAll(topic);
    program = startShiftwatch(['serve', '--roles', 'ingest,api'], {
      config,
      env: { NODE_OPTIONS: '--max-old-space-size=256' },
    });
  });

  it('does not stop the partition, and costs nobody else a feature', async () => {
    await until(
      async () => {
        highestMb = Math.max(highestMb, peakRssMb(program.pid));
        return highestMb > MOST_MB || (await position(pool)) === WILD + HONEST;
      },
      { what: 'all records to be stored', everyMs: 100 },
    );
    // As the kernel would do, so that a failure of this test is only that.
    if (highestMb > MOST_MB) await program.kill9();
    expect({ peakMb: highestMb, position: await position(pool) }).toEqual({
      peakMb: expect.toSatisfy((mb: number) => mb <= MOST_MB) as number,
      position: WILD + HONEST,
    });
    const counted = await pool.query<{ outcome: string; n: number }>(
      'select outcome, sum(count)::int as n from event_count group by outcome order by outcome',
    );
    expect(counted.rows).toEqual([{ outcome: 'windowed', n: WILD + HONEST }]);
    const honest = await honestRows(pool);
    expect(honest).toHaveLength(HONEST);
    for (const names of honest) expect(names).toEqual(['amount', 'channel', 'country', 'promised']);
  });

  it('does not fill the memory with one body either', async () => {
    const body = Array.from({ length: WILD }, (_, n) => {
      const fresh = Array.from({ length: FRESH_NAMES }, (__, i) => [`name_${n}_${i}`, i]);
      return JSON.stringify({
        ...event(`posted-${n}`, n, Object.fromEntries(fresh)),
        type: 'prediction',
        model: UNSEEN,
      });
    }).join('\n');
    const posting = fetch(`http://127.0.0.1:${port}/api/v1/events`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    let answer: Response | null = null;
    void posting.then(
      (response) => (answer = response),
      () => undefined,
    );
    await until(
      () => {
        highestMb = Math.max(highestMb, peakRssMb(program.pid));
        return Promise.resolve(answer !== null || highestMb > MOST_MB);
      },
      { what: 'an answer', everyMs: 100 },
    );
    if (highestMb > MOST_MB) await program.kill9();
    expect(highestMb).toBeLessThanOrEqual(MOST_MB);
    const response = await posting;
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ accepted: WILD, dead_letters: [] });
    const stored = await pool.query<{ n: number }>(
      `select count(*)::int as n from admitted_name a join model m on a.scope = 'columns/' || m.id where m.name = $1`,
      [UNSEEN],
    );
    expect(stored.rows).toEqual([{ n: 2_000 }]);
    console.info(`peak ${highestMb} MB`);
  });
});

function peakRssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

async function position(pool: Pool): Promise<number> {
  const found = await pool.query<{ n: number }>(
    'select coalesce(sum(next_offset), 0)::int as n from source_position',
  );
  return found.rows[0]?.n ?? 0;
}

/** Names of the features stored of rows that came from the honest producer. */
async function honestRows(pool: Pool): Promise<string[][]> {
  const chunks = await pool.query<{ data: Buffer }>('select data from prediction_chunk');
  return chunks.rows
    .flatMap(({ data }) => decodeFeatureChunk(data))
    .filter((row) => row.get('channel') === 'honest')
    .map((row) => [...row.keys()].toSorted());
}

async function sendAll(topic: string): Promise<void> {
  // Known before the flood: of what came first nothing gives way.
  await send(topic, 0, 100, (n) => honest(n));
  await send(topic, 0, WILD, (n) => {
    const fresh = Array.from({ length: FRESH_NAMES }, (_, i) => [`name_${n}_${i}`, i]);
    return event(`wild-${n}`, n, Object.fromEntries(fresh) as Record<string, unknown>);
  });
  await send(topic, 100, HONEST, (n) => honest(n));
}

async function send(
  topic: string,
  from: number,
  to: number,
  messageOf: (n: number) => object,
): Promise<void> {
  for (let at = from; at < to; at += 1_000) {
    const length = Math.min(1_000, to - at);
    await produce(
      topic,
      Array.from({ length }, (_, i) => ({ value: messageOf(at + i) })),
    );
  }
}

function honest(n: number): object {
  return event(`honest-${n}`, n, { amount: n % 97, country: 'DE', channel: 'honest', promised: n % 7 });
}

function event(id: string, n: number, features: Record<string, unknown>): object {
  return {
    model: MODEL.name,
    model_version: '1',
    prediction_id: id,
    timestamp: START_MS + (n % 3_000) * 1_000,
    features,
    prediction: n % 2 === 0 ? 'buy' : 'leave',
  };
}

function training(): Table {
  const rows = 400;
  const codes = Int32Array.from({ length: rows }, (_, i) => i % 2);
  return {
    rows,
    features: [
      { name: 'amount', kind: 'numeric', values: Float64Array.from(codes, (_, i) => i % 97), invalid: 0 },
      { name: 'country', kind: 'categorical', codes, levels: ['DE', 'FR'], invalid: 0 },
      { name: 'channel', kind: 'categorical', codes, levels: ['honest', 'web'], invalid: 0 },
    ],
    prediction: { name: 'prediction', kind: 'categorical', codes, levels: ['buy', 'leave'], invalid: 0 },
    score: null,
    label: null,
    timestampMs: null,
    predictionId: null,
  };
}
