import { expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import type { LogSource } from '../../../src/core/events/log-source.ts';
import type { KafkaOptions } from '../../../src/ingest/kafka/kafka-options.ts';
import { createKafkaSource } from '../../../src/ingest/kafka/kafka-source.ts';
import { createKafkaProducer } from '../../../src/ingest/kafka/producer.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { describeWith } from '../../harness/describe-with.ts';
import {
  committedOffsets,
  createTopic,
  kafkaAdmin,
  kafkaClient,
  produce,
  produceWithJava,
  produceWithKcat,
  uniqueGroup,
} from '../../harness/kafka/kafka.ts';
import { addressOf } from '../../harness/services.ts';
import { until } from '../../harness/wait.ts';
import { createLedger, createLedgerHandler } from './kafka-ledger.ts';

const lines = (count: number, prefix = 'n') =>
  Array.from({ length: count }, (_, index) => `{"${prefix}":${index},"pad":"${'x'.repeat(60)}"}`);
const messages = (values: readonly string[]) => values.map((value) => ({ value }));

function sourceOf(topics: readonly string[], options: Partial<KafkaOptions> = {}): LogSource {
  const source = createKafkaSource({
    brokers: addressOf('kafka').split(','),
    groupId: uniqueGroup('source'),
    start: 'earliest',
    topics: topics.map((topic) => ({ topic, eventType: 'prediction' })),
    sessionTimeoutMs: 30_000,
    heartbeatEveryMs: 300,
    pollEveryMs: 200,
    retryAfterMs: 100,
    ...options,
  });
  atEnd(() => source.stop(5_000));
  return source;
}

describeWith(['kafka'], 'the Kafka source', () => {
  it('reads what Java, C and JavaScript producers compress, with every codec', async () => {
    const topic = await createTopic('codecs');
    const wanted: string[] = [];
    const batch = (name: string) => {
      const values = lines(200, name);
      wanted.push(...values);
      return values;
    };
    for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
      await produceWithJava(topic, batch(`java-${codec}`), { 'compression.type': codec });
      await produceWithKcat(topic, batch(`kcat-${codec}`), { 'compression.codec': codec });
    }
    const producer = createKafkaProducer({ brokers: addressOf('kafka').split(',') });
    await producer.connect();
    await producer.send(
      topic,
      batch('kafkajs').map((value) => ({ key: 'k', value, timestampMs: 1_772_366_400_000 })),
    );
    await producer.close();

    const ledger = createLedger();
    const source = sourceOf([topic]);
    await source.start(createLedgerHandler(ledger));
    await until(() => ledger.values.length >= wanted.length, { what: 'all batches to be read' });
    expect(ledger.values).toEqual(wanted);
    expect(ledger.records.every(({ unreadable }) => unreadable === undefined)).toBe(true);
    expect(ledger.records.at(-1)).toMatchObject({ timestampMs: 1_772_366_400_000, key: Buffer.from('k') });
  });

  it('begins where the handler’s store says, whatever Kafka has committed', async () => {
    const topic = await createTopic('resume');
    const groupId = uniqueGroup('resume');
    await produce(topic, messages(lines(80)));
    const before = sourceOf([topic], { groupId });
    await before.start(createLedgerHandler(createLedger()));
    await until(async () => (await committedOffsets(groupId, topic)).get(0) === 80n, { what: 'a commit' });
    await before.stop(5_000);
    await produce(topic, messages(lines(100).slice(80)));

    const ledger = createLedger();
    ledger.positions.set(`${topic}/0`, 30n);
    const handler = createLedgerHandler(ledger);
    const source = sourceOf([topic], { groupId });
    await source.start(handler);
    await until(() => ledger.values.length >= 70, { what: 'the rest of the topic' });
    expect(ledger.values).toEqual(lines(100).slice(30));
    expect(handler.batches[0]).toMatchObject({ fromOffset: 80n, highOffset: 100n, eventType: 'prediction' });
    expect(handler.batches.at(-1)).toMatchObject({ source: `kafka:${topic}`, partition: 0 });
    await until(async () => (await committedOffsets(groupId, topic)).get(0) === 100n, {
      what: 'the position to be committed for lag tools',
    });
  });

  it('goes back to a stored position although nothing new arrives', async () => {
    const topic = await createTopic('restored');
    const groupId = uniqueGroup('restored');
    await produce(topic, messages(lines(10)));
    const before = sourceOf([topic], { groupId });
    await before.start(createLedgerHandler(createLedger()));
    await until(async () => (await committedOffsets(groupId, topic)).get(0) === 10n, { what: 'a commit' });
    await before.stop(5_000);

    const ledger = createLedger();
    ledger.positions.set(`${topic}/0`, 4n);
    const handler = createLedgerHandler(ledger);
    handler.tellsPositions = true;
    await sourceOf([topic], { groupId }).start(handler);
    await until(() => ledger.values.length === 6, { what: 'the records after the stored position' });
    expect(handler.batches.map(({ fromOffset }) => fromOffset)).toEqual([4n]);
  });

  it('shows that records are gone by where it had to begin', async () => {
    const topic = await createTopic('truncated');
    await produce(topic, messages(lines(30)));
    const admin = await kafkaAdmin();
    // kafkajs looks the leader up before it has asked for the topic's metadata; this asks for it.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '12' }] });

    const ledger = createLedger();
    ledger.positions.set(`${topic}/0`, 5n);
    const handler = createLedgerHandler(ledger);
    const begins: bigint[] = [];
    // Asked for once more, and still gone: as a handler would, go on with what is left.
    handler.during = ({ fromOffset }) => {
      begins.push(fromOffset);
      if (begins.length === 2) ledger.positions.set(`${topic}/0`, fromOffset);
      return Promise.resolve();
    };
    await sourceOf([topic]).start(handler);
    await until(() => ledger.values.length === 18, { what: 'the records that are left' });
    expect(begins).toEqual([12n, 12n]);
    expect(ledger.values).toEqual(lines(30).slice(12));
  });

  it('hands over chunks, and goes back when the handler says so in the middle', async () => {
    const topic = await createTopic('chunks');
    await produce(topic, messages(lines(95)));
    const ledger = createLedger();
    const handler = createLedgerHandler(ledger);
    let wentBack = false;
    handler.during = (batch) => {
      if (batch.records.at(0)?.offset === 40n && !wentBack) {
        wentBack = true;
        ledger.positions.set(`${topic}/0`, 20n);
        ledger.values.length = 20;
        ledger.records.length = 20;
      }
      return batch.heartbeat();
    };
    const source = sourceOf([topic], { chunkRecords: 20 });
    await source.start(handler);
    await until(() => ledger.values.length >= 95, { what: 'all records' });
    expect(wentBack).toBe(true);
    expect(ledger.values).toEqual(lines(95));
    expect(handler.batches.every(({ records }) => records.length <= 20)).toBe(true);
  });

  it('shares partitions between processes, and loses or doubles nothing in a rebalance', async () => {
    const topic = await createTopic('rebalance', { partitions: 4 });
    const groupId = uniqueGroup('rebalance');
    const ledger = createLedger();
    const [first, second] = [createLedgerHandler(ledger), createLedgerHandler(ledger)];
    const slowly = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    first.during = slowly;
    second.during = slowly;
    const sources = [sourceOf([topic], { groupId }), sourceOf([topic], { groupId })] as const;
    const values = lines(2_000);
    const spread = (from: number, to: number) =>
      produce(
        topic,
        values.slice(from, to).map((value, index) => ({ value, partition: index % 4 })),
      );

    await sources[0].start(first);
    await until(() => first.assigned.length === 4, { what: 'the first to own all partitions' });
    await spread(0, 500);
    await sources[1].start(second);
    await spread(500, 1_000);
    await until(() => first.assigned.length === 2 && second.assigned.length === 2, {
      what: 'the partitions to be shared',
    });
    expect(first.calls).toContain('revoked');
    expect(second.calls).not.toContain('revoked');
    await spread(1_000, 1_500);
    await sources[0].stop(5_000);
    await spread(1_500, 2_000);
    await until(() => second.assigned.length === 4, { what: 'the second to take over' });
    await until(() => ledger.values.length >= 2_000, { what: 'all records' });
    expect(ledger.values.toSorted()).toEqual(values.toSorted());
  });

  it('lets the handler store what it holds before it leaves, and tells Kafka', async () => {
    const topic = await createTopic('last-words');
    const groupId = uniqueGroup('last-words');
    const ledger = createLedger();
    const handler = createLedgerHandler(ledger);
    let stopping = 0;
    const source = sourceOf([topic], { groupId, pollEveryMs: 60_000 });
    await produce(topic, [{ value: 'a' }, { value: 'b' }]);
    await source.start({
      ...handler,
      onStopping: () => {
        stopping += 1;
        return Promise.resolve([{ topic, partition: 0, committedOffset: 2n }]);
      },
    });
    await until(() => ledger.values.length === 2, { what: 'both records' });
    await source.stop(5_000);
    expect(stopping).toBe(1);
    expect(await committedOffsets(groupId, topic)).toEqual(new Map([[0, 2n]]));
  });

  it('waits out a handler that fails, and says so', async () => {
    const topic = await createTopic('outage');
    await produce(topic, messages(lines(10)));
    const ledger = createLedger();
    const handler = createLedgerHandler(ledger);
    handler.failWith = new Error('the database is away');
    const source = sourceOf([topic]);
    await source.start(handler);
    await until(() => handler.calls.filter((call) => call === 'records').length >= 3, {
      what: 'three attempts',
    });
    expect(source.health()).toMatchObject({ alive: true, reason: expect.stringContaining('away') });
    handler.failWith = null;
    await until(() => ledger.values.length === 10, { what: 'the records after the outage' });
    expect(source.health()).toMatchObject({ alive: true, reason: null });
  });

  it('keeps its membership while a handler works longer than a session', async () => {
    const topic = await createTopic('slow');
    await produce(topic, messages(lines(3)));
    const ledger = createLedger();
    const handler = createLedgerHandler(ledger);
    handler.during = async (batch) => {
      const until = Date.now() + 9_000;
      while (Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await batch.heartbeat();
      }
    };
    const source = sourceOf([topic], { sessionTimeoutMs: 6_000, heartbeatEveryMs: 100 });
    await source.start(handler);
    await until(() => ledger.values.length === 3, { what: 'the slow batch' });
    expect(handler.calls).toEqual(['assigned', 'records']);
  });

  it('knows the ends of idle partitions, past control records too', async () => {
    const topic = await createTopic('idle', { partitions: 2 });
    const producer = kafkaClient().producer({
      transactionalId: uniqueGroup('transaction'),
      maxInFlightRequests: 1,
    });
    await producer.connect();
    for (const ending of ['commit', 'abort', 'commit'] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: ending, partition: 0 }] });
      await transaction[ending]();
    }
    await producer.disconnect();

    const ledger = createLedger();
    const handler = createLedgerHandler(ledger);
    const source = sourceOf([topic]);
    await source.start(handler);
    await until(() => handler.lags.some(({ lag }) => lag === 0n), { what: 'no lag' });
    expect(ledger.values).toEqual(['commit', 'commit']);
    expect(handler.assigned).toMatchObject([
      { topic, partition: 0, highOffset: 6n },
      { topic, partition: 1, highOffset: 0n },
    ]);
    expect(await source.lag()).toMatchObject([
      { source: `kafka:${topic}`, partition: 0, position: 6n, lowOffset: 0n, highOffset: 6n, lag: 0n },
      { partition: 1, position: null, highOffset: 0n, lag: null },
    ]);
  });

  it('turns a batch it must not unpack into one record, and goes on', async () => {
    const topic = await createTopic('bomb');
    await produce(topic, messages(lines(5, 'before')));
    await produceWithKcat(topic, lines(3_000, 'bomb'), {
      'compression.codec': 'zstd',
      'linger.ms': '1000',
    });
    await produce(topic, messages(lines(5, 'after')));

    const ledger = createLedger();
    const source = sourceOf([topic], { maxUnpackedBytes: 50_000 });
    await source.start(createLedgerHandler(ledger));
    await until(() => ledger.values.at(-1) === lines(5, 'after').at(-1), {
      what: 'the batch after the bomb',
    });
    const unreadable = ledger.records.filter((record) => record.unreadable !== undefined);
    expect(unreadable.length).toBeGreaterThan(0);
    const covered = unreadable.reduce((sum, { unreadable: range }) => sum + (range?.records ?? 0), 0);
    expect(ledger.values.length - unreadable.length + covered).toBe(3_010);
    expect(unreadable[0]?.unreadable).toMatchObject({ reason: 'decompression_limit', firstOffset: 5n });
    expect(ledger.positions.get(`${topic}/0`)).toBe(3_010n);
  });

  it('finds new partitions within seconds', async () => {
    const topic = await createTopic('grows');
    const ledger = createLedger();
    const handler = createLedgerHandler(ledger);
    await sourceOf([topic]).start(handler);
    await until(() => handler.assigned.length === 1, { what: 'the partition that there is' });
    const admin = await kafkaAdmin();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    const producer = createKafkaProducer({ brokers: addressOf('kafka').split(',') });
    await producer.connect();
    atEnd(() => producer.close());
    await until(() => handler.assigned.length === 3, { what: 'all partitions' });
    const values = lines(60);
    await producer.send(
      topic,
      values.map((value) => ({ key: value, value })),
    );
    await until(() => ledger.values.length === 60, {
      what: 'what the new partitions hold',
    });
    expect(ledger.values.toSorted()).toEqual(values.toSorted());
  });

  it('says which topics are missing and how they are made, without a stack, and finds them', async () => {
    const [one, two] = [uniqueGroup('absent'), uniqueGroup('absent-too')];
    const said: { fields: object; message: string }[] = [];
    const line = (fields: object, message: string): void => void said.push({ fields, message });
    const handler = createLedgerHandler(createLedger());
    const source = sourceOf([one, two], { log: { ...silentLog, warn: line, error: line } });
    await source.start(handler);
    const reason = source.health().reason ?? '';
    expect(reason).toContain(`no topic ${one} and no topic ${two}`);
    expect(reason).toContain(`--create --topic ${one}`);
    expect(reason).not.toMatch(/cannot be reached|advertise/);
    expect(said).toMatchObject([{ fields: { topics: [one, two], fix: expect.stringContaining('Create') } }]);
    expect(said[0]?.fields).not.toHaveProperty('err');
    const admin = await kafkaAdmin();
    await admin.createTopics({ topics: [{ topic: one }, { topic: two }], waitForLeaders: true });
    atEnd(() => admin.deleteTopics({ topics: [one, two] }));
    await until(() => handler.assigned.length === 2, { what: 'both topics' });
    expect(source.health()).toMatchObject({ alive: true, reason: null });
  });

  it('finds a topic that is created later', async () => {
    const early = await createTopic('early');
    const late = `${early}-late`;
    const handler = createLedgerHandler(createLedger());
    const source = sourceOf([early, late]);
    await source.start(handler);
    await until(() => handler.assigned.length === 1, { what: 'the topic that exists' });
    expect(source.health()).toMatchObject({ alive: true, reason: expect.stringContaining(late) });
    const admin = await kafkaAdmin();
    await admin.createTopics({ topics: [{ topic: late }], waitForLeaders: true });
    atEnd(() => admin.deleteTopics({ topics: [late] }));
    await until(() => handler.assigned.length === 2, { what: 'both topics' });
    expect(source.health()).toMatchObject({ alive: true, reason: null });
  });
});
