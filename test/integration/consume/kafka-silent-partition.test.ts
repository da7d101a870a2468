import { Partitioners, type Producer } from 'kafkajs';
import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createKafkaSource } from '../../../src/ingest/kafka/kafka-source.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { newestIncidents } from '../../../src/store/read-models/log-incidents.ts';
import { loadModelProgress } from '../../../src/store/log/watermarks.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import {
  createTopic,
  deleteRecordsBefore,
  kafkaClient,
  produce,
  uniqueGroup,
} from '../../harness/kafka/kafka.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { addressOf } from '../../harness/services.ts';
import { until } from '../../harness/wait.ts';
import { partitionConsumer, predictionLine } from '../partition-log.ts';

describeWith(['postgres', 'kafka'], 'a silent partition that ends in what nobody is to see', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('kafka-silent');
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  async function reading(topic: string, groupId = uniqueGroup('silent')) {
    const consumer = await partitionConsumer(pool, { specs: [modelSpec()], checkpointEveryMs: 100 });
    const source = createKafkaSource({
      brokers: addressOf('kafka').split(','),
      groupId,
      start: 'earliest',
      topics: [{ topic, eventType: 'prediction' }],
      sessionTimeoutMs: 6_000,
      heartbeatEveryMs: 300,
      pollEveryMs: 300,
      retryAfterMs: 100,
    });
    atEnd(() => source.stop(5_000));
    await source.start(consumer);
    return source;
  }

  const send = async (topic: string, count: number): Promise<void> =>
    await produce(
      topic,
      Array.from({ length: count }, (_, n) => ({ value: predictionLine(`${topic}-${n}`, topic) })),
    );

  async function ownProducer(transactionalId = uniqueGroup('silent')): Promise<Producer> {
    const producer = kafkaClient().producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    atEnd(() => producer.disconnect());
    return producer;
  }

  async function transaction(topic: string, records: number, ending: 'commit' | 'abort'): Promise<void> {
    const begun = await (await ownProducer()).transaction();
    const messages = Array.from({ length: records }, (_, n) => ({
      value: predictionLine(`${topic}-${ending}-${n}`, topic),
    }));
    await begun.send({ topic, messages });
    await begun[ending]();
  }

  /** The position stored is the end of the log, and nothing of it holds the model's windows open. */
  async function isReadTo(topic: string, end: bigint): Promise<void> {
    const source = `kafka:${topic}`;
    await until(
      async () => {
        const found = await pool.query<{ next: string; high: string }>(
          'select next_offset::text as next, high_offset::text as high from source_position where source = $1',
          [source],
        );
        return found.rows[0]?.next === `${end}` && found.rows[0].high === `${end}`;
      },
      { what: `the position of ${topic} to be stored as ${end}` },
    );
    const { byModel } = await loadModelProgress(pool, [1], [source]);
    expect(byModel.get(1)?.filter((row) => row.source === source)).toMatchObject([{ caughtUp: true }]);
  }

  async function rowsOf(version: string): Promise<number> {
    const found = await pool.query<{ n: number }>(
      `select coalesce(sum(p.rows), 0)::int as n from window_part p join "window" w on w.id = p.window_id
       join model_version v on v.id = w.model_version_id where v.name = $1 and p.kind = 'input' and p.segment = ''`,
      [version],
    );
    return found.rows[0]?.n ?? 0;
  }

  it('a marker', async () => {
    const topic = await createTopic('silent-marker');
    await transaction(topic, 3, 'commit');
    await reading(topic);
    await isReadTo(topic, 4n);
  });

  it('an aborted tail', async () => {
    const topic = await createTopic('silent-aborted');
    await reading(topic);
    await send(topic, 5);
    await transaction(topic, 100, 'abort');
    await isReadTo(topic, 106n);
  });

  it('several markers, one after the other', async () => {
    const topic = await createTopic('silent-markers');
    const begun = await Promise.all([1, 2, 3].map(async () => await (await ownProducer()).transaction()));
    for (const one of begun) await one.send({ topic, messages: [{ value: predictionLine(null, topic) }] });
    for (const one of begun) await one.commit();
    await reading(topic);
    await isReadTo(topic, 6n);
  });

  it('nothing but what was aborted, from its beginning', async () => {
    const topic = await createTopic('silent-nothing');
    await transaction(topic, 7, 'abort');
    const groupId = uniqueGroup('silent');
    const first = await reading(topic, groupId);
    await isReadTo(topic, 8n);
    await first.stop(5_000);
    await transaction(topic, 1, 'abort');
    await reading(topic, groupId);
    await isReadTo(topic, 10n);
  });

  it('records that were deleted before they were read: told of at once, not when the next one comes', async () => {
    const topic = await createTopic('silent-deleted');
    const groupId = uniqueGroup('silent');
    await send(topic, 5);
    const first = await reading(topic, groupId);
    await isReadTo(topic, 5n);
    await first.stop(5_000);
    await send(topic, 100);
    await deleteRecordsBefore(topic, 0, 105n);
    await reading(topic, groupId);
    await isReadTo(topic, 105n);
    const incidents = (await newestIncidents(pool)).filter(({ source }) => source === `kafka:${topic}`);
    expect(incidents).toMatchObject([
      { kind: 'records_lost', from_offset: '5', to_offset: '105', records: 100 },
    ]);
  });

  it('records that were all deleted before anybody read', async () => {
    const topic = await createTopic('silent-deleted-first');
    await send(topic, 20);
    await deleteRecordsBefore(topic, 0, 20n);
    await reading(topic);
    await isReadTo(topic, 20n);
    await send(topic, 1);
    await isReadTo(topic, 21n);
    // Nobody had begun, so nobody has lost anything.
    expect((await newestIncidents(pool)).filter(({ source }) => source === `kafka:${topic}`)).toEqual([]);
  });

  it('a transaction that its producer has left open, and that the broker ends when it comes back', async () => {
    const topic = await createTopic('silent-hanging');
    const id = uniqueGroup('silent');
    await send(topic, 5);
    const open = await (await ownProducer(id)).transaction();
    await open.send({ topic, messages: [{ value: predictionLine(`${topic}-open`, topic) }] });
    await send(topic, 3);
    await reading(topic);
    // The end is where it begins: nothing behind it can be read by anybody.
    await isReadTo(topic, 5n);
    const successor = await (await ownProducer(id)).transaction();
    await isReadTo(topic, 10n);
    await successor.send({ topic, messages: [{ value: predictionLine(`${topic}-next`, topic) }] });
    await successor.commit();
    await isReadTo(topic, 12n);
    // Ids of the three behind it were known by then; the one left open counts nowhere.
    expect(await rowsOf(topic)).toBe(6);
  });

  it('no record ever, in all partitions but one', async () => {
    const topic = await createTopic('silent-unused', { partitions: 12 });
    await produce(topic, [{ value: predictionLine(`${topic}-7`, topic), partition: 7 }]);
    await reading(topic);
    const source = `kafka:${topic}`;
    const progress = async () =>
      (await loadModelProgress(pool, [1], [source])).byModel.get(1)?.filter((row) => row.source === source);
    await until(async () => (await rowsOf(topic)) === 1, { what: 'the one row' });
    await until(async () => (await progress())?.every(({ caughtUp }) => caughtUp), {
      what: 'nothing to hold the windows open',
    });
  });

  it('loses and doubles nothing', async () => {
    const lost = (await newestIncidents(pool)).filter(({ source }) => !source.includes('deleted'));
    expect(lost).toEqual([]);
    await expectConserved(pool);
  });
});
