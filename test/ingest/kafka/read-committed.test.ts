import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { readFetchAnswer } from '../../../src/ingest/kafka/records/fetch-answer.ts';
import { recordChunks } from '../../../src/ingest/kafka/records/record-chunks.ts';
import { BrokerLog, fetchAnswer, type Step } from './broker-log.ts';
import { LIMITS } from './record-batch.ts';

const require = createRequire(import.meta.url);

/** kafkajs's own: what it does with the batches of an answer is part of the reading. */
const FetchedBatch = require('kafkajs/src/consumer/batch') as new (
  topic: string,
  fetchedOffset: string,
  partition: object,
) => { readonly messages: KafkaMessage[]; lastOffset(): string };

const producer = fc.integer({ min: 0, max: 2 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        producer: fc.oneof({ weight: 5, arbitrary: producer }, fc.constant('none' as const)),
        records: fc.integer({ min: 1, max: 4 }),
        isTransactional: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
      }),
    },
    fc.record({ kind: fc.constant('end' as const), producer, isCommitted: fc.boolean() }),
  ),
  // Long ones: what goes wrong needs several transactions of one producer.
  { minLength: 1, maxLength: 40, size: 'max' },
);

/** Reads a log to its end from an offset as kafkajs does, fetch by fetch. */
async function readAll(log: BrokerLog, from: bigint, sizes: () => number, version: number) {
  const offsets: bigint[] = [];
  let at = from;
  for (let fetches = 0; at < log.end; fetches += 1) {
    if (fetches > 500) throw new Error(`does not come past ${at} of ${log.end}`);
    const answer = readFetchAnswer(
      fetchAnswer(version, 'topic', log.fetch(at, sizes(), BigInt(sizes())), log.end),
      version,
    );
    const partition = answer.responses[0]?.partitions[0];
    if (partition === undefined) throw new Error('the answer has no partition');
    const batch = new FetchedBatch('topic', String(at), partition);
    for await (const { records, nextOffset } of recordChunks(batch.messages, at, {
      ...LIMITS,
      chunkRecords: 3,
    })) {
      const found = [...records].map(({ offset }) => offset);
      offsets.push(...found);
      expect(nextOffset).toBeGreaterThan(at);
      expect(found.every((offset) => offset >= at && offset < nextOffset)).toBe(true);
      at = nextOffset;
    }
    expect(at).toBe(BigInt(batch.lastOffset()) + 1n);
  }
  return offsets;
}

describe('a log with transactions', () => {
  it('is read as committed, whatever interleaves, is compacted, and fits into a fetch', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.boolean(),
        fc.infiniteStream(fc.boolean()),
        fc.infiniteStream(fc.integer({ min: 1, max: 700 })),
        fc.nat({ max: 100 }),
        fc.integer({ min: 4, max: 11 }),
        async (written, isCompacted, chances, sizes, begin, version) => {
          const log = new BrokerLog();
          for (const step of written) log.apply(step);
          log.close();
          if (isCompacted) log.compact(() => chances.next().value === true);
          const from = BigInt(begin) % (log.end + 1n);
          const read = await readAll(log, from, () => Number(sizes.next().value), version);
          expect(read).toEqual(log.committedFrom(from));
        },
      ),
      { numRuns: 1_000, seed: 20_261_126 },
    );
  });

  it('hides transactions that were aborted in another order than they began', async () => {
    const write = (writer: number): Step => ({
      kind: 'write',
      producer: writer,
      records: 2,
      isTransactional: true,
    });
    const end = (writer: number, isCommitted: boolean): Step => ({
      kind: 'end',
      producer: writer,
      isCommitted,
    });
    const log = new BrokerLog();
    for (const step of [write(0), write(1), write(2), write(0), end(1, false), end(2, true), end(0, false)]) {
      log.apply(step);
    }
    expect(await readAll(log, 0n, () => 10_000, 11)).toEqual([4n, 5n]);
  });

  it('is passed to its end when nothing in it is for anybody to see', async () => {
    const log = new BrokerLog();
    for (const writer of [0, 1, 2]) {
      log.apply({ kind: 'write', producer: writer, records: 4, isTransactional: true });
    }
    log.close();
    for (const size of [1, 300, 10_000]) expect(await readAll(log, 0n, () => size, 11)).toEqual([]);
  });
});
