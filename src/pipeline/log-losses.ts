import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { PartitionLag } from '../core/log-source.ts';
import type { LogIncident } from '../store/log-incidents.ts';
import type { Tx } from '../store/pool.ts';
import { advancePosition, type PositionName, restartPosition } from '../store/source-positions.ts';
import type { Continuity } from './log-continuity.ts';
import { incidentSummary, storeIncident } from './log-incident.ts';
import { type PartitionState, pickSource, stateKey } from './partition-state.ts';

export type LogLoss = Exclude<Continuity, { kind: 'continues' | 'ask_again' }>;

/** A position beyond the end that its log has now. */
export type BeyondEnd = PositionName & { readonly nextOffset: bigint };

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
  /** Positions seen beyond the end of their log, and not believed before they are seen so again. */
  #beyondEnd: readonly BeyondEnd[] = [];

  constructor(options: LogLossesOptions) {
    this.#options = options;
  }

  /** The partitions are others now. */
  forget(): void {
    this.#beyondEnd = [];
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
          : await advancePosition(tx, { ...move, owner, last: null });
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
   * A log that was made anew and is still short or empty: its position is beyond its end, at two looks in a row.
   * `holdsAnything` says whether records of the old log still wait to be stored; `dealtWith` hears of each position
   * whose log begins anew, here or in another process.
   */
  async restartAll(
    beyondEnd: readonly BeyondEnd[],
    partitions: readonly PartitionLag[],
    held: {
      readonly holdsAnything: (position: PositionName) => boolean;
      readonly dealtWith: (position: PositionName) => void;
    },
  ): Promise<void> {
    const before = this.#beyondEnd;
    this.#beyondEnd = beyondEnd;
    for (const position of beyondEnd) {
      const ends = partitions.find((one) => stateKey(one) === stateKey(position));
      // What is held of the old log is stored first, by its own timer.
      if (!isAmong(before, position) || ends === undefined || held.holdsAnything(position)) continue;
      await this.#restart(position, ends);
      held.dealtWith(position);
    }
  }

  async #restart(position: BeyondEnd, { lowOffset, highOffset }: PartitionLag): Promise<void> {
    const { alertChannels, clock } = this.#options;
    const move = { ...position, from: position.nextOffset, to: lowOffset };
    const incident = { ...move, kind: 'log_recreated', records: 0n } as const;
    const moved = await this.#options.transaction(async (tx) => {
      const done = await restartPosition(tx, { ...move, highOffset });
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

function isAmong(seen: readonly BeyondEnd[], position: BeyondEnd): boolean {
  return seen.some(
    (one) =>
      stateKey(one) === stateKey(position) &&
      one.epoch === position.epoch &&
      one.nextOffset === position.nextOffset,
  );
}
