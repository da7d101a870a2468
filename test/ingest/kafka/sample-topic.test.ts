import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { carryingMessages } from '../../../src/ingest/kafka/records/carried-batches.ts';
import { TopicSample } from '../../../src/ingest/kafka/sample-topic.ts';
import { CODEC, recordBatch, recordsOf } from './record-batch.ts';

const fetched = (firstOffset: bigint, values: readonly string[]): KafkaMessage[] =>
  carryingMessages(
    recordBatch(CODEC.none, recordsOf(values), values.length, { firstOffset }),
  ) as unknown as KafkaMessage[];

describe('a sample of a topic', () => {
  it('has each record once, though its group begins anew', async () => {
    const sample = new TopicSample(10, [
      { partition: 0, high: '4' },
      { partition: 1, high: '2' },
    ]);
    await sample.take(0, fetched(0n, ['a', 'b']));
    await sample.take(1, fetched(0n, ['x', 'y']));
    await sample.take(0, fetched(0n, ['a', 'b', 'c']));
    await sample.take(1, fetched(0n, ['x', 'y']));
    expect(sample.isComplete).toBe(false);
    await sample.take(0, fetched(3n, ['d']));
    expect(sample.isComplete).toBe(true);
    expect(sample.records.map(({ partition, record }) => `${partition} ${String(record.value)}`)).toEqual([
      '0 a',
      '0 b',
      '1 x',
      '1 y',
      '0 c',
      '0 d',
    ]);
  });

  it('ends with as many as were asked for', async () => {
    const sample = new TopicSample(3, [{ partition: 0, high: '4' }]);
    await sample.take(0, fetched(0n, ['a', 'b', 'c', 'd']));
    expect(sample.isComplete).toBe(true);
    expect(sample.records).toHaveLength(3);
  });

  it('of nothing is complete', () => {
    expect(new TopicSample(3, []).isComplete).toBe(true);
  });
});
