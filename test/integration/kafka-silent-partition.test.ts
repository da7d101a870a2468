import { Partitioners, type Producer } from 'kafkajs';
import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { createKafkaSource } from '../../src/ingest/kafka/kafka-source.ts';
import { createPool, type Pool } from '../../src/store/pool.ts';
import { newestIncidents } from '../../src/store/read-models/log-incidents.ts';
import { loadModelProgress } from '../../src/store/watermarks.ts';
import { atEnd } from '../harness/cleanup.ts';
import { expectConserved } from '../harness/conservation.ts';
import { createDatabase } from '../harness/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { createTopic, deleteRecordsBefore, kafkaClient, produce, uniqueGroup } from '../harness/kafka.ts';
import { modelSpec } from '../harness/model-spec.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';
import { partitionConsumer, predictionLine } from './partition-log.ts';

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

  async function ownProducer(): Promise<Producer> {
    const producer = kafkaClient().producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      transactionalId: uniqueGroup('silent'),
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

  it('loses and doubles nothing', async () => {
    const lost = (await newestIncidents(pool)).filter(({ source }) => !source.includes('deleted'));
    expect(lost).toEqual([]);
    await expectConserved(pool);
  });
});
