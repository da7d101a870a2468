import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { fullJitterMs } from '../../core/backoff.ts';

/** Pauses after failures, with full jitter: at most `firstMs`, doubling up to thirty times that. */
export function pauseMs(failures: number, firstMs: number, random: () => number = Math.random): number {
  return fullJitterMs(Math.max(1, failures), firstMs, 30 * firstMs, random);
}

/** Sleeps unless stopped; true when the time has passed. */
export async function paused(forMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(forMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** Lets sockets and timers have their turn. */
export async function nextTurn(): Promise<void> {
  await turn();
}
