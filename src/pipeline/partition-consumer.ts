import { hostname } from 'node:os';
import type { Clock } from '../core/clock.ts';
import type { LogEventType } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type {
  AssignedPartition,
  DurablePosition,
  PartitionHandler,
  PartitionId,
  PartitionLag,
  RawRecord,
  RecordBatch,
  RecordsOutcome,
  StoredPosition,
} from '../core/log-source.ts';
import { createDecoder, type Decoder } from '../decode/decoder.ts';
import { deadLetter } from '../decode/dead-letter.ts';
import type { DecodeLimits } from '../decode/limits.ts';
import { ensureDays } from '../store/partitions.ts';
import { inTransaction, type Pool } from '../store/pool.ts';
import {
  advancePosition,
  beginPosition,
  loadPosition,
  recordLogEnds,
  registerPartitions,
} from '../store/source-positions.ts';
import { CheckpointBuffer } from '../window/checkpoint-buffer.ts';
import type { SegmentRegistry } from '../window/segments.ts';
import { commitBuffer, daysOf } from './commit-buffer.ts';
import { admit, type DecodedRecord } from './intake.ts';
import type { ModelCatalog } from './model-catalog.ts';

export interface PartitionConsumerOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly segments: SegmentRegistry;
  readonly limits: DecodeLimits;
  readonly checkpointEveryMs: number;
  readonly reevaluateAfterMs: number;
  /** `kafka.start: latest`: a partition never read before is read from its end. */
  readonly startAtEnd: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** What a topic carries, by topic name. */
  readonly eventTypeOf: (partition: PartitionId) => LogEventType | null;
  /** Labels were stored: the joiner may look. */
  readonly onLabels?: () => void;
}

/** A checkpoint is also made when this many events are held, so that memory does not follow throughput. */
const MAX_BUFFERED_EVENTS = 20_000;

interface PartitionState {
  readonly id: PartitionId;
  /** What is stored. */
  durable: bigint;
  /** What is in the buffer too. */
  accepted: bigint;
  buffer: CheckpointBuffer;
  bufferedSinceMs: number;
  /** A jump over missing offsets is believed only after asking for them once. */
  askedFor: bigint | null;
  /** One thing at a time: a batch, or a checkpoint by timer. */
  busy: Promise<unknown>;
}

/**
 * The exactly-once consumer of a partitioned log. It keeps what it read in memory and every few seconds stores
 * the counts together with the position they stem from, in one transaction. Killed in between, it has stored
 * neither; a process that has lost its partition without knowing finds the position moved and stores nothing.
 */
export class PartitionConsumer implements PartitionHandler {
  readonly #options: PartitionConsumerOptions;
  readonly #owner = `${hostname()}/${process.pid}`;
  readonly #states = new Map<string, PartitionState>();
  readonly #decoders = new Map<LogEventType | null, Decoder>();

  constructor(options: PartitionConsumerOptions) {
    this.#options = options;
  }

  async onAssigned(partitions: readonly AssignedPartition[]): Promise<StoredPosition[]> {
    this.#states.clear();
    await registerPartitions(
      this.#options.pool,
      partitions.map((partition) => ({
        source: partition.source,
        partition: partition.partition,
        // Reading from the end starts at the end; else nothing is "read to its end" before the first record.
        nextOffset: this.#options.startAtEnd ? partition.highOffset : 0n,
        highOffset: partition.highOffset,
        holdsWatermark: this.#options.eventTypeOf(partition) !== 'label',
      })),
    );
    const stored = await Promise.all(
      partitions.map(async ({ source, topic, partition }) => {
        const position = await loadPosition(this.#options.pool, source, partition);
        return position?.started === true ? { topic, partition, nextOffset: position.nextOffset } : [];
      }),
    );
    return stored.flat();
  }

  async onRevoked(): Promise<void> {
    this.#states.clear();
  }

  async onRecords(batch: RecordBatch): Promise<RecordsOutcome> {
    const state = await this.#state(batch);
    return await exclusively(state, async () => await this.#take(state, batch));
  }

  async onIdle(partitions: readonly PartitionLag[]): Promise<readonly DurablePosition[]> {
    await recordLogEnds(this.#options.pool, partitions);
    return await this.checkpointDue();
  }

  /** Stores what has waited long enough; called by a timer, because a silent partition brings no batch. */
  async checkpointDue(): Promise<readonly DurablePosition[]> {
    const nowMs = this.#options.clock.nowMs();
    const due = [...this.#states.values()].filter(
      (state) => state.buffer.events > 0 && nowMs - state.bufferedSinceMs >= this.#options.checkpointEveryMs,
    );
    return await this.#checkpointAll(due);
  }

  /** Stores everything held: before leaving. */
  async checkpointAll(): Promise<readonly DurablePosition[]> {
    return await this.#checkpointAll([...this.#states.values()]);
  }

  async #checkpointAll(states: readonly PartitionState[]): Promise<readonly DurablePosition[]> {
    const positions: DurablePosition[] = [];
    for (const state of states) {
      const stored = await exclusively(state, async () => await this.#checkpoint(state));
      if (!stored) continue;
      const { topic, partition } = state.id;
      positions.push({ topic, partition, committedOffset: state.durable });
    }
    return positions;
  }

  async #take(state: PartitionState, batch: RecordBatch): Promise<RecordsOutcome> {
    // Thrown away while waiting for its turn: the next delivery starts from the store.
    if (this.#states.get(stateKey(batch)) !== state) return this.#again(state);
    const first = batch.records[0];
    if (first === undefined) return this.#outcome(state);
    if (batch.highOffset < state.durable) {
      this.#options.log.error(
        { ...pickSource(state.id), stored: `${state.durable}`, end: `${batch.highOffset}` },
        'the log ends before the stored position; it was recreated, and its records are skipped up to there',
      );
    }
    if (batch.fromOffset > state.accepted) {
      if (state.askedFor !== state.accepted) {
        state.askedFor = state.accepted;
        return { nextOffset: state.accepted, committedOffset: state.durable };
      }
      this.#options.log.error(
        { ...pickSource(state.id), expected: `${state.accepted}`, found: `${batch.fromOffset}` },
        'records are missing from the log between these offsets; it was truncated or recreated',
      );
    }
    state.askedFor = null;
    const fresh = batch.records.filter((record) => record.offset >= state.accepted);
    await this.#buffer(state, batch, fresh);
    await batch.heartbeat();
    const full = state.buffer.events >= MAX_BUFFERED_EVENTS;
    const old = this.#options.clock.nowMs() - state.bufferedSinceMs >= this.#options.checkpointEveryMs;
    if ((full || old) && !(await this.#checkpoint(state))) return this.#again(state);
    return this.#outcome(state);
  }

  async #buffer(state: PartitionState, batch: RecordBatch, records: readonly RawRecord[]): Promise<void> {
    const last = records.at(-1);
    if (last === undefined) return;
    if (state.buffer.events === 0) state.bufferedSinceMs = this.#options.clock.nowMs();
    const decode = this.#decoder(batch.eventType);
    const decoded = records.map((record) => decodeRecord(record, batch, decode));
    try {
      await admit(decoded, state.buffer, this.#options.catalog, this.#options.segments);
    } catch (error) {
      // Half a batch may be in the buffer: drop it all and read again from what is stored.
      this.#states.delete(stateKey(batch));
      throw error;
    }
    state.accepted = last.offset + 1n;
  }

  /** False: another process owns the partition now, or it was reset; everything held has been dropped. */
  async #checkpoint(state: PartitionState): Promise<boolean> {
    const { pool, log, reevaluateAfterMs } = this.#options;
    if (this.#states.get(stateKey(state.id)) !== state) return false;
    if (state.accepted === state.durable) return true;
    const stretch = { ...pickSource(state.id), from: state.durable, to: state.accepted };
    const buffer = state.buffer;
    const hadLabels = buffer.labels.length > 0;
    let moved: boolean;
    try {
      await ensureDays(pool, daysOf(buffer));
      moved = await inTransaction(pool, async (tx) => {
        if (!(await advancePosition(tx, { ...stretch, owner: this.#owner }))) return false;
        await commitBuffer(tx, buffer, stretch, reevaluateAfterMs);
        return true;
      });
    } catch (error) {
      // Kept, to be tried again: the log has moved on and would not bring these records a second time. Had the
      // commit succeeded unheard, the next try finds the position moved, and drops what is stored already.
      buffer.restore();
      throw error;
    }
    if (!moved) {
      this.#states.delete(stateKey(state.id));
      log.warn({ ...stringified(stretch) }, 'position moved by another process; dropped what was read since');
      return false;
    }
    state.durable = state.accepted;
    state.buffer = new CheckpointBuffer();
    if (hadLabels) this.#options.onLabels?.();
    return true;
  }

  async #state(batch: RecordBatch): Promise<PartitionState> {
    const key = stateKey(batch);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const { clock } = this.#options;
    const next = await this.#position(batch);
    const state: PartitionState = {
      id: { source: batch.source, topic: batch.topic, partition: batch.partition },
      durable: next,
      accepted: next,
      buffer: new CheckpointBuffer(),
      bufferedSinceMs: clock.nowMs(),
      askedFor: null,
      busy: Promise.resolve(),
    };
    this.#states.set(key, state);
    return state;
  }

  /** Where to continue; for a partition nobody has read yet, where this first batch begins. */
  async #position(batch: RecordBatch): Promise<bigint> {
    const { pool, eventTypeOf } = this.#options;
    const stored = await loadPosition(pool, batch.source, batch.partition);
    if (stored?.started === true) return stored.nextOffset;
    await beginPosition(pool, {
      ...pickSource(batch),
      nextOffset: batch.fromOffset,
      highOffset: batch.highOffset,
      holdsWatermark: eventTypeOf(batch) !== 'label',
      owner: this.#owner,
    });
    return (await loadPosition(pool, batch.source, batch.partition))?.nextOffset ?? batch.fromOffset;
  }

  #decoder(eventType: LogEventType | null): Decoder {
    let decoder = this.#decoders.get(eventType);
    if (decoder === undefined) {
      decoder = createDecoder(this.#options.limits, { typeFromTopic: eventType ?? undefined });
      this.#decoders.set(eventType, decoder);
    }
    return decoder;
  }

  #outcome(state: PartitionState): RecordsOutcome {
    return { nextOffset: state.accepted, committedOffset: state.durable };
  }

  #again(state: PartitionState): RecordsOutcome {
    return { nextOffset: state.durable, committedOffset: state.durable };
  }
}

/** One record as `decode` and the dead letters need it; a whole unreadable batch stands for one record. */
function decodeRecord(record: RawRecord, batch: RecordBatch, decode: Decoder): DecodedRecord {
  const position = { source: batch.source, partition: batch.partition, offset: record.offset };
  const bytes = record.value ?? new Uint8Array();
  const type = batch.eventType ?? 'unknown';
  if (record.unreadable !== undefined) {
    const { reason, detail } = record.unreadable;
    return {
      result: { ok: false, error: deadLetter(position, reason, detail, bytes) },
      type,
      position,
      bytes,
    };
  }
  const result = decode(record.value, position, record.timestampMs);
  return { result, type: result.ok ? result.value.type : type, position, bytes };
}

async function exclusively<T>(state: PartitionState, work: () => Promise<T>): Promise<T> {
  const turn = state.busy.then(work, work);
  state.busy = turn.catch(() => undefined);
  return await turn;
}

function stateKey(id: { source: string; partition: number }): string {
  return `${id.source}\u0000${id.partition}`;
}

function pickSource(id: { source: string; partition: number }): { source: string; partition: number } {
  return { source: id.source, partition: id.partition };
}

function stringified(stretch: { source: string; partition: number; from: bigint; to: bigint }): object {
  return { ...stretch, from: `${stretch.from}`, to: `${stretch.to}` };
}
