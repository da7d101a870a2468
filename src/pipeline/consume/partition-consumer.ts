import { hostname } from 'node:os';
import type {
  AssignedPartition,
  DurablePosition,
  PartitionHandler,
  PartitionId,
  PartitionLag,
  RecordBatch,
  RecordsOutcome,
  StoredPosition,
} from '../../core/events/log-source.ts';
import type { RecordList } from '../../core/events/log-source.ts';
import { firstFrom } from '../../core/events/record-list.ts';
import {
  ForgottenSince,
  inTransactionWithin,
  TransactionTooLong,
  type Tx,
} from '../../store/connection/pool.ts';
import {
  advancePosition,
  loadPositions,
  type PositionOutside,
  recordLogEnds,
} from '../../store/log/source-positions.ts';
import { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import { type CheckpointLimits, sharedLimits } from '../../window/checkpoint/limits.ts';
import { preparePartitions } from '../intake/commit-buffer.ts';
import { ReadAgain } from '../windows/refuse-recounted.ts';
import { makingCheckpoint, noteTrace, takingBatch } from './batch-traces.ts';
import { continuityOf, lastRecordOf } from './log-continuity.ts';
import { LogLosses, type LogLoss } from './log-losses.ts';
import { openPartition, registerAll } from './open-partition.ts';
import { idsOfBoth } from '../../window/checkpoint/held-ids.ts';
import {
  askAgain,
  exclusively,
  holdsAnything,
  openedState,
  outcomeOf,
  type PartitionState,
  type Repeated,
  pickSource,
  readAgain,
  stateKey,
  type UnstoredBuffer,
} from './partition-state.ts';
import type { PartitionConsumerOptions } from './partition-consumer-options.ts';

/** A checkpoint is also made when this many rows are held, so that memory does not follow throughput. */
export const MAX_BUFFERED_ROWS = 20_000;
/** After checkpoints that took too long, fewer are held; but not fewer than this. */
const MIN_BUFFERED_ROWS = 50;
/** A batch of many checkpoints is not held for longer, once a piece of it is taken. */
const MAX_TAKING_MS = 2_000;
const TRANSACTION_WITHIN_MS = 24_000;

/**
 * The exactly-once consumer of a partitioned log. It keeps what it read in memory and every few seconds stores
 * the counts together with the position they stem from, in one transaction. Killed in between, it has stored
 * neither; a process that has lost its partition without knowing finds the position moved and stores nothing.
 *
 * Two offsets say how a partition stands: `durable` is stored, `accepted` is in the buffer too.
 *
 * - *filling*: records are taken into the buffer, until it is full or old;
 * - *storing*: a full buffer is written while the next one fills. There is never a second one: who is ahead by a whole
 *   buffer waits;
 * - *unstored*: writing failed for a reason that passes. The log has moved on and would not bring these records again, so
 *   the buffer is kept and written before anything else. Had the commit succeeded unheard, the position has moved, which
 *   the next try finds;
 * - *dropped*: the position was moved by another, an id was counted elsewhere first, a transaction took too long, or the
 *   log is another one. Everything held is forgotten, and the source is told to go back to `durable` (`rewinds`).
 *
 * What looks like a gap is asked for once before it is believed (`continuityOf`). A batch and a timer never work on one
 * partition at the same time (`exclusively`).
 */
export class PartitionConsumer implements PartitionHandler {
  readonly #options: PartitionConsumerOptions;
  readonly #owner = `${hostname()}/${process.pid}`;
  readonly #states = new Map<string, PartitionState>();
  /** Dropped, and not delivered again yet. */
  readonly #dropped = new Map<string, StoredPosition & { readonly repeated: Repeated | null }>();
  readonly #losses: LogLosses;
  #maxRows = MAX_BUFFERED_ROWS;

  constructor(options: PartitionConsumerOptions) {
    this.#options = options;
    const { alertChannels = [], clock, log } = options;
    this.#losses = new LogLosses({
      alertChannels,
      clock,
      log,
      owner: this.#owner,
      transaction: async (work) => await this.#transaction(work),
    });
  }

  async onAssigned(
    partitions: readonly AssignedPartition[],
    ofTopics: readonly AssignedPartition[] = partitions,
  ): Promise<StoredPosition[]> {
    this.#states.clear();
    this.#dropped.clear();
    this.#losses.forget();
    // Those of others too: what is not among them when the topic is first seen has been added since.
    await registerAll(this.#options.startAtEnd ? ofTopics : partitions, this.#options);
    const topics = new Map(partitions.map(({ source, topic }) => [source, topic]));
    const stored = await loadPositions(this.#options.pool, partitions);
    return stored.map(({ source, partition, nextOffset, last }) => ({
      topic: topics.get(source) ?? '',
      partition,
      // The last record stored once more, to see that it is still the same log.
      nextOffset: last?.offset ?? nextOffset,
    }));
  }

  async onRevoked(): Promise<void> {
    this.#states.clear();
    this.#dropped.clear();
  }

  async onRecords(batch: RecordBatch): Promise<RecordsOutcome> {
    await this.#options.room?.();
    await batch.heartbeat();
    const state = await this.#state(batch);
    return await exclusively(state, () => takingBatch(batch, () => this.#take(state, batch)));
  }

  async onIdle(partitions: readonly PartitionLag[]): Promise<readonly DurablePosition[]> {
    const outside = await recordLogEnds(this.#options.pool, partitions);
    await this.#goBackInside(outside, partitions);
    return await this.checkpointDue();
  }

  /** Stores what has waited long enough; called by a timer, because a silent partition brings no batch. */
  async checkpointDue(): Promise<readonly DurablePosition[]> {
    const nowMs = this.#options.clock.nowMs();
    const due = [...this.#states.values()].filter(
      (state) =>
        state.unstored !== null ||
        (state.bufferedSinceMs !== null && nowMs - state.bufferedSinceMs >= this.#options.checkpointEveryMs),
    );
    return await this.#checkpointAll(due);
  }

  rewinds(): readonly StoredPosition[] {
    return [...this.#dropped.values()];
  }

  async onStopping(): Promise<readonly DurablePosition[]> {
    return await this.checkpointAll();
  }

  /** Stores everything held: before leaving. */
  async checkpointAll(): Promise<readonly DurablePosition[]> {
    return await this.#checkpointAll([...this.#states.values()]);
  }

  async #checkpointAll(states: readonly PartitionState[]): Promise<readonly DurablePosition[]> {
    const stored = await Promise.all(
      states.map(async (state) => {
        const begun = await exclusively(state, async () => await this.#beginCheckpoint(state));
        return begun && (await this.#settled(state));
      }),
    );
    return states.flatMap(({ id: { topic, partition }, durable }, index) =>
      stored[index] === true ? { topic, partition, committedOffset: durable } : [],
    );
  }

  async #take(state: PartitionState, batch: RecordBatch): Promise<RecordsOutcome> {
    // Thrown away while waiting for its turn: the next delivery starts from the store.
    if (this.#states.get(stateKey(batch)) !== state) return readAgain(state);
    const continuity = await continuityOf(batch, state);
    if (continuity.kind === 'ask_again') return askAgain(state, continuity.from);
    if (continuity.kind !== 'continues') {
      if (!(await this.#checkpoint(state)) || !(await this.#stepOver(state, continuity))) {
        return readAgain(state);
      }
      if (batch.fromOffset !== state.accepted) return outcomeOf(state);
    }
    state.askedFor = null;
    state.unverified = null;
    const begunMs = this.#options.clock.nowMs();
    let rest = batch.records.slice(firstFrom(batch.records, state.accepted));
    do {
      rest = await this.#accept(state, batch, rest);
      await batch.heartbeat();
      const full = rest.length > 0 || state.buffer.isFull;
      const nowMs = this.#options.clock.nowMs();
      const old = nowMs - (state.bufferedSinceMs ?? nowMs) >= this.#options.checkpointEveryMs;
      if ((full || old) && !(await this.#beginCheckpoint(state))) return readAgain(state);
      // What is left is fetched once more: the source has to be able to stop, or to give the partition away, meanwhile.
    } while (rest.length > 0 && this.#options.clock.nowMs() - begunMs < MAX_TAKING_MS);
    return outcomeOf(state);
  }

  /**
   * Takes up what is new in a batch for as long as the buffer has room, and then what it says that nobody is to see.
   *
   * @returns the records that are left for the next buffer
   */
  async #accept(state: PartitionState, batch: RecordBatch, records: RecordList): Promise<RecordList> {
    if (batch.nextOffset <= state.accepted) return [];
    state.bufferedSinceMs ??= this.#options.clock.nowMs();
    noteTrace(state.traces);
    const { until } = state;
    const within = until === null ? records : records.slice(0, firstFrom(records, until));
    const left = within.length === 0 ? within : await this.#buffer(state, batch, within);
    const rest = records.slice(within.length - left.length);
    if (rest.length === 0) state.accepted = batch.nextOffset;
    return rest;
  }

  async #buffer(state: PartitionState, batch: RecordBatch, records: RecordList): Promise<RecordList> {
    let taken: number;
    try {
      taken = await this.#options.intakes.of(batch).take(batch, records, state.buffer);
    } catch (error) {
      // Half a batch may be in the buffer: drop it all and read again from what is stored.
      this.#states.delete(stateKey(batch));
      throw error;
    }
    const last = taken > 0 ? records.at(taken - 1) : undefined;
    if (last !== undefined) {
      state.accepted = last.offset + 1n;
      state.last = lastRecordOf(last);
    } else if (state.buffer.events === 0) throw new Error('an empty checkpoint has no room for a record');
    return records.slice(taken);
  }

  /** Stores everything held. False: it could not be, and has been dropped. */
  async #checkpoint(state: PartitionState): Promise<boolean> {
    return (await this.#beginCheckpoint(state)) && (await this.#settled(state));
  }

  /**
   * Begins to store what is held, and goes on with an empty buffer: reading does not wait for the database, but never
   * gets ahead by more than one checkpoint. False: what was stored before could not be, and everything is dropped.
   */
  async #beginCheckpoint(state: PartitionState): Promise<boolean> {
    if (!(await this.#settled(state))) return false;
    if (state.unstored !== null) {
      this.#startStoring(state, state.unstored);
      if (!(await this.#settled(state))) return false;
    }
    state.until = null;
    if (state.accepted === state.durable) return true;
    const { buffer, accepted: to, last, traces } = state;
    state.buffer = new CheckpointBuffer(buffer, buffer.cutoffs, this.#limitsOf(state.id));
    state.bufferedSinceMs = null;
    state.traces = [];
    this.#startStoring(state, { buffer, to, last, traces });
    return true;
  }

  #startStoring(state: PartitionState, held: UnstoredBuffer): void {
    const storing = makingCheckpoint(state.id, held.traces, () => this.#store(state, held));
    // Who settles it hears of a failure; nobody may be waiting yet.
    storing.catch(() => undefined);
    state.storing = storing;
  }

  /** Waits for what is being stored. False: everything held has been dropped. */
  async #settled(state: PartitionState): Promise<boolean> {
    const { storing } = state;
    try {
      await storing;
    } finally {
      if (state.storing === storing) state.storing = null;
    }
    return this.#states.get(stateKey(state.id)) === state;
  }

  /** False: another process owns the partition now, or it was reset; everything held has been dropped. */
  async #store(state: PartitionState, held: UnstoredBuffer): Promise<boolean> {
    const { buffer, to, last } = held;
    const stretch = { ...pickSource(state.id), epoch: state.epoch, from: state.durable, to };
    state.unstored = null;
    let committed: (() => void) | null;
    try {
      await preparePartitions(this.#options.pool, buffer);
      committed = await this.#transaction(async (tx) => {
        const isSilent = buffer.events === 0;
        const moved = await advancePosition(tx, { ...stretch, owner: this.#owner, last, isSilent });
        if (!moved) return null;
        return await this.#options.commit(tx, buffer, stretch);
      });
    } catch (error) {
      if (error instanceof ReadAgain) {
        const repeated = { to, ids: idsOfBoth(buffer.repeated, error.ids) };
        this.#drop(state, `${error.message}; read once more`, repeated);
        return false;
      }
      if (error instanceof ForgottenSince) {
        await this.#options.catalog.keepUp();
        this.#drop(state, 'a feature was forgotten meanwhile; read once more without it');
        return false;
      }
      // Kept, to be tried again: the log has moved on and would not bring these records a second time. Had the
      // commit succeeded unheard, the next try finds the position moved, and drops what is stored already.
      state.unstored = held;
      if (error instanceof TransactionTooLong) this.#holdLess(state, buffer.weight);
      throw error;
    }
    if (committed === null) {
      // By another process, or because the database was put back to an earlier day: ids stored after it are then gone.
      this.#options.ledger.forget();
      this.#options.catalog.cutoffs.forget();
      this.#options.intakes.forget();
      this.#drop(state, 'position moved by another process; dropped what was read since');
      return false;
    }
    committed();
    state.durable = to;
    state.fresh = false;
    state.buffer.forgetPrevious();
    this.#maxRows = Math.min(MAX_BUFFERED_ROWS, this.#maxRows * 2);
    if (buffer.labels.length > 0) this.#options.onLabels?.();
    buffer.release();
    return true;
  }

  async #transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { pool, transactionWithinMs = TRANSACTION_WITHIN_MS } = this.#options;
    return await inTransactionWithin(pool, transactionWithinMs, work);
  }

  /**
   * What did not fit into one checkpoint is read again from the store's position, in smaller pieces: half of what was too
   * much, since few rows in many windows take as long as many in one.
   */
  #holdLess(state: PartitionState, held: number): void {
    this.#maxRows = Math.max(MIN_BUFFERED_ROWS, Math.floor(Math.min(this.#maxRows, held) / 2));
    this.#drop(state, `a checkpoint took too long; from now on it holds ${this.#maxRows} rows`);
  }

  #drop(state: PartitionState, why: string, repeated: Repeated | null = null): void {
    // Stored in the background for an assignment that has ended: what is held now is another's.
    if (this.#states.get(stateKey(state.id)) !== state) return;
    this.#states.delete(stateKey(state.id));
    const { durable, accepted, id } = state;
    const { topic, partition } = id;
    this.#dropped.set(stateKey(state.id), { topic, partition, nextOffset: durable, repeated });
    this.#options.log.warn({ ...pickSource(state.id), from: `${durable}`, to: `${accepted}` }, why);
  }

  /** False: another process has seen to it, and everything held has been dropped. */
  async #stepOver(state: PartitionState, loss: LogLoss): Promise<boolean> {
    const moved = await this.#losses.stepOver(state, loss);
    if (!moved) this.#drop(state, 'position moved by another process');
    return moved;
  }

  async #goBackInside(
    outside: readonly PositionOutside[],
    partitions: readonly PartitionLag[],
  ): Promise<void> {
    await this.#losses.goBackInside(outside, partitions, {
      holdsAnything: (position) => {
        const held = this.#states.get(stateKey(position));
        return held !== undefined && holdsAnything(held);
      },
      dealtWith: (position) => this.#states.delete(stateKey(position)),
    });
  }

  async #state(batch: RecordBatch): Promise<PartitionState> {
    const key = stateKey(batch);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const { position, times } = await openPartition(batch, { ...this.#options, owner: this.#owner });
    const buffer = new CheckpointBuffer(null, this.#options.catalog.cutoffs, this.#limitsOf(batch), times);
    const repeated = this.#dropped.get(key)?.repeated ?? null;
    buffer.repeated = repeated?.ids ?? [];
    const state = openedState(batch, position, { buffer, until: repeated?.to ?? null });
    this.#states.set(key, state);
    this.#dropped.delete(key);
    return state;
  }

  #limitsOf(partition: PartitionId): CheckpointLimits {
    const key = stateKey(partition);
    return sharedLimits(this.#maxRows, () => this.#cellsBeside(key));
  }

  #cellsBeside(key: string): number {
    let cells = 0;
    for (const [other, { buffer }] of this.#states) if (other !== key) cells += buffer.cellsLately;
    return cells;
  }
}
