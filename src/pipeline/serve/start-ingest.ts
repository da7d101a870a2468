import type { KafkaConfig } from '../../config/resolve.ts';
import type { SourceHealth } from '../../core/events/log-source.ts';
import { kafkaSecurity, kafkaTopics } from '../../ingest/kafka/from-config.ts';
import { createKafkaSource } from '../../ingest/kafka/kafka-source.ts';
import type { PartitionConsumer } from '../consume/partition-consumer.ts';
import type { Line } from './line.ts';

export interface Ingest {
  health(): SourceHealth;
  /** Once its duties have been stopped. */
  stop(deadlineMs: number): Promise<void>;
}

/** A broker that is restarted is no reason to restart here, however short the sessions are. */
const SILENT_AT_LEAST_MS = 90_000;

/** Kafka → the consumer. */
export async function startIngest(
  { clock, log }: Pick<Line, 'clock' | 'log'>,
  kafka: KafkaConfig,
  consumer: PartitionConsumer,
): Promise<Ingest> {
  const source = createKafkaSource({
    brokers: kafka.brokers,
    clientId: kafka.clientId,
    groupId: kafka.groupId,
    start: kafka.start,
    topics: kafkaTopics(kafka),
    sessionTimeoutMs: kafka.sessionTimeoutMs,
    silentAfterMs: Math.max(SILENT_AT_LEAST_MS, 3 * kafka.sessionTimeoutMs),
    ...kafkaSecurity(kafka),
    clock,
    log,
  });
  await source.start(consumer);
  return {
    health: () => source.health(),
    stop: async (deadlineMs) => {
      await source.stop(deadlineMs);
      await consumer.checkpointAll();
    },
  };
}
