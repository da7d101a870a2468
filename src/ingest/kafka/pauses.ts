import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

/** Pauses after failures: `firstMs`, doubling up to thirty times that. */
export function pauseMs(failures: number, firstMs: number): number {
  return Math.min(firstMs * 2 ** Math.max(0, failures - 1), 30 * firstMs);
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
