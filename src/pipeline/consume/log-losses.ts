import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { PartitionLag } from '../../core/events/log-source.ts';
import type { LogIncident } from '../../store/log/incidents.ts';
import type { Tx } from '../../store/connection/pool.ts';
import {
  advancePosition,
  type PositionName,
  type PositionOutside,
  restartPosition,
} from '../../store/log/source-positions.ts';
import type { Continuity } from './log-continuity.ts';
import { incidentSummary, storeIncident } from './log-incident.ts';
import { type PartitionState, pickSource, stateKey } from './partition-state.ts';

export type LogLoss = Exclude<Continuity, { kind: 'continues' | 'ask_again' }>;

export interface LogLossesOptions {
  /** Who is told of records that a log has lost. */
  readonly alertChannels: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Which process this is, for the position it moves. */
  readonly owner: string;
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}

/** Goes on behind what can never be read, and says so: records that retention deleted, logs that were made anew. */
export class LogLosses {
  readonly #options: LogLossesOptions;
  /** Positions seen outside of their log, and not believed before they are seen so again. */
  #outside: readonly PositionOutside[] = [];

  constructor(options: LogLossesOptions) {
    this.#options = options;
  }

  /** The partitions are others now. */
  forget(): void {
    this.#outside = [];
  }

  /** Moves the partition's position behind its loss. False: another process has seen to it. */
  async stepOver(state: PartitionState, { kind, ...step }: LogLoss): Promise<boolean> {
    const { alertChannels, clock, owner } = this.#options;
    const { durable: from, epoch, fresh } = state;
    const move = { ...pickSource(state.id), epoch, from, to: step.to };
    const isLoss = kind === 'records_lost';
    const incident = { ...move, kind, records: isLoss ? step.to - from : 0n };
    const moved = await this.#options.transaction(async (tx) => {
      const done =
        'highOffset' in step
          ? await restartPosition(tx, { ...move, highOffset: step.highOffset })
          : await advancePosition(tx, { ...move, owner, last: null, isSilent: true });
      // Of a log nobody has read yet, nothing is missing.
      if (done && !fresh) await storeIncident(tx, incident, alertChannels, clock.nowMs());
      return done;
    });
    if (!moved) return false;
    if (!fresh) this.#tell(incident);
    state.durable = step.to;
    state.accepted = step.to;
    state.epoch = isLoss ? epoch : epoch + 1;
    state.last = null;
    state.unverified = null;
    return true;
  }

  /**
   * What no record shows, because none comes: a log that was made anew and is still short or empty, and one whose
   * unread records were deleted down to the last. Their positions lie outside of them, at two looks in a row.
   * `holdsAnything` says whether something of the log still waits to be stored; `dealtWith` hears of each position
   * that was moved, here or in another process.
   */
  async goBackInside(
    outside: readonly PositionOutside[],
    partitions: readonly PartitionLag[],
    held: {
      readonly holdsAnything: (position: PositionName) => boolean;
      readonly dealtWith: (position: PositionName) => void;
    },
  ): Promise<void> {
    const before = this.#outside;
    this.#outside = outside;
    for (const position of outside) {
      const ends = partitions.find((one) => stateKey(one) === stateKey(position));
      // What is held is stored first, by its own timer.
      if (!isAmong(before, position) || ends === undefined || held.holdsAnything(position)) continue;
      await this.#moveInside(position, ends);
      held.dealtWith(position);
    }
  }

  async #moveInside(position: PositionOutside, { lowOffset, highOffset }: PartitionLag): Promise<void> {
    const { alertChannels, clock, owner } = this.#options;
    const { source, partition, epoch, nextOffset: from } = position;
    const move = { source, partition, epoch, from, to: lowOffset };
    const isLoss = position.where === 'below_beginning';
    const incident: LogIncident = isLoss
      ? { ...move, kind: 'records_lost', records: lowOffset - from }
      : { ...move, kind: 'log_recreated', records: 0n };
    const moved = await this.#options.transaction(async (tx) => {
      const done = isLoss
        ? await advancePosition(tx, { ...move, owner, last: null, isSilent: true })
        : await restartPosition(tx, { ...move, highOffset });
      if (done) await storeIncident(tx, incident, alertChannels, clock.nowMs());
      return done;
    });
    if (moved) this.#tell(incident);
  }

  #tell(incident: LogIncident): void {
    this.#options.log.error(
      { ...pickSource(incident), expected: `${incident.from}`, found: `${incident.to}` },
      incidentSummary(incident),
    );
  }
}

function isAmong(seen: readonly PositionOutside[], position: PositionOutside): boolean {
  return seen.some(
    (one) =>
      stateKey(one) === stateKey(position) &&
      one.epoch === position.epoch &&
      one.where === position.where &&
      one.nextOffset === position.nextOffset,
  );
}
