import type { PartitionId, RecordBatch, RecordsOutcome } from '../../core/events/log-source.ts';
import type { TraceParent } from '../../core/trace/steps.ts';
import type { LastRecord, PositionRow } from '../../store/log/source-positions.ts';
import type { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import type { HeldIds } from '../../window/checkpoint/held-ids.ts';

/** A full buffer, up to a position. */
export interface UnstoredBuffer {
  readonly buffer: CheckpointBuffer;
  readonly to: bigint;
  readonly last: LastRecord | null;
  /** Of the batches in it. */
  readonly traces: readonly TraceParent[];
}

/** Ids that others had stored first, among the records before an offset. */
export interface Repeated {
  readonly to: bigint;
  readonly ids: readonly HeldIds[];
}

/** What a consumer holds of one partition. */
export interface PartitionState {
  readonly id: PartitionId;
  epoch: number;
  /** What is stored. */
  durable: bigint;
  /** What is in the buffer too. */
  accepted: bigint;
  buffer: CheckpointBuffer;
  /** What is being stored while the buffer fills: false when it was dropped, an error when it may be tried again. */
  storing: Promise<boolean> | null;
  /** What could not be stored; it is tried again before anything else is. */
  unstored: UnstoredBuffer | null;
  /** Of the batches that the buffer holds, where somebody traces. */
  traces: TraceParent[];
  /** Since when something waits to be stored, be it only that there was nothing to see; null: nothing does. */
  bufferedSinceMs: number | null;
  /** The last record accepted. */
  last: LastRecord | null;
  /** The last record stored, until the log has shown it again. */
  unverified: LastRecord | null;
  /** Of the batch that was looked at last. */
  refusals: number;
  /** Nothing has ever been stored of it. */
  fresh: boolean;
  /** What looks like a loss is believed only after asking once for the offset that should come next. */
  askedFor: bigint | null;
  /**
   * Where the buffer ends whatever room it has: as far as the one that held ids others had stored first. So it is told of
   * all it may hold of them, and is the last that has to be told. Null: where it is full.
   */
  until: bigint | null;
  /** One thing at a time: a batch, or a checkpoint by timer. */
  busy: Promise<unknown>;
}

export function stateKey(id: { source: string; partition: number }): string {
  return `${id.source}\u0000${id.partition}`;
}

export async function exclusively<T>(state: PartitionState, work: () => Promise<T>): Promise<T> {
  const turn = state.busy.then(work, work);
  state.busy = turn.catch(() => undefined);
  return await turn;
}

/** Whether there is something of this partition that is not stored yet. */
export function holdsAnything({ bufferedSinceMs, storing, unstored }: PartitionState): boolean {
  return bufferedSinceMs !== null || storing !== null || unstored !== null;
}

/** The name of the partition's log alone. */
export function pickSource(id: { source: string; partition: number }): { source: string; partition: number } {
  return { source: id.source, partition: id.partition };
}

/** Goes on behind what was taken. */
export function outcomeOf({ accepted, durable }: PartitionState): RecordsOutcome {
  return { nextOffset: accepted, committedOffset: durable };
}

/** Goes back to what is stored. */
export function readAgain({ durable }: PartitionState): RecordsOutcome {
  return { nextOffset: durable, committedOffset: durable };
}

/** As it is stored, with nothing read yet. */
export function openedState(
  { source, topic, partition, refusals = 0 }: RecordBatch,
  { epoch, nextOffset, last, started }: PositionRow,
  { buffer, until }: Pick<PartitionState, 'buffer' | 'until'>,
): PartitionState {
  return {
    id: { source, topic, partition },
    epoch,
    durable: nextOffset,
    accepted: nextOffset,
    buffer,
    storing: null,
    unstored: null,
    traces: [],
    bufferedSinceMs: null,
    last,
    unverified: last,
    refusals,
    fresh: !started,
    askedFor: null,
    until,
    busy: Promise.resolve(),
  };
}

/** Asks for what comes next, or for the last record: whether it is the one that was read shows whether the log is. */
export function askAgain(state: PartitionState, from: 'next' | 'last'): RecordsOutcome {
  if (from === 'next') return outcomeOf(state);
  const { last, accepted, durable } = state;
  state.unverified = last;
  const isBehind = last !== null && last.offset < accepted;
  return { nextOffset: isBehind ? last.offset : accepted, committedOffset: durable };
}
