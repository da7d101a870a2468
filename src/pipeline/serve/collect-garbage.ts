import { setTimeout as sleep } from 'node:timers/promises';
import { collectGarbage, collectYoungGarbage, type Flavor } from '../../core/memory/collect-garbage.ts';
import type { Log } from '../../core/log.ts';
import type { Turn } from './duty.ts';
import { loadReturnMemory } from '../../core/memory/return-memory.ts';
import { isOvergrown } from './young-generation.ts';

export interface Collecting {
  /** Resident memory of the process. */
  readonly residentBytes: () => number;
  /** Gives back what nobody has allocated any more. */
  readonly trim: () => void;
  /** Lets go of everything that is garbage; by last resort of compiled code and what else is only cached, too. */
  readonly collect: (flavor: Flavor) => void;
  /** Absent: the clock's. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** Below this nothing is done: what one process may take, less what an evaluation needs for its moment. */
const ENOUGH_BYTES = 320 * 2 ** 20;
/** From here on what one evaluation needs for its moment may be too much. */
const MUCH_BYTES = 420 * 2 ** 20;
/** A collection costs more than its tenth of a second, because what was fast before it has to become fast again. */
const PAUSE_MS = 30_000;
const PAUSE_OF_MUCH_MS = 10_000;
/** Nearly all that one process may take: it is collected soon, unless the last time hardly anything was garbage. */
const PRESSING_BYTES = 460 * 2 ** 20;
const PAUSE_OF_PRESSING_MS = 2_000;
/** So near to it that a collection is tried whatever the last one brought. */
const URGENT_BYTES = 500 * 2 ** 20;
/** It has to be worth it. */
const WORTH_BYTES = 40 * 2 ** 20;
/** More than ordinary reading has reason to hold: before it goes on, it is collected. */
const READING_BYTES = 380 * 2 ** 20;
/** A collection stops the process for a tenth of a second: with less between two of them, reading would hardly do anything else. */
const BETWEEN_BYTES = 100 * 2 ** 20;

/** From here on whoever brings more waits for an evaluation. */
const TIGHT_BYTES = 430 * 2 ** 20;

/** What reading a window leaves on its way: rows and chunks, the greater part of which were not wanted. */
const LOADED_BYTES = 24 * 2 ** 20;

const PAUSE_BEFORE_WORK_MS = 5_000;

/** How long whoever brings more waits for an evaluation to give back what it needs for its moment, and how often it looks. */
const WAITS_MOST_MS = 1_000;
const LOOKS_EVERY_MS = 100;
/** After a wait that was for nothing: what is held is needed, and reading must go on. */
const NO_WAIT_FOR_MS = 5_000;

export interface Garbage {
  /** The duty of every process. */
  readonly turn: Turn;
  /** Does something that needs much for its moment. */
  readonly during: <T>(nowMs: number, work: () => Promise<T>) => Promise<T>;
  /** Before more is taken in: waits a little where something that needs much is under way and little is left. */
  readonly room: (nowMs: number) => Promise<void>;
  /** Before something under way goes on with as much again: what it has left so far is let go of. */
  readonly more: (nowMs: number) => void;
}

/**
 * V8 lets garbage lie in proportion to the memory of the machine, and the buffers of what was fetched, counted and stored
 * lie with it; what it lets go of lies in the allocator of C. On a large machine a process took 500 MB that needs 250. So
 * what is free is given back as soon as the process has grown by `WORTH_BYTES`: that is cheap, and an evaluation reads fifty
 * megabytes a second. Garbage is collected when it has grown by as much all the same, or holds much whatever was left the
 * last time: an evaluation may have been under way then.
 */
export function createGarbage({ residentBytes, trim, collect, wait = sleep }: Collecting): Garbage {
  /** After the last trim, and after the last collection. */
  let trimmedBytes = 0;
  let leftBytes = 0;
  let collectedAtMs = Number.NEGATIVE_INFINITY;
  let underWay = 0;
  let waitedInVainAtMs = Number.NEGATIVE_INFINITY;
  const isTight = (): boolean => underWay > 0 && residentBytes() >= TIGHT_BYTES;
  // Clocks are set back.
  const sinceMs = (nowMs: number): number => Math.abs(nowMs - collectedAtMs);
  const collectNow = (nowMs: number, flavor: Flavor = 'last-resort'): void => {
    collect(flavor);
    trim();
    collectedAtMs = nowMs;
    leftBytes = residentBytes();
    trimmedBytes = leftBytes;
  };
  const room = async (nowMs: number): Promise<void> => {
    // What was fetched, counted and stored meanwhile: on a busy machine a hundred megabytes between two turns of the duty. It is
    // collected once a second, and what reads needs its compiled code at once.
    const between = Math.min(leftBytes + BETWEEN_BYTES, URGENT_BYTES);
    if (residentBytes() >= Math.max(READING_BYTES, between, leftBytes + WORTH_BYTES)) {
      collectNow(nowMs, 'regular');
    }
    if (!isTight() || Math.abs(nowMs - waitedInVainAtMs) < NO_WAIT_FOR_MS) return;
    if (sinceMs(nowMs) >= PAUSE_OF_PRESSING_MS) collectNow(nowMs);
    for (let waitedMs = 0; isTight(); waitedMs += LOOKS_EVERY_MS) {
      if (waitedMs >= WAITS_MOST_MS) {
        waitedInVainAtMs = nowMs;
        return;
      }
      await wait(LOOKS_EVERY_MS);
    }
  };
  return {
    room,
    more: (nowMs) => {
      if (residentBytes() >= Math.max(ENOUGH_BYTES, leftBytes + LOADED_BYTES)) collectNow(nowMs);
    },
    turn: async (nowMs) => {
      await Promise.resolve();
      let bytes = residentBytes();
      if (bytes >= Math.max(ENOUGH_BYTES, trimmedBytes + WORTH_BYTES)) {
        trim();
        bytes = residentBytes();
        trimmedBytes = bytes;
      }
      trimmedBytes = Math.min(trimmedBytes, bytes);
      const grown = bytes >= Math.max(ENOUGH_BYTES, leftBytes + WORTH_BYTES);
      const isPressing = bytes >= URGENT_BYTES || (bytes >= PRESSING_BYTES && leftBytes < MUCH_BYTES);
      const pauseMs = isPressing ? PAUSE_OF_PRESSING_MS : PAUSE_OF_MUCH_MS;
      const much = bytes >= MUCH_BYTES && sinceMs(nowMs) >= pauseMs;
      if (much || (grown && sinceMs(nowMs) >= PAUSE_MS)) collectNow(nowMs);
      // What was needed once need not be needed for ever.
      else leftBytes = Math.min(leftBytes, bytes);
    },
    during: async (nowMs, work) => {
      if (residentBytes() >= ENOUGH_BYTES && sinceMs(nowMs) >= PAUSE_BEFORE_WORK_MS) collectNow(nowMs);
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
  };
}

/** Asked for every few hundred records, the system answers in a tenth of a millisecond. */
const LATELY_MS = 50;

function lately(ask: () => number): { ask: () => number; forget: () => void } {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let answer = 0;
  return {
    ask: () => {
      const nowMs = performance.now();
      if (nowMs - askedAtMs >= LATELY_MS) {
        askedAtMs = nowMs;
        answer = ask();
      }
      return answer;
    },
    forget: () => {
      askedAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Of this process. */
export async function ownGarbage(log: Log): Promise<Garbage> {
  const returnMemory = await loadReturnMemory(log);
  const resident = lately(() => process.memoryUsage.rss());
  return createGarbage({
    residentBytes: resident.ask,
    trim: () => {
      returnMemory?.();
      // A collection may take less than that, and what is left is not what there was.
      resident.forget();
    },
    collect: (flavor) => {
      collectGarbage(isOvergrown() ? 'last-resort' : flavor);
      // Memory of buffers that nobody holds is let go of beside what runs, until the next collection waits for it.
      collectYoungGarbage();
    },
  });
}
