/** Where "now" comes from. Injected everywhere, so that tests own time. */
export interface Clock {
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Waits for what may never end: after the deadline it counts as not answering. Real time, whatever clock the caller goes by. */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  const clock = new AbortController();
  const deadline = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs / 1_000} s`)), deadlineMs);
    clock.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clock.abort();
  }
}
