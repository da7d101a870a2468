import { randomUUID } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';
import { UserError } from '../../core/errors.ts';
import type { RawRecord } from '../../core/events/log-source.ts';
import { createKafkaClient } from './kafka-client.ts';
import { DEFAULT_MAX_UNPACKED_BYTES, type KafkaConnection } from './kafka-options.ts';
import { recordChunks } from './records/record-chunks.ts';

const CHUNK_LIMITS = { chunkRecords: 500, maxUnpackedBytes: DEFAULT_MAX_UNPACKED_BYTES };

export interface SampledRecord {
  readonly partition: number;
  readonly record: RawRecord;
}

/** What was read of a topic so far, each record once: a group that commits nothing begins anew whenever it is shared anew. */
export class TopicSample {
  readonly records: SampledRecord[] = [];
  /** Where what is to be read of a partition ends; none once it has been. */
  readonly #ends: Map<number, bigint>;
  readonly #next = new Map<number, bigint>();
  readonly #count: number;

  constructor(count: number, ends: readonly { readonly partition: number; readonly high: string }[]) {
    this.#count = count;
    this.#ends = new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
  }

  get isComplete(): boolean {
    return this.records.length >= this.#count || this.#ends.size === 0;
  }

  async take(partition: number, messages: readonly KafkaMessage[]): Promise<void> {
    const from = this.#next.get(partition) ?? 0n;
    for await (const { records, nextOffset } of recordChunks(messages, from, CHUNK_LIMITS)) {
      for (const record of records) {
        if (this.records.length < this.#count) this.records.push({ partition, record });
      }
      this.#next.set(partition, nextOffset);
      if (nextOffset >= (this.#ends.get(partition) ?? nextOffset)) this.#ends.delete(partition);
      if (this.isComplete) return;
    }
  }
}

/**
 * The oldest records of a topic, at most `count`, read by a group of its own that commits nothing and is deleted again:
 * the positions of the service are not touched. Ends early when the topic holds fewer, or after `withinMs`.
 */
export async function sampleTopic(
  connection: KafkaConnection,
  topic: string,
  count: number,
  withinMs: number,
): Promise<SampledRecord[]> {
  const client = createKafkaClient(connection);
  const groupId = `${connection.clientId ?? 'shiftwatch'}-decode-${randomUUID()}`;
  const admin = client.admin();
  await admin.connect();
  try {
    if (!(await admin.listTopics()).includes(topic)) {
      throw new UserError(`topic ${topic} does not exist, or may not be seen`);
    }
    const ends = await admin.fetchTopicOffsets(topic);
    const sample = new TopicSample(
      count,
      ends.filter(({ low, high }) => BigInt(high) > BigInt(low)),
    );
    if (sample.isComplete) return [];
    const consumer = client.consumer({ groupId, allowAutoTopicCreation: false });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, withinMs);
        const done = (): void => {
          clearTimeout(timer);
          resolve();
        };
        consumer
          .run({
            autoCommit: false,
            eachBatch: async ({ batch }) => {
              await sample.take(batch.partition, batch.messages);
              if (sample.isComplete) done();
            },
          })
          .catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
    return sample.records;
  } finally {
    // Not every login may delete groups; an empty one without offsets is forgotten by the broker anyway.
    await admin.deleteGroups([groupId]).catch(() => []);
    await admin.disconnect();
  }
}
