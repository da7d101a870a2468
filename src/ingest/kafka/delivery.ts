import type { Batch, EachBatchPayload } from 'kafkajs';
import type { LogEventType } from '../../core/events.ts';
import type {
  LogEnds,
  PartitionHandler,
  RawRecord,
  RecordBatch,
  RecordsOutcome,
} from '../../core/log-source.ts';
import type { Assignment } from './assignment.ts';
import type { Handover } from './handover.ts';
import type { ResolvedKafkaOptions } from './kafka-options.ts';
import { sourceName } from './kafka-options.ts';
import type { Liveness } from './liveness.ts';
import { pauseMs, paused } from './pauses.ts';
import { rawRecords } from './raw-records.ts';

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

/** Hands the batches of kafkajs to the handler, in chunks, and does what the handler answers. */
export function createDelivery(context: DeliveryContext): EachBatch {
  const { options, assignment, handover, stopping } = context;
  const typeOf = new Map(options.topics.map(({ topic, eventType }) => [topic, eventType]));
  const failures = createFailures(context);

  return async function eachBatch(payload) {
    const { topic, partition } = payload.batch;
    const heartbeat = (): Promise<void> => payload.heartbeat();
    const epoch = assignment.epoch();
    await handover.settled(heartbeat);
    const isCurrent = (): boolean =>
      assignment.epoch() === epoch && !stopping.aborted && payload.isRunning() && !payload.isStale();
    const chunks = chunksOf(payload.batch, options.chunkRecords);
    let fromOffset = fetchedFrom(payload.batch);
    for (const [index, records] of chunks.entries()) {
      if (!isCurrent()) return;
      const group = createHeartbeat(heartbeat, context.liveness);
      const answer = await callHandler(
        context,
        payload,
        typeOf.get(topic) ?? null,
        { records, fromOffset },
        group,
      );
      if (!isCurrent()) return;
      if (answer instanceof Error) {
        failures.pauseAfter(payload, answer);
        group.rethrow();
        return;
      }
      failures.clear(topic, partition);
      const goesOn = follow(context, payload, records, answer, index === chunks.length - 1);
      group.rethrow();
      if (!goesOn) return;
      fromOffset = answer.nextOffset;
      await heartbeat();
    }
  };
}

function fetchedFrom(batch: FetchedBatch): bigint {
  return BigInt(batch.fetchedOffset ?? batch.firstOffset() ?? 0);
}

function chunksOf(batch: Batch, chunkRecords: number): RawRecord[][] {
  const records = rawRecords(batch.messages);
  return Array.from({ length: Math.ceil(records.length / chunkRecords) }, (_, index) =>
    records.slice(index * chunkRecords, (index + 1) * chunkRecords),
  );
}

/** The handler's answer, or why it has none. It is counted as running, so that a rebalance waits for it. */
function callHandler(
  { handler, handover, endsOf }: DeliveryContext,
  { batch }: EachBatchPayload,
  eventType: LogEventType | null,
  chunk: Pick<RecordBatch, 'records' | 'fromOffset'>,
  group: Heartbeat,
): Promise<RecordsOutcome | Error> {
  const { topic, partition } = batch;
  return handover.whileRunning(async () => {
    try {
      return await handler.onRecords({
        source: sourceName(topic),
        topic,
        partition,
        eventType,
        ...chunk,
        highOffset: BigInt(batch.highWatermark),
        ends: () => endsOf(topic, partition),
        heartbeat: group.beat,
      });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  });
}

/** False when the partition goes on elsewhere than after these records. */
function follow(
  { assignment, seek }: DeliveryContext,
  payload: EachBatchPayload,
  records: readonly RawRecord[],
  { nextOffset, committedOffset }: RecordsOutcome,
  isLastChunk: boolean,
): boolean {
  const { batch } = payload;
  const { topic, partition } = batch;
  const lastOffset = records.at(-1)?.offset ?? nextOffset - 1n;
  if (committedOffset !== null) assignment.durable({ topic, partition, committedOffset });
  if (nextOffset !== lastOffset + 1n) {
    seek(topic, partition, nextOffset);
    assignment.moveTo(topic, partition, nextOffset);
    return false;
  }
  // For the last message of a batch, kafkajs also steps over the control records that follow it.
  payload.resolveOffset(String(lastOffset));
  assignment.moveTo(topic, partition, isLastChunk ? BigInt(batch.lastOffset()) + 1n : nextOffset);
  return true;
}

interface Heartbeat {
  readonly beat: () => Promise<void>;
  rethrow(): void;
}

/**
 * A heartbeat that does not break into the handler's transaction: what it learns, a rebalance for instance, is
 * thrown to kafkajs once the handler has answered.
 */
function createHeartbeat(heartbeat: () => Promise<void>, liveness: Liveness): Heartbeat {
  let learnt: unknown;
  return {
    async beat() {
      if (learnt !== undefined) return;
      try {
        await heartbeat();
        liveness.touch();
      } catch (error) {
        learnt = error;
      }
    },
    rethrow() {
      if (learnt !== undefined) throw learnt;
    },
  };
}

/** The handler's outages: its partition pauses and the same records come again, for as long as it takes. */
function createFailures({ options, liveness, stopping }: DeliveryContext) {
  const counts = new Map<string, number>();
  const keyOf = (topic: string, partition: number): string => `${partition}@${topic}`;
  return {
    clear(topic: string, partition: number): void {
      if (counts.delete(keyOf(topic, partition)) && counts.size === 0) liveness.concern('handler', null);
    },
    pauseAfter(payload: EachBatchPayload, error: Error): void {
      const { topic, partition } = payload.batch;
      const count = (counts.get(keyOf(topic, partition)) ?? 0) + 1;
      counts.set(keyOf(topic, partition), count);
      liveness.concern('handler', `records of ${topic} cannot be processed: ${error.message}`);
      options.log.error(
        { topic, partition, attempt: count, err: error },
        'Processing records failed; retrying',
      );
      const resume = payload.pause();
      void paused(pauseMs(count, options.retryAfterMs), stopping).then(resume);
    },
  };
}
