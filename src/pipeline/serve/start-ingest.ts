import type { Clock } from '../../core/clock.ts';
import type { LogEventType } from '../../core/events/events.ts';
import type { Log } from '../../core/log.ts';
import type { LogSource, SourceHealth } from '../../core/events/log-source.ts';
import type { Config, KafkaConfig } from '../../config/resolve.ts';
import { DEFAULT_DECODE_LIMITS } from '../../decode/limits.ts';
import type { KafkaTopic } from '../../ingest/kafka/kafka-options.ts';
import { createKafkaSource } from '../../ingest/kafka/kafka-source.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { SegmentRegistry } from '../../window/segments.ts';
import { JOIN_BATCH, sweepLabels } from '../labels/label-joiner.ts';
import type { IdLedger } from '../intake/id-ledger.ts';
import { createLogDecoders } from '../intake/log-decoders.ts';
import { mergePredictionBlocks } from '../predictions/merge-predictions.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { PartitionConsumer } from '../consume/partition-consumer.ts';
import { REEVALUATE_AFTER_MS } from '../windows/reevaluation.ts';
import type { Duty } from './duty.ts';

export interface IngestOptions {
  readonly config: Config;
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly ledger: IdLedger;
  readonly clock: Clock;
  readonly log: Log;
  /** Labels were stored: the joiner should look at once. */
  readonly onLabels: () => void;
}

export interface Ingest {
  readonly duties: readonly Duty[];
  health(): SourceHealth | null;
  /** Once its duties have been stopped. */
  stop(deadlineMs: number): Promise<void>;
}

/** A look at the blocks of two months costs as much as to store some hundred labels, take them and delete them. */
const FEWEST_AT_ONCE = 500;
const TRANSACTION_SHARE = 0.8;
/** A broker that is restarted is no reason to restart here, however short the sessions are. */
const SILENT_AT_LEAST_MS = 90_000;

/** The duty to be woken when labels are stored. */
export const LABEL_JOINER = 'label joiner';

/** Kafka (when configured) → windows, and labels → their predictions. */
export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { config, pool, catalog, ledger, log } = options;
  const reevaluateAfterMs = REEVALUATE_AFTER_MS;
  const kafka = config.kafka === null ? null : await startKafka(options, config.kafka);
  // As many as there are processes share this work, which grows with the traffic: none of it has a leader.
  const duties: Duty[] = [
    {
      name: LABEL_JOINER,
      role: 'ingest',
      everyMs: 1_000,
      run: async () => {
        const outcome = await sweepLabels({ pool, catalog, reevaluateAfterMs, finder: ledger.kept, log });
        return outcome.taken > outcome.deferred || outcome.taken === JOIN_BATCH;
      },
    },
    {
      name: 'merging of predictions',
      role: 'ingest',
      everyMs: 1_000,
      run: async () => (await mergePredictionBlocks(pool)) > 0,
    },
  ];
  if (kafka !== null) {
    duties.push({
      name: 'checkpoints',
      role: 'ingest',
      everyMs: Math.min(1_000, config.ingest.checkpointEveryMs),
      run: kafka.checkpoint,
    });
  }
  return {
    duties,
    health: () => kafka?.source.health() ?? null,
    stop: async (deadlineMs) => await kafka?.stop(deadlineMs),
  };
}

async function startKafka(
  { config, pool, catalog, ledger, clock, log, onLabels }: IngestOptions,
  kafka: KafkaConfig,
): Promise<{
  source: LogSource;
  checkpoint: () => Promise<void>;
  stop: (deadlineMs: number) => Promise<void>;
}> {
  const topics = kafkaTopics(kafka);
  const eventTypes = new Map(topics.map(({ topic, eventType }) => [topic, eventType]));
  const consumer = new PartitionConsumer({
    pool,
    catalog,
    segments: new SegmentRegistry(),
    ledger,
    limits: { ...DEFAULT_DECODE_LIMITS, maxFutureMs: config.ingest.maxFutureMs },
    checkpointEveryMs: config.ingest.checkpointEveryMs,
    reevaluateAfterMs: REEVALUATE_AFTER_MS,
    startAtEnd: kafka.start === 'latest',
    // Shorter than the group waits: whoever loses a partition must not go on storing for it.
    transactionWithinMs: TRANSACTION_SHARE * kafka.sessionTimeoutMs,
    alertChannels: [...new Set(config.models.flatMap(({ alerts }) => alerts.channels))],
    eventTypeOf: ({ topic }) => eventTypes.get(topic) ?? null,
    decoderOf: createLogDecoders(config, clock),
    atOnce: { catalog, finder: ledger.kept, reevaluateAfterMs: REEVALUATE_AFTER_MS, fewest: FEWEST_AT_ONCE },
    onLabels,
    clock,
    log,
  });
  const source = createKafkaSource({
    brokers: kafka.brokers,
    clientId: kafka.clientId,
    groupId: kafka.groupId,
    start: kafka.start,
    topics,
    sessionTimeoutMs: kafka.sessionTimeoutMs,
    silentAfterMs: Math.max(SILENT_AT_LEAST_MS, 3 * kafka.sessionTimeoutMs),
    ...kafkaSecurity(kafka),
    clock,
    log,
  });
  await source.start(consumer);
  return {
    source,
    checkpoint: async () => void (await consumer.checkpointDue()),
    stop: async (deadlineMs) => {
      await source.stop(deadlineMs);
      await consumer.checkpointAll();
    },
  };
}

export function kafkaTopics(kafka: KafkaConfig): KafkaTopic[] {
  const of = (names: readonly string[], eventType: LogEventType): KafkaTopic[] =>
    names.map((topic) => ({ topic, eventType }));
  return [
    ...of(kafka.topics.predictions, 'prediction'),
    ...of(kafka.topics.features, 'features'),
    ...of(kafka.topics.labels, 'label'),
  ];
}

/** TLS and login, where configured, in kafkajs' words. */
export function kafkaSecurity(kafka: KafkaConfig) {
  const { ssl, sasl } = kafka;
  return {
    ...(ssl === null
      ? {}
      : {
          ssl: {
            ...(ssl.ca === null ? {} : { ca: [ssl.ca] }),
            ...(ssl.cert === null ? {} : { cert: ssl.cert }),
            ...(ssl.key === null ? {} : { key: ssl.key }),
            ...(ssl.serverName === null ? {} : { servername: ssl.serverName }),
          },
        }),
    ...(sasl === null ? {} : { sasl }),
  };
}
