import { CompressionTypes, Partitioners } from 'kafkajs';
import { createKafkaClient } from './kafka-client.ts';
import type { KafkaConnection } from './kafka-options.ts';

export interface OutgoingRecord {
  /** Records of one key share a partition, and so keep their order. */
  readonly key: string | null;
  readonly value: Uint8Array | string;
  /** Absent: now, by the broker's or the client's clock. */
  readonly timestampMs?: number;
}

export interface KafkaProducer {
  connect(): Promise<void>;
  /** Resolves when all in-sync replicas have the records. */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** For `replay`: feeds a file into a topic. Batches are compressed with gzip, the one codec kafkajs can write. */
export function createKafkaProducer(connection: KafkaConnection): KafkaProducer {
  const producer = createKafkaClient(connection).producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  return {
    connect: () => producer.connect(),
    async send(topic, records) {
      if (records.length === 0) return;
      await producer.send({
        topic,
        acks: -1,
        compression: CompressionTypes.GZIP,
        messages: records.map(({ key, value, timestampMs }) => ({
          key,
          value: typeof value === 'string' ? value : Buffer.from(value),
          ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
        })),
      });
    },
    close: () => producer.disconnect(),
  };
}
