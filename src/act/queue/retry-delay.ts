import { fullJitterMs } from '../../core/backoff.ts';
import { SECOND_MS } from '../../core/clock.ts';

const FIRST_PAUSE_MS = SECOND_MS;
const LONGEST_PAUSE_MS = 60 * SECOND_MS;

/** After an outage or a bug in a handler: growing pauses of up to a minute. */
export function retryDelayMs(attempts: number, random: () => number): number {
  return fullJitterMs(attempts, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, random);
}
