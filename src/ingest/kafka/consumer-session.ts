import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { connectionAdvice } from './connection-advice.ts';
import { REQUEST_RETRY } from './kafka-client.ts';
import type { ResolvedKafkaOptions } from './kafka-options.ts';
import type { Liveness } from './liveness.ts';
import { NoTopics } from './missing-topics.ts';

export interface ConsumerSession {
  readonly admin: Admin;
  readonly consumer: Consumer;
  /** Configured topics that the cluster does not have (yet). */
  readonly missingTopics: readonly string[];
  close(): Promise<void>;
}

export interface SessionContext {
  readonly kafka: Kafka;
  readonly options: ResolvedKafkaOptions;
  readonly liveness: Liveness;
  /** Both connections stand; the group has not been joined yet. */
  readonly onConnected: (session: ConsumerSession) => void;
  readonly onJoin: (partitions: readonly { topic: string; partition: number }[]) => void;
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
}

/** Connects, joins the group and starts fetching. Rejects when the cluster is away or has none of the topics. */
export async function openSession(context: SessionContext): Promise<void> {
  const { kafka, options } = context;
  const admin = kafka.admin();
  const consumer = kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs,
    rebalanceTimeout: options.rebalanceTimeoutMs,
    heartbeatInterval: options.heartbeatEveryMs,
    maxBytesPerPartition: options.maxBytesPerPartition,
    maxBytes: options.maxBytesPerFetch,
    // A consumer that stops waits for its fetch to come back.
    maxWaitTimeInMs: 1_000,
    // New partitions of a topic are found when its metadata is read again; that is one small request.
    metadataMaxAge: options.pollEveryMs,
    allowAutoTopicCreation: false,
    retry: REQUEST_RETRY,
  });
  const close = async (): Promise<void> => {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
  };
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const names = options.topics.map(({ topic }) => topic);
    const topics = names.filter((topic) => existing.has(topic));
    const missingTopics = names.filter((topic) => !existing.has(topic));
    if (topics.length === 0) throw new NoTopics(names, options.brokers);
    listen(consumer, context);
    await consumer.connect();
    // Also with `start: latest`: an offset that has gone out of the log is followed by what is left of it. Where a
    // new partition begins is said at the handover.
    await consumer.subscribe({ topics, fromBeginning: true });
    context.onConnected({ admin, consumer, missingTopics, close });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: options.partitionsConsumedConcurrently,
      eachBatch: context.eachBatch,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(consumer: Consumer, { liveness, options, onJoin }: SessionContext): void {
  const { events } = consumer;
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    liveness.touch();
    liveness.concern('connection', null);
    const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    options.log.info({ partitions: assigned.length, tookMs: payload.duration }, 'kafka: joined the group');
    onJoin(assigned);
  });
  consumer.on(events.HEARTBEAT, () => liveness.touch());
  consumer.on(events.FETCH, () => liveness.touch());
  consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
    if (restart) liveness.concern('connection', `the connection to Kafka was lost: ${error.message}`);
    else {
      const { message, fix } = connectionAdvice(error, options);
      liveness.die(`the Kafka consumer stopped for good: ${message}. ${fix}`);
    }
    options.log.error({ err: error, restart }, 'kafka: the consumer crashed');
  });
}
