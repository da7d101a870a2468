import { randomUUID } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import type { RawRecord } from '../../core/log-source.ts';
import { createKafkaClient } from './kafka-client.ts';
import { DEFAULT_MAX_UNPACKED_BYTES, type KafkaConnection } from './kafka-options.ts';
import { recordChunks } from './records/record-chunks.ts';

const CHUNK_LIMITS = { chunkRecords: 500, maxUnpackedBytes: DEFAULT_MAX_UNPACKED_BYTES };

export interface SampledRecord {
  readonly partition: number;
  readonly record: RawRecord;
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
    const open = new Map(
      ends
        .filter(({ low, high }) => BigInt(high) > BigInt(low))
        .map(({ partition, high }) => [partition, BigInt(high)]),
    );
    if (open.size === 0) return [];
    const sampled: SampledRecord[] = [];
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
              for await (const { records } of recordChunks(batch.messages, 0n, CHUNK_LIMITS)) {
                for (const record of records) {
                  if (sampled.length < count) sampled.push({ partition: batch.partition, record });
                }
                if (sampled.length >= count) break;
              }
              const end = open.get(batch.partition);
              if (end !== undefined && BigInt(batch.lastOffset()) + 1n >= end) open.delete(batch.partition);
              if (sampled.length >= count || open.size === 0) done();
            },
          })
          .catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
    return sampled;
  } finally {
    // Not every login may delete groups; an empty one without offsets is forgotten by the broker anyway.
    await admin.deleteGroups([groupId]).catch(() => []);
    await admin.disconnect();
  }
}
