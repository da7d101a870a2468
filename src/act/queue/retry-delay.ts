import { SECOND_MS } from '../../core/clock.ts';

/** How a handler's wish to be called again travels through BullMQ, which knows only thrown errors. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly delayMs: number;

  constructor(delayMs: number, reason: string) {
    super(reason);
    this.delayMs = delayMs;
  }
}

const FIRST_PAUSE_MS = SECOND_MS;
const LONGEST_PAUSE_MS = 60 * SECOND_MS;

/** What the handler asked for; after an outage or a bug, growing pauses of up to a minute with full jitter. */
export function retryDelayMs(attempts: number, error: Error | undefined, random: () => number): number {
  if (error instanceof RetryLater) return Math.max(0, Math.round(error.delayMs));
  return fullJitterMs(attempts, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, random);
}

/**
 * A pause drawn evenly from 0 up to a ceiling that doubles with every attempt: many senders that failed at one
 * moment do not come back at one moment.
 *
 * @param attempts attempts that have failed; at least 1
 * @example fullJitterMs(3, 1_000, 60_000, () => 0.5) // 2000
 */
export function fullJitterMs(attempts: number, baseMs: number, maxMs: number, random: () => number): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** (attempts - 1));
  return Math.round(random() * ceiling);
}
