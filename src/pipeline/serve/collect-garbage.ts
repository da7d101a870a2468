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
/** A collection costs a tenth of a second and more: it has to be worth it. */
const WORTH_BYTES = 40 * 2 ** 20;

/**
 * V8 lets garbage lie in proportion to the memory of the machine, and the buffers of what was fetched, counted and stored
 * lie with it: on a large machine a process took 500 MB that needs 250. So it is told to collect when the process has
 * grown by `WORTH_BYTES` beyond what was left after the last time.
 */
export function collectWhenGrown({ residentBytes, collect }: Collecting): Turn {
  let leftBytes = 0;
  return async () => {
    if (residentBytes() < Math.max(ENOUGH_BYTES, leftBytes + WORTH_BYTES)) {
      // What was needed once need not be needed for ever.
      leftBytes = Math.min(leftBytes, residentBytes());
      return;
    }
    collect();
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
