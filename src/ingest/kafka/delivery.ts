import type { Batch, EachBatchPayload } from 'kafkajs';
import type { LogEnds, PartitionHandler, RecordBatch, RecordsOutcome } from '../../core/events/log-source.ts';
import type { Assignment } from './assignment.ts';
import type { Handover } from './handover.ts';
import { createHandlerFailures } from './handler-failures.ts';
import type { ResolvedKafkaOptions } from './kafka-options.ts';
import { sourceName } from './kafka-options.ts';
import { refusalsOf } from './kafkajs/refused-fetches.ts';
import type { Liveness } from './liveness.ts';
import { nextTurn, paused } from './pauses.ts';
import { recordChunks } from './records/record-chunks.ts';

export interface DeliveryContext {
  readonly options: ResolvedKafkaOptions;
  readonly handler: PartitionHandler;
  readonly assignment: Assignment;
  readonly handover: Handover;
  readonly liveness: Liveness;
  readonly stopping: AbortSignal;
  readonly seek: (topic: string, partition: number, offset: bigint) => void;
  readonly endsOf: (topic: string, partition: number) => Promise<LogEnds>;
}

type EachBatch = (payload: EachBatchPayload) => Promise<void>;

/** kafkajs knows which offset it asked for; its types do not say so. */
type FetchedBatch = Batch & { readonly fetchedOffset?: string };

/**
 * Hands the batches of kafkajs to the handler, in chunks, and does what the handler answers.
 *
 * kafkajs fetches only when all it fetched before was taken. So a batch is taken at once and handled behind its back,
 * while the next is fetched; the one after waits for it. Whatever does not go on behind the batch (a handler that
 * fails, or that wants other records) seeks there, and what was fetched meanwhile is left unread.
 */
export function createDelivery(context: DeliveryContext): EachBatch {
  const { options, assignment, handover, stopping } = context;
  const handleBatch = createBatchHandling(context);
  /** By partition: the handling of what was taken last. */
  const handling = new Map<string, Promise<void>>();

  return async function eachBatch(payload) {
    const { topic, partition } = payload.batch;
    const key = `${partition}@${topic}`;
    const heartbeat = (): Promise<void> => payload.heartbeat();
    const epoch = assignment.epoch();
    await handover.settled(heartbeat);
    await ended(handling.get(key), heartbeat);
    const isCurrent = (): boolean =>
      assignment.epoch() === epoch && !stopping.aborted && payload.isRunning() && !payload.isStale();
    if (!isCurrent()) return;
    payload.resolveOffset(payload.batch.lastOffset());
    const handled = handleBatch(payload, isCurrent).finally(() => {
      if (handling.get(key) === handled) handling.delete(key);
    });
    handling.set(key, handled);
  };

  /** Waits for a batch to be handled, and keeps the membership alive meanwhile. */
  async function ended(handled: Promise<void> | undefined, heartbeat: () => Promise<void>): Promise<void> {
    for (let isOver = handled === undefined; !isOver;) {
      const waited = new AbortController();
      isOver = await Promise.race([
        handled?.then(() => true) ?? true,
        paused(options.heartbeatEveryMs, waited.signal).then(() => false),
      ]);
      waited.abort();
      await heartbeat();
    }
  }
}

type HandleBatch = (payload: EachBatchPayload, isCurrent: () => boolean) => Promise<void>;

/** One batch to the handler, chunk by chunk, for as long as it is still wanted. */
function createBatchHandling(context: DeliveryContext): HandleBatch {
  const { options, liveness, seek } = context;
  const typeOf = new Map(options.topics.map(({ topic, eventType }) => [topic, eventType]));
  const failures = createHandlerFailures(context);
  const limits = { chunkRecords: options.chunkRecords, maxUnpackedBytes: options.maxUnpackedBytes };

  return async function handleBatch(payload, isCurrent) {
    const { batch } = payload;
    const { topic, partition } = batch;
    const eventType = typeOf.get(topic) ?? null;
    const heartbeat = quietHeartbeat(payload, liveness);
    let fromOffset = fetchedFrom(batch);
    try {
      for await (const { records, nextOffset } of recordChunks(batch.messages, fromOffset, limits)) {
        if (!isCurrent()) return;
        const chunk = { records, fromOffset, nextOffset, eventType, heartbeat };
        const answer = await callHandler(context, batch, chunk);
        if (!isCurrent()) return;
        failures.clear(topic, partition);
        if (!follow(context, batch, nextOffset, answer)) return;
        fromOffset = answer.nextOffset;
        await heartbeat();
        // The answer to the next fetch is read in between.
        await nextTurn();
      }
    } catch (error) {
      if (!isCurrent()) return;
      seek(topic, partition, fromOffset);
      failures.pauseAfter(payload, error instanceof Error ? error : new Error(String(error)));
    }
  };
}

function fetchedFrom(batch: FetchedBatch): bigint {
  return BigInt(batch.fetchedOffset ?? batch.firstOffset() ?? 0);
}

/** The handler's answer. The call is counted as running, so that a rebalance waits for it. */
function callHandler(
  { handler, handover, endsOf }: DeliveryContext,
  { topic, partition, highWatermark }: Batch,
  chunk: Pick<RecordBatch, 'records' | 'fromOffset' | 'nextOffset' | 'eventType' | 'heartbeat'>,
): Promise<RecordsOutcome> {
  return handover.whileRunning(
    async () =>
      await handler.onRecords({
        source: sourceName(topic),
        topic,
        partition,
        ...chunk,
        highOffset: BigInt(highWatermark),
        refusals: refusalsOf(topic, partition),
        ends: () => endsOf(topic, partition),
      }),
  );
}

/** False when the partition goes on elsewhere than `behind` these records. */
function follow(
  { assignment, seek }: DeliveryContext,
  { topic, partition }: Batch,
  behind: bigint,
  { nextOffset, committedOffset }: RecordsOutcome,
): boolean {
  if (committedOffset !== null) assignment.durable({ topic, partition, committedOffset });
  assignment.moveTo(topic, partition, nextOffset);
  if (nextOffset === behind) return true;
  seek(topic, partition, nextOffset);
  return false;
}

/**
 * A heartbeat that does not break into the handler's transaction. What it learns, a rebalance for instance, kafkajs
 * learns too with its own next one.
 */
function quietHeartbeat(payload: EachBatchPayload, liveness: Liveness): () => Promise<void> {
  let isRefused = false;
  return async function heartbeat() {
    if (isRefused) return;
    try {
      await payload.heartbeat();
      liveness.touch();
    } catch {
      isRefused = true;
    }
  };
}
