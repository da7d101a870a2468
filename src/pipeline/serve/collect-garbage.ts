import { collectGarbage } from '../../core/collect-garbage.ts';
import type { Log } from '../../core/log.ts';
import type { DutyLine, Turn } from './duty-table.ts';
import { loadReturnMemory } from './return-memory.ts';

export interface Collecting {
  /** Resident memory of the process. */
  readonly residentBytes: () => number;
  /** Gives back everything that is garbage, to the system too. */
  readonly collect: () => void;
}

/** Below this nothing is done: what one process may take, less what an evaluation needs for its moment. */
const ENOUGH_BYTES = 320 * 2 ** 20;
/** From here on what one evaluation needs for its moment may be too much: no collection waits. */
const MUCH_BYTES = 450 * 2 ** 20;
/** A collection costs more than its tenth of a second, because what was fast before it has to become fast again. */
const PAUSE_MS = 30_000;
/** It has to be worth it. */
const WORTH_BYTES = 40 * 2 ** 20;

/**
 * V8 lets garbage lie in proportion to the memory of the machine, and the buffers of what was fetched, counted and stored
 * lie with it: on a large machine a process took 500 MB that needs 250. So it is told to collect when the process has
 * grown by `WORTH_BYTES` beyond what was left after the last time; at most every `PAUSE_MS` while there is room.
 */
export function collectWhenGrown({ residentBytes, collect }: Collecting): Turn {
  let leftBytes = 0;
  let collectedAtMs = Number.NEGATIVE_INFINITY;
  return async (nowMs) => {
    const bytes = residentBytes();
    const hasRoom = bytes < MUCH_BYTES && Math.abs(nowMs - collectedAtMs) < PAUSE_MS;
    if (bytes < Math.max(ENOUGH_BYTES, leftBytes + WORTH_BYTES) || hasRoom) {
      // What was needed once need not be needed for ever.
      leftBytes = Math.min(leftBytes, bytes);
      return;
    }
    collect();
    collectedAtMs = nowMs;
    leftBytes = residentBytes();
    await Promise.resolve();
  };
}

/** The duty of every process. */
export async function collectingGarbage({ log }: Pick<DutyLine, 'log'>): Promise<Turn> {
  return collectWhenGrown(await ownGarbage(log));
}

/** Of this process. What V8 lets go of lies in the allocator of C then. */
export async function ownGarbage(log: Log): Promise<Collecting> {
  const returnMemory = await loadReturnMemory(log);
  return {
    residentBytes: () => process.memoryUsage.rss(),
    collect: () => {
      collectGarbage('last-resort');
      returnMemory?.();
    },
  };
}
