import { boundedLog } from '../../core/bounded-log.ts';
import { silentLog } from '../../core/log.ts';
import type { LogEnds, LogSource, PartitionHandler } from '../../core/events/log-source.ts';
import { createAssignment } from './assignment.ts';
import { connectionAdvice } from './connection-advice.ts';
import type { ConsumerSession, SessionContext } from './consumer-session.ts';
import { openSession } from './consumer-session.ts';
import { createDelivery } from './delivery.ts';
import type { Handover } from './handover.ts';
import { createHandover } from './handover.ts';
import { createKafkaClient } from './kafka-client.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { resolveKafkaOptions } from './kafka-options.ts';
import { createLiveness } from './liveness.ts';
import { missingTopicsAdvice, NoTopics } from './missing-topics.ts';
import { pauseMs, paused } from './pauses.ts';

/**
 * Kafka topics as a log source: one consumer of one group for all topics. Positions are the handler's; what is
 * committed to Kafka is for lag tools only. Outages of the broker and of the handler are waited out and shown
 * in `health()`; they never reject into the caller.
 */
export function createKafkaSource(given: KafkaOptions): LogSource {
  // kafkajs complains about every attempt, and so do we.
  const options = resolveKafkaOptions({ ...given, log: boundedLog(given.log ?? silentLog, 'kafka') });
  const liveness = createLiveness(options.clock, options.silentAfterMs);
  const assignment = createAssignment();
  const stop = new AbortController();
  let session: ConsumerSession | null = null;
  let opening: Promise<void> | null = null;
  let told: { readonly handler: PartitionHandler; readonly handover: Handover } | null = null;

  async function observeEnds(): Promise<void> {
    if (session === null) throw new Error('not connected yet');
    for (const topic of assignment.topics()) {
      assignment.observe(topic, await session.admin.fetchTopicOffsets(topic), options.clock.nowMs());
    }
  }

  function seek(topic: string, partition: number, offset: bigint): void {
    session?.consumer.seek({ topic, partition, offset: String(offset) });
  }

  async function endsOf(topic: string, partition: number): Promise<LogEnds> {
    if (session === null) throw new Error('not connected');
    const ends = await session.admin.fetchTopicOffsets(topic);
    const found = ends.find((one) => one.partition === partition);
    if (found === undefined) throw new Error(`${topic} has no partition ${partition}`);
    return { lowOffset: BigInt(found.low), highOffset: BigInt(found.high) };
  }

  function sessionContext(handler: PartitionHandler, handover: Handover): SessionContext {
    const eachBatch = createDelivery({
      options,
      handler,
      assignment,
      handover,
      liveness,
      stopping: stop.signal,
      seek,
      endsOf,
    });
    return {
      kafka: createKafkaClient(options),
      options,
      liveness,
      eachBatch,
      onConnected: (opened) => {
        session = opened;
        tellMissing(opened.missingTopics);
      },
      onJoin: (partitions) => {
        // A join that was under way when the source stopped: kafkajs would go on consuming.
        if (stop.signal.aborted) void session?.close();
        else handover.begin(partitions);
      },
    };
  }

  /** Topics that are not there are no fault of the connection. */
  function tellMissing(topics: readonly string[]): void {
    const { message, fix } = missingTopicsAdvice(topics, options.brokers);
    liveness.concern('topics', topics.length === 0 ? null : `${message}. ${fix}`);
    if (topics.length > 0) options.log.warn({ topics, fix }, `kafka: ${message}`);
  }

  function tellWhyNot(error: unknown, attempt: number): void {
    if (error instanceof NoTopics) {
      liveness.concern('connection', null);
      tellMissing(error.topics);
      return;
    }
    const { message, fix } = connectionAdvice(error, options);
    liveness.concern('connection', `Kafka cannot be reached: ${message}. ${fix}`);
    options.log.warn({ err: error, attempt, fix }, `kafka: connecting failed, ${message}; retrying`);
  }

  /** Resolves with the first attempt; the others follow by themselves. */
  async function open(context: SessionContext, failures = 0): Promise<void> {
    try {
      await openSession(context);
    } catch (error) {
      session = null;
      if (stop.signal.aborted) return;
      tellWhyNot(error, failures + 1);
      opening = paused(pauseMs(failures + 1, options.retryAfterMs), stop.signal).then((waited) =>
        waited ? open(context, failures + 1) : undefined,
      );
    }
  }

  /** A topic that appears later is only found by joining anew. */
  async function reopenForNewTopics(context: SessionContext, current: ConsumerSession): Promise<boolean> {
    if (current.missingTopics.length === 0) return false;
    const existing = new Set(await current.admin.listTopics());
    if (!current.missingTopics.some((topic) => existing.has(topic))) return false;
    session = null;
    await current.close();
    await open(context);
    return true;
  }

  async function commit({ consumer }: ConsumerSession): Promise<void> {
    const positions = assignment.uncommitted();
    if (positions.length === 0) return;
    await consumer.commitOffsets(
      positions.map(({ committedOffset, ...id }) => ({ ...id, offset: String(committedOffset) })),
    );
    assignment.committed(positions);
  }

  async function poll(context: SessionContext, handler: PartitionHandler, handover: Handover): Promise<void> {
    if (session === null || !handover.isSettled()) return;
    try {
      if (await reopenForNewTopics(context, session)) return;
      const epoch = assignment.epoch();
      await observeEnds();
      const durable = (await handler.onIdle?.(assignment.lag())) ?? [];
      if (epoch !== assignment.epoch()) return;
      for (const position of durable) assignment.durable(position);
      for (const { topic, partition, nextOffset } of handler.rewinds?.() ?? []) {
        seek(topic, partition, nextOffset);
        assignment.moveTo(topic, partition, nextOffset);
      }
      await commit(session);
    } catch (error) {
      // Lag and commits are a service to others; what matters shows in fetches and heartbeats.
      options.log.debug({ err: error }, 'kafka: polling the ends of partitions failed');
    }
  }

  async function pollForever(
    context: SessionContext,
    handler: PartitionHandler,
    handover: Handover,
  ): Promise<void> {
    while (await paused(options.pollEveryMs, stop.signal)) await poll(context, handler, handover);
  }

  /** Before the group is left: whoever takes the partitions then finds everything stored. */
  async function storeLast(current: ConsumerSession): Promise<void> {
    try {
      await told?.handover.quiet();
      for (const position of (await told?.handler.onStopping?.()) ?? []) assignment.durable(position);
      await commit(current);
    } catch (error) {
      options.log.warn({ err: error }, 'kafka: not all could be stored before leaving; it is read again');
    }
  }

  return {
    async start(handler) {
      if (opening !== null) throw new Error('a Kafka source is started once');
      liveness.touch();
      const handover = createHandover({
        options,
        handler,
        assignment,
        stopping: stop.signal,
        observeEnds,
        seek,
      });
      told = { handler, handover };
      const context = sessionContext(handler, handover);
      opening = open(context);
      await opening;
      void pollForever(context, handler, handover);
    },
    async stop(deadlineMs) {
      if (stop.signal.aborted) return;
      stop.abort();
      const closed = (async () => {
        await opening;
        if (session !== null) await storeLast(session);
        await session?.close();
      })();
      const deadline = new AbortController();
      await Promise.race([closed, paused(deadlineMs, deadline.signal)]);
      deadline.abort();
      assignment.replace([]);
    },
    health: () => liveness.health(),
    lag: () => Promise.resolve(assignment.lag()),
  };
}
