import { setTimeout as sleep } from 'node:timers/promises';
import { DEADLINES } from './deadlines.ts';

export interface UntilOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** What is waited for, as it should read in a failure: "the alert to be resolved". */
  readonly what?: string;
}

/**
 * Calls `look` until it returns something other than undefined, null or false, and returns that. Only for
 * things that announce nothing themselves, such as a row in a table; where there is an event, wait for it.
 */
export async function until<T>(
  look: () => T | Promise<T>,
  { timeoutMs = DEADLINES.waitMs, everyMs = 25, what = 'the condition' }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) break;
    await sleep(everyMs);
  }
  const saw = last instanceof Error ? `the last try failed: ${last.message}` : `last seen: ${String(last)}`;
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}; ${saw}.`, {
    cause: last instanceof Error ? last : undefined,
  });
}
