import { Partitioners } from 'kafkajs';
import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import type { LogSource } from '../../../src/core/events/log-source.ts';
import { createKafkaSource } from '../../../src/ingest/kafka/kafka-source.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { newestIncidents } from '../../../src/store/read-models/log-incidents.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import {
  createTopic,
  deleteRecordsBefore,
  expectTaken,
  kafkaAdmin,
  kafkaClient,
  produce,
  uniqueGroup,
} from '../../harness/kafka/kafka.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { addressOf } from '../../harness/services.ts';
import { until } from '../../harness/wait.ts';
import { partitionConsumer, predictionLine } from '../partition-log.ts';

describeWith(['postgres', 'kafka'], 'a Kafka topic that is not what it was', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('kafka-incidents');
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  /** Reads the topic into the database until it is told to stop, which stores everything. */
  async function reading(topic: string, groupId: string, start: 'earliest' | 'latest' = 'earliest') {
    const consumer = await partitionConsumer(pool, {
      specs: [modelSpec()],
      startAtEnd: start === 'latest',
      checkpointEveryMs: 200,
    });
    const source: LogSource = createKafkaSource({
      brokers: addressOf('kafka').split(','),
      groupId,
      start,
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

  const send = async (topic: string, version: string, count: number): Promise<void> =>
    await produce(
      topic,
      Array.from({ length: count }, (_, n) => ({ value: predictionLine(`${version}-${n}`, version) })),
    );

  async function counted(version: string): Promise<number> {
    const found = await pool.query<{ n: number }>(
      `select coalesce(sum(p.rows), 0)::int as n from window_part p join "window" w on w.id = p.window_id
       join model_version v on v.id = w.model_version_id where v.name = $1 and p.segment = ''`,
      [version],
    );
    return found.rows[0]?.n ?? 0;
  }

  const reaches = async (version: string, count: number): Promise<unknown> =>
    await until(async () => (await counted(version)) === count, {
      what: `${count} rows of ${version}`,
      everyMs: 100,
    });

  const incidents = async (
    topic: string,
  ): Promise<{ readonly kind: string; readonly from: string; readonly to: string }[]> =>
    (await newestIncidents(pool))
      .filter(({ source }) => source === `kafka:${topic}`)
      .map(({ kind, from_offset: from, to_offset: to }) => ({ kind, from, to }));

  /** Under the same name, as somebody does who wants it empty. */
  async function recreate(topic: string): Promise<void> {
    const admin = await kafkaAdmin();
    await admin.deleteTopics({ topics: [topic] });
    await until(async () => !(await admin.listTopics()).includes(topic), { what: 'the topic to be gone' });
    const made = async (): Promise<boolean> =>
      // False where a try that failed has made it all the same.
      (await admin.createTopics({ topics: [{ topic }], waitForLeaders: false })) ||
      (await admin.listTopics()).includes(topic);
    await until(made, { what: 'the topic to be made anew' });
    // The shared producer knows the old topic; a new one does not.
    const producer = kafkaClient().producer();
    await producer.connect();
    await until(async () => await producer.send({ topic, messages: [{ value: 'garbage' }] }), {
      what: 'the new topic to take a record',
    });
    await producer.disconnect();
  }

  it('was cut by retention while nobody read: the loss is told, the rest is read', async () => {
    const [topic, group] = [await createTopic('cut'), uniqueGroup('cut')];
    await send(topic, 'cut', 100);
    const first = await reading(topic, group);
    await reaches('cut', 100);
    await first.stop(5_000);
    await send(topic, 'cut-later', 100);
    await deleteRecordsBefore(topic, 0, 150n);
    await reading(topic, group);
    await reaches('cut-later', 50);
    expect(await incidents(topic)).toEqual([{ kind: 'records_lost', from: '100', to: '150' }]);
  });

  it('was made anew while nobody read, and is longer than it was', async () => {
    const [topic, group] = [await createTopic('anew'), uniqueGroup('anew')];
    await send(topic, 'first', 20);
    const first = await reading(topic, group);
    await reaches('first', 20);
    await first.stop(5_000);
    await recreate(topic);
    await send(topic, 'second', 50);
    await reading(topic, group);
    await reaches('second', 50);
    expect(await incidents(topic)).toEqual([{ kind: 'log_recreated', from: '20', to: '0' }]);
  });

  it('was made anew while it is read', async () => {
    const [topic, group] = [await createTopic('live'), uniqueGroup('live')];
    await send(topic, 'before', 200);
    const source = await reading(topic, group);
    await reaches('before', 200);
    await recreate(topic);
    await send(topic, 'after', 30);
    await reaches('after', 30);
    expect(await incidents(topic)).toEqual([{ kind: 'log_recreated', from: '200', to: '0' }]);
    expect(source.health().alive).toBe(true);
  });

  it('was made anew while it is read, and has grown longer at once', async () => {
    const [topic, group] = [await createTopic('grown'), uniqueGroup('grown')];
    for (const round of [1, 2, 3]) {
      const rows = round * 40;
      if (round === 1) await send(topic, 'round-1', rows);
      await (round === 1 ? reading(topic, group) : recreate(topic));
      if (round > 1) await send(topic, `round-${round}`, rows);
      await reaches(`round-${round}`, rows);
    }
    expect((await incidents(topic)).map(({ kind }) => kind)).toEqual(['log_recreated', 'log_recreated']);
  });

  it('is read from its end when that is asked for, and from there on without a hole', async () => {
    const [topic, group] = [await createTopic('end'), uniqueGroup('end')];
    await send(topic, 'too-early', 30);
    const first = await reading(topic, group, 'latest');
    await until(async () => (await first.lag())[0]?.position === 30n, { what: 'the end to be found' });
    await send(topic, 'from-here', 10);
    await reaches('from-here', 10);
    await first.stop(5_000);
    await send(topic, 'while-away', 10);
    // What is added later is no backlog: nobody could have read it before.
    const admin = await kafkaAdmin();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    // The answer comes before the broker tells anybody of the partition.
    const known = async (): Promise<boolean> => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length === 2;
    };
    await until(known, { what: 'the partition to be known' });
    // Made after it: an older producer does not know of the partition yet.
    const producer = kafkaClient().producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const added = [0, 1, 2].map((n) => ({ value: predictionLine(`added-${n}`, 'added'), partition: 1 }));
    expectTaken(added, await producer.send({ topic, messages: added }));
    await producer.disconnect();
    await reading(topic, group, 'latest');
    await reaches('while-away', 10);
    await reaches('added', 3);
    expect(await counted('too-early')).toBe(0);
    expect(await incidents(topic)).toEqual([]);
  });

  it('has lost nothing else', async () => {
    await expectConserved(pool);
  });
});
