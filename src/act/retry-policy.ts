import { fullJitterMs } from '../core/backoff.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../core/clock.ts';

export interface RetryPolicy {
  /** Attempts altogether, the first included. */
  readonly attempts: number;
  /** Ceiling of the first pause; it doubles with every attempt. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Gives up after three hours and a half at the latest: then people should know that nobody is retraining. */
export const WEBHOOK_RETRY: RetryPolicy = { attempts: 12, baseMs: 10 * SECOND_MS, maxMs: HOUR_MS };

/** Greylisting takes minutes, a mail server's bad night takes hours: 11 hours on average, 22 at most. */
export const MAIL_RETRY: RetryPolicy = { attempts: 30, baseMs: 15 * SECOND_MS, maxMs: HOUR_MS };

/** A receiver may ask for patience, but not for oblivion. */
const LONGEST_RETRY_AFTER_MS = DAY_MS;

/**
 * The pause after a failed attempt: full jitter, and never less than what the receiver asked for. Null: that was
 * the last one.
 */
export function nextPauseMs(
  attempts: number,
  retryAfterMs: number | null,
  policy: RetryPolicy,
  random: () => number,
): number | null {
  if (attempts >= policy.attempts) return null;
  const jittered = fullJitterMs(attempts, policy.baseMs, policy.maxMs, random);
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
}
