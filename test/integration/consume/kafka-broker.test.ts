import { type Consumer, Partitioners } from 'kafkajs';
import { afterEach, expect, inject, it } from 'vitest';
import { describeWith } from '../../harness/describe-with.ts';
import {
  committedOffsets,
  createTopic,
  deleteRecordsBefore,
  hasKcat,
  kafkaAdmin,
  kafkaClient,
  produce,
  produceWithJava,
  produceWithKcat,
  uniqueGroup,
} from '../../harness/kafka/kafka.ts';

/** What a member of a group received, in order within each partition. */
type Received = { partition: number; offset: bigint; value: string }[];

describeWith(['kafka'], 'kafkajs against a real broker', () => {
  const open: Consumer[] = [];
  afterEach(async () => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) await next.disconnect();
  });

  /** Joins the group, commits by hand after each batch, and leaves once it has seen `count` messages. */
  async function consume(topic: string, groupId: string, count: number): Promise<Received> {
    const consumer = kafkaClient().consumer({ groupId, sessionTimeout: 6_000, maxWaitTimeInMs: 50 });
    open.push(consumer);
    const received: Received = [];
    const enough = Promise.withResolvers<void>();
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      async eachBatch(payload) {
        const { partition, messages } = payload.batch;
        for (const { offset, value } of messages) {
          received.push({ partition, offset: BigInt(offset), value: value?.toString() ?? '' });
        }
        const last = payload.batch.lastOffset();
        payload.resolveOffset(last);
        await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(last) + 1n) }]);
        await payload.heartbeat();
        if (received.length >= count) enough.resolve();
      },
    });
    await enough.promise;
    await consumer.disconnect();
    return received;
  }

  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => ({ key: `${from + index}`, value: `${from + index}` }));
  const values = (received: Received) => received.map(({ value }) => Number(value)).sort((a, b) => a - b);

  it('gives every message once, and after a manual commit resumes where the group left off', async () => {
    const topic = await createTopic('resume', { partitions: 3 });
    const group = uniqueGroup('resume');
    await produce(topic, numbers(0, 100));
    const first = await consume(topic, group, 100);
    expect(values(first)).toEqual(numbers(0, 100).map(({ value }) => Number(value)));

    const committed = await committedOffsets(group, topic);
    expect([...committed.values()].reduce((sum, offset) => sum + offset, 0n)).toBe(100n);

    await produce(topic, numbers(100, 110));
    expect(values(await consume(topic, group, 10))).toEqual(
      numbers(100, 110).map(({ value }) => Number(value)),
    );
  });

  it('hides aborted transactions from readers of committed messages', async () => {
    const topic = await createTopic('transactions');
    const producer = kafkaClient().producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      transactionalId: uniqueGroup('transaction'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    try {
      const aborted = await producer.transaction();
      await aborted.send({ topic, messages: [{ value: 'aborted' }] });
      await aborted.abort();
      const kept = await producer.transaction();
      await kept.send({ topic, messages: [{ value: 'kept' }] });
      await kept.commit();
    } finally {
      await producer.disconnect();
    }
    const received = await consume(topic, uniqueGroup('transactions'), 1);
    expect(received.map(({ value }) => value)).toEqual(['kept']);
    // Control records take offsets of their own: offsets have holes.
    expect(received[0]?.offset).toBe(2n);
  });

  it('reports the new start of a partition whose oldest messages were deleted', async () => {
    const topic = await createTopic('retention');
    await produce(topic, numbers(0, 20));
    await deleteRecordsBefore(topic, 0, 15n);
    const admin = await kafkaAdmin();
    const [offsets] = await admin.fetchTopicOffsets(topic);
    expect(offsets).toMatchObject({ low: '15', high: '20' });
  });

  it('refuses a topic nobody created', async () => {
    const topic = uniqueGroup('missing');
    const consumer = kafkaClient().consumer({ groupId: uniqueGroup('missing'), retry: { retries: 0 } });
    open.push(consumer);
    await consumer.connect();
    await expect(consumer.subscribe({ topics: [topic] })).rejects.toThrow(/does not host this topic/);
  });

  it.skipIf(inject('kafkaJars') === null)('reads what the Java producer writes', async () => {
    const topic = await createTopic('java');
    await produceWithJava(topic, ['{"from":"java"}', 'ü']);
    const received = await consume(topic, uniqueGroup('java'), 2);
    expect(received.map(({ value }) => value)).toEqual(['{"from":"java"}', 'ü']);
  });

  it.skipIf(!hasKcat())('reads what kcat writes', async () => {
    const topic = await createTopic('kcat');
    await produceWithKcat(topic, ['{"from":"c"}', 'ü'], { 'compression.codec': 'gzip' });
    const received = await consume(topic, uniqueGroup('kcat'), 2);
    expect(received.map(({ value }) => value)).toEqual(['{"from":"c"}', 'ü']);
  });
});
