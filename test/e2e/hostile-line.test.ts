/**
 * The worst that producers send, through Kafka and over HTTP, to a process with little memory: each message ends where
 * docs/logs.md says, the good ones between them are counted, and what can be mended is replayed.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { idHash } from '../../src/core/ids/id-hash.ts';
import { silentLog } from '../../src/core/log.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { atEnd } from '../harness/cleanup.ts';
import { expectConserved } from '../harness/database/conservation.ts';
import { createDatabase } from '../harness/database/database.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { createTopic, kafkaAdmin, produce, produceWithJava, uniqueGroup } from '../harness/kafka/kafka.ts';
import { type Program, runShiftwatch, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';

const FULL = process.env['SHIFTWATCH_TEST_FULL'] === '1';
/** Every row another category, so that nothing may be remembered of most. */
const CATEGORIES = FULL ? 1_000_000 : 50_000;
/** Of the heap. What batches take while they are unpacked lies outside it, and is bounded by their own limit. */
const HEAP_MB = 160;
const MOST_RESIDENT_MB = 512;
const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'];
/** More than the 64 MiB a batch may unpack to. */
const BOMB = 'x'.repeat(80_000_000);

/** One number to whoever reads them as doubles. */
const EXACT_IDS: Readonly<Record<string, string>> = { http: '9007199254740993', kafka: '9007199254740992' };

const event = (id: string, rest: string, model = 'm'): string =>
  `{"type":"prediction","model":"${model}","prediction_id":"${id}",${rest}}`;
const many = (count: number, one: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => one(index)).join(',');

/** What is sent each way, and the reason of its dead letter; null where it is counted. */
const corpus = (way: string): readonly (readonly [Buffer | string, string | null])[] => [
  [event(`${way}-nan`, '"features":{"a":NaN,"b":-Infinity,"c":1e999},"prediction":1'), null],
  [event(`${way}-twice`, '"features":{"a":1,"a":2},"prediction":1,"prediction":2'), null],
  [event(`${way}-proto`, '"features":{"__proto__":1,"constructor":2},"__proto__":{"x":1}'), null],
  [event(EXACT_IDS[way] ?? 'exact', '"prediction":1'), null],
  ['{"type":"prediction","model":"m","prediction":1,"prediction_id":9007199254740993}', 'invalid_field'],
  [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'too_deep'],
  [event('big', `"features":{"a":"${'x'.repeat(5_000_000)}"}`), 'too_large'],
  [event('wide', `"features":{${many(100_000, (i) => `"f${i}":1`)}}`), 'too_large'],
  [event('broad', `"features":{${many(40_000, (i) => `"f${i}":1`)}}`), 'too_many_features'],
  [Buffer.from([0x7b, 0xff, 0x7d]), 'invalid_utf8'],
  [event(`${way}-nulls`, '"features":null,"tags":null,"prediction":null,"timestamp":null'), 'missing_fields'],
  [event(`${way}-types`, '"features":[1],"prediction":{},"score":"x"'), 'invalid_field'],
  ['"text"', 'not_an_object'],
  ['{"broken', 'malformed_json'],
  [event(`${way}-later`, '"prediction":1', 'unknown'), 'unknown_model'],
];

describeWith(['postgres', 'kafka'], 'hostile messages through the whole line', () => {
  let pool: Pool;
  let topic: string;
  let worker: Program;
  let config: (models: readonly string[]) => object;
  let events: string;

  beforeAll(async () => {
    const { url } = await createDatabase('hostile-line');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    topic = await createTopic('hostile', { config: { 'max.message.bytes': '20000000' } });
    const port = await freePort();
    const group = uniqueGroup('hostile');
    config = (models) => ({
      database: url,
      api: { listen: `127.0.0.1:${port}` },
      kafka: { brokers: addressOf('kafka'), group_id: group, topics: { predictions: [topic] } },
      ingest: { checkpoint_every: '1s' },
      models: models.map((name) => ({
        name,
        task: 'classification',
        segments: ['c'],
        windows: [{ size: '1h', accept_late: '5000d' }],
      })),
    });
    worker = startShiftwatch(['serve', '--roles', 'ingest,api'], {
      config: config(['m']),
      env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` },
    });
    events = `http://127.0.0.1:${port}/api/v1/events`;
    await worker.waitForLine(/"serving"/);
  });

  const post = async (body: Buffer | string, headers: Record<string, string> = {}) =>
    await fetch(events, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
  const reasons = (way: string): string[] => corpus(way).flatMap(([, reason]) => reason ?? []);
  const settled = async (): Promise<void> => {
    const admin = await kafkaAdmin();
    await until(
      async () => {
        const [end] = await admin.fetchTopicOffsets(topic);
        const { rows } = await pool.query<{ next: string }>(
          `select next_offset::text as next from source_position where source = $1`,
          [`kafka:${topic}`],
        );
        return rows[0]?.next === end?.high;
      },
      { what: 'everything to be read and stored', timeoutMs: DEADLINES.longWaitMs, everyMs: 250 },
    );
  };
  const letters = async (source: string): Promise<string[]> =>
    (
      await pool.query<{ reason: string }>('select reason from dead_letter where source = $1 order by id', [
        source,
      ])
    ).rows.map(({ reason }) => reason);

  it('over HTTP', async () => {
    for (const [body, reason] of corpus('http')) {
      const reply = await post(body);
      expect(reply.status).toBe(202);
      const { accepted, dead_letters: dead } = (await reply.json()) as {
        accepted: number;
        dead_letters: { reason: string }[];
      };
      expect({ accepted, dead: dead.map((letter) => letter.reason) }).toEqual(
        reason === null ? { accepted: 1, dead: [] } : { accepted: 0, dead: [reason] },
      );
    }
    const bomb = await post(gzipSync(BOMB), { 'content-encoding': 'gzip' });
    expect(bomb.status).toBe(413);
    expect((await post(event('http-after', '"prediction":1'))).status).toBe(202);
  });

  it('through Kafka, with bombs of each codec, and as many categories as rows', async () => {
    for (const [value] of corpus('kafka')) await produce(topic, [{ value }]);
    await produce(topic, [{ value: null }]);
    for (const codec of CODECS) {
      await produceWithJava(topic, [BOMB], {
        'compression.type': codec,
        'max.request.size': '200000000',
        'buffer.memory': '200000000',
      });
    }
    for (let at = 0; at < CATEGORIES; at += 5_000) {
      const values = Array.from({ length: 5_000 }, (_, n) => ({
        value: event(`c-${at + n}`, `"features":{"c":"category-${at + n}","d":"${at + n}"},"prediction":1`),
      }));
      await produce(topic, values);
    }
    await produce(topic, [{ value: event('kafka-after', '"prediction":1') }]);
    await settled();
    expect((await letters(`kafka:${topic}`)).sort()).toEqual(
      [...reasons('kafka'), 'empty_message', ...CODECS.map(() => 'decompression_limit')].sort(),
    );
  });

  it('has lost nothing, kept ids to the digit, and stayed small', async () => {
    const counted = 2 * corpus('').filter(([, reason]) => reason === null).length + 2 + CATEGORIES;
    const conserved = await expectConserved(pool);
    expect(conserved['prediction']?.['windowed']).toBe(counted);
    const ids = await pool.query<{ id: string }>('select id_hash::text as id from prediction');
    const stored = new Set(ids.rows.map(({ id }) => id));
    for (const id of Object.values(EXACT_IDS)) expect(stored).toContain(`${idHash(id)}`);
    const biggest = await pool.query<{ letter: number; part: number }>(
      `select (select max(length(bytes)) from dead_letter)::int as letter,
        (select max(length(delta)) from window_part)::int as part`,
    );
    expect(biggest.rows[0]?.letter).toBeLessThanOrEqual(65_536);
    expect(biggest.rows[0]?.part).toBeLessThan(1_000_000);
    expect(worker.output()).not.toMatch(/heap out of memory|FATAL ERROR/);
    if (process.platform === 'linux') expect(peakResidentMb(worker.pid)).toBeLessThan(MOST_RESIDENT_MB);
  });

  it('replays what was refused for its model, once that is configured', async () => {
    expect(await worker.stop()).toMatchObject({ code: 0 });
    const replayed = await runShiftwatch(
      ['dead-letters', 'replay'],
      { config: config(['m', 'unknown']) },
      60_000,
    );
    expect(replayed).toMatchObject({ code: 0 });
    const left = await pool.query(
      `select 1 from dead_letter where reason = 'unknown_model' and replayed_at is null`,
    );
    expect(left.rows).toEqual([]);
    const conserved = await expectConserved(pool);
    expect(conserved['prediction']).not.toHaveProperty('unknown_model');
  });
});

/** The most a process has ever had in memory. */
function peakResidentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}
