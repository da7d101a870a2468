import { systemClock } from '../../src/core/clock.ts';
import type { LogEventType } from '../../src/core/events/events.ts';
import { type Log, silentLog } from '../../src/core/log.ts';
import type { RawRecord, RecordBatch } from '../../src/core/events/log-source.ts';
import type { ModelSpec } from '../../src/core/model.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { IdLedger } from '../../src/pipeline/intake/id-ledger.ts';
import { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { LogIntakes } from '../../src/pipeline/consume/log-intakes.ts';
import { PartitionConsumer } from '../../src/pipeline/consume/partition-consumer.ts';
import type { PartitionConsumerOptions } from '../../src/pipeline/consume/partition-consumer-options.ts';
import { commitBuffer } from '../../src/pipeline/intake/commit-buffer.ts';
import type { LogDecoders } from '../../src/pipeline/intake/log-decoders.ts';
import type { JoinAtOnce } from '../../src/pipeline/labels/join-at-once.ts';
import { PredictionFinder } from '../../src/pipeline/predictions/prediction-finder.ts';
import type { Pool } from '../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../src/window/segments.ts';

export const LOG_SOURCE = 'kafka:ml.predictions';
export const RECEIVED_MS = Date.UTC(2026, 2, 1, 13);

export interface ConsumerSetup {
  readonly specs: readonly ModelSpec[];
  readonly startAtEnd?: boolean;
  /** Ids that are remembered. */
  readonly remember?: number;
  /** Of logs whose messages are not plain JSON events. */
  readonly decode?: LogDecoders;
  readonly eventType?: LogEventType;
  readonly alertChannels?: readonly string[];
  readonly transactionWithinMs?: number;
  readonly log?: Log;
  readonly checkpointEveryMs?: number;
  /** Checkpoints of at least so many labels join them themselves; absent: the joiner does. */
  readonly fewestAtOnce?: number;
}

/** How records are counted and committed, as the service does it; windows are judged again at once. */
export function intoWindows(
  {
    pool,
    catalog,
    ledger,
  }: { readonly pool: Pool; readonly catalog: ModelCatalog; readonly ledger: IdLedger },
  {
    decode = null,
    atOnce,
  }: { readonly decode?: LogDecoders | null; readonly atOnce?: JoinAtOnce | undefined } = {},
): Pick<PartitionConsumerOptions, 'intakes' | 'commit'> {
  const committing = { ledger, catalog, reevaluateAfterMs: 0, ...(atOnce !== undefined && { atOnce }) };
  const windows = { db: pool, catalog, segments: new SegmentRegistry(), ledger };
  return {
    intakes: new LogIntakes(windows, DEFAULT_DECODE_LIMITS, decode),
    commit: async (tx, buffer, stretch) => await commitBuffer(tx, buffer, stretch, committing),
  };
}

/** A consumer that stores only when it is told to, unless it is given a time. */
export async function partitionConsumer(pool: Pool, setup: ConsumerSetup): Promise<PartitionConsumer> {
  const catalog = await ModelCatalog.open(pool, setup.specs);
  const { fewestAtOnce: fewest } = setup;
  const ledger = new IdLedger(setup.remember);
  const atOnce =
    fewest === undefined
      ? undefined
      : { catalog, finder: new PredictionFinder(), reevaluateAfterMs: 0, fewest };
  return new PartitionConsumer({
    pool,
    catalog,
    ledger,
    ...intoWindows({ pool, catalog, ledger }, { decode: setup.decode ?? null, atOnce }),
    checkpointEveryMs: setup.checkpointEveryMs ?? 1e9,
    startAtEnd: setup.startAtEnd ?? false,
    clock: systemClock,
    log: setup.log ?? silentLog,
    alertChannels: setup.alertChannels ?? [],
    eventTypeOf: () => setup.eventType ?? 'prediction',
    ...(setup.transactionWithinMs !== undefined && { transactionWithinMs: setup.transactionWithinMs }),
  });
}

/** One partition of a log, as a broker would have it. */
export interface TestLog {
  readonly partition: number;
  readonly values: readonly string[];
  /** Offsets that nobody is to see: of control records, of what was aborted. */
  readonly withheld?: (offset: number) => boolean;
  /** Offsets below are gone. */
  readonly low?: number;
}

/** What a fetch from an offset brings. One that the log does not have is answered with the beginning. */
export function fetched(log: TestLog, from: number, to = log.values.length): RecordBatch {
  const low = log.low ?? 0;
  const asked = from < low || from > log.values.length ? low : from;
  const end = Math.max(asked, Math.min(to, log.values.length));
  const ends = { lowOffset: BigInt(low), highOffset: BigInt(log.values.length) };
  return {
    source: LOG_SOURCE,
    topic: 'ml.predictions',
    partition: log.partition,
    eventType: null,
    records: log.values.slice(asked, end).flatMap((text, index): RawRecord | [] => {
      if (log.withheld?.(asked + index) === true) return [];
      return { offset: BigInt(asked + index), timestampMs: RECEIVED_MS, key: null, value: Buffer.from(text) };
    }),
    fromOffset: BigInt(asked),
    nextOffset: BigInt(end),
    highOffset: ends.highOffset,
    ends: () => Promise.resolve(ends),
    heartbeat: () => Promise.resolve(),
  };
}

/** Reads like Kafka's client: goes where the consumer says, until it has said the end of the log. */
export async function readToEnd(
  consumer: PartitionConsumer,
  log: TestLog,
  from: number,
  records = 100,
): Promise<void> {
  let at = from;
  for (let turns = 0; turns < 1_000; turns += 1) {
    const batch = fetched(log, at, Math.max(log.low ?? 0, at) + records);
    if (batch.nextOffset === batch.fromOffset) break;
    at = Number((await consumer.onRecords(batch)).nextOffset);
    if (at === log.values.length) break;
  }
  await consumer.checkpointAll();
}

export function predictionLine(id: string | null, version: string, changes: object = {}): string {
  return JSON.stringify({
    type: 'prediction',
    ...(id !== null && { prediction_id: id }),
    model: 'credit-risk',
    model_version: version,
    timestamp: RECEIVED_MS - 3_600_000 + 60_000,
    features: { age: 42, country: 'DE' },
    prediction: 'approve',
    score: 0.8,
    ...changes,
  });
}

export function labelLine(id: string, label: string, changes: object = {}): string {
  return JSON.stringify({
    type: 'label',
    prediction_id: id,
    model: 'credit-risk',
    label,
    timestamp: RECEIVED_MS,
    ...changes,
  });
}
