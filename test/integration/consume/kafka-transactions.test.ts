import { Partitioners, type Producer, type Transaction } from 'kafkajs';
import { expect, it } from 'vitest';
import type { LogSource } from '../../../src/core/events/log-source.ts';
import type { KafkaOptions } from '../../../src/ingest/kafka/kafka-options.ts';
import { createKafkaSource } from '../../../src/ingest/kafka/kafka-source.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { createTopic, kafkaClient, produce, uniqueGroup } from '../../harness/kafka/kafka.ts';
import { addressOf } from '../../harness/services.ts';
import { until } from '../../harness/wait.ts';
import { createLedger, createLedgerHandler } from './kafka-ledger.ts';

/** The last record of every topic here, outside of transactions: when it is read, everything before it is. */
const END = 'end';

function sourceOf(topic: string, options: Partial<KafkaOptions> = {}): LogSource {
  const source = createKafkaSource({
    brokers: addressOf('kafka').split(','),
    groupId: uniqueGroup('transactions'),
    start: 'earliest',
    topics: [{ topic, eventType: 'prediction' }],
    sessionTimeoutMs: 6_000,
    heartbeatEveryMs: 300,
    pollEveryMs: 200,
    ...options,
  });
  atEnd(() => source.stop(5_000));
  return source;
}

async function transactionalProducer(): Promise<Producer> {
  const producer = kafkaClient().producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    transactionalId: uniqueGroup('producer'),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  atEnd(() => producer.disconnect());
  return producer;
}

async function send(transaction: Transaction, topic: string, values: readonly string[]): Promise<void> {
  await transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });
}

async function readAll(topic: string, options: Partial<KafkaOptions> = {}): Promise<string[]> {
  const ledger = createLedger();
  const source = sourceOf(topic, options);
  await source.start(createLedgerHandler(ledger));
  await until(() => ledger.values.includes(END), { what: 'the end of the topic' });
  await source.stop(5_000);
  return ledger.values.filter((value) => value !== END);
}

describeWith(['kafka'], 'transactions of several producers in one partition', () => {
  it('are left out when they were aborted in another order than they began', async () => {
    const topic = await createTopic('overlap');
    const [first, second, third] = await Promise.all([
      transactionalProducer(),
      transactionalProducer(),
      transactionalProducer(),
    ]);
    const one = await first.transaction();
    const two = await second.transaction();
    const three = await third.transaction();
    await send(one, topic, ['aborted 1']);
    await send(two, topic, ['aborted 2']);
    await send(three, topic, ['kept']);
    await send(one, topic, ['aborted 1 again']);
    await two.abort();
    await three.commit();
    await send(one, topic, ['aborted 1 once more']);
    await one.abort();
    await produce(topic, [{ value: END }]);
    expect(await readAll(topic)).toEqual(['kept']);
  });

  it.each([1, 2])(
    'are read as they were committed, however they interleave (seed %i)',
    async (seed) => {
      const topic = await createTopic('interleaved');
      const random = createRandom(seed);
      const below = (n: number): number => Math.floor(random() * n);
      const producers = await Promise.all([1, 2, 3].map(transactionalProducer));
      const open = new Map<Producer, { transaction: Transaction; values: string[] }>();
      const committed: string[] = [];
      for (let step = 0; step < 40; step += 1) {
        const producer = producers[below(producers.length)] as Producer;
        const current = open.get(producer);
        if (current === undefined) {
          open.set(producer, { transaction: await producer.transaction(), values: [] });
        } else if (current.values.length === 0 || random() < 0.5) {
          const values = Array.from(
            { length: 1 + below(5) },
            (_, n) => `${step}-${n}-${'x'.repeat(below(200))}`,
          );
          await send(current.transaction, topic, values);
          current.values.push(...values);
        } else {
          open.delete(producer);
          const isCommitted = random() < 0.5;
          await (isCommitted ? current.transaction.commit() : current.transaction.abort());
          if (isCommitted) committed.push(...current.values);
        }
      }
      for (const { transaction } of open.values()) await transaction.abort();
      await produce(topic, [{ value: END }]);
      for (const maxBytesPerPartition of [1, 1_000, 1024 * 1024]) {
        const values = await readAll(topic, { maxBytesPerPartition });
        expect(values.toSorted()).toEqual(committed.toSorted());
      }
    },
    180_000,
  );

  it('leave a lag of nothing, whatever the partition ends in, and open ones are not read before they end', async () => {
    const topic = await createTopic('tails');
    const producers = await Promise.all([1, 2, 3].map(transactionalProducer));
    const ledger = createLedger();
    const handler = createLedgerHandler(ledger);
    await sourceOf(topic, { maxBytesPerPartition: 1 }).start(handler);
    const isReadTo = async (end: bigint) => {
      await until(() => handler.lags.some(({ highOffset, lag }) => highOffset === end && lag === 0n), {
        what: `a lag of nothing at ${end}`,
      });
      expect(ledger.positions.get(`${topic}/0`)).toBe(end);
    };
    const [first, second, third] = producers as [Producer, Producer, Producer];
    const kept = await first.transaction();
    await send(kept, topic, ['kept']);
    await kept.commit();
    await isReadTo(2n);
    const [one, two] = [await first.transaction(), await second.transaction()];
    for (let batch = 0; batch < 10; batch += 1) {
      await send(one, topic, [`aborted ${batch}`, `aborted ${batch} too`]);
      await send(two, topic, [`aborted ${batch} as well`]);
    }
    await two.abort();
    await one.abort();
    await isReadTo(34n);
    const open = await third.transaction();
    await send(open, topic, ['open']);
    const behind = await second.transaction();
    await send(behind, topic, ['behind']);
    // Before the commit: its marker is written after it has been answered, so that what follows may come before it.
    await produce(topic, [{ value: END }]);
    await behind.commit();
    // The end is where the open transaction begins: what comes behind it waits with it.
    await isReadTo(34n);
    expect(ledger.values).toEqual(['kept']);
    await open.commit();
    await isReadTo(39n);
    expect(ledger.values).toEqual(['kept', 'open', 'behind', END]);
    expect(ledger.records.map(({ offset }) => Number(offset))).toEqual([0, 34, 35, 36]);
  });
});
