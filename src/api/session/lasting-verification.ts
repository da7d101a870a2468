import { hash } from 'node:crypto';
import { MINUTE_MS, NoAnswerInTime, withDeadline } from '../../core/clock.ts';
import { ok } from '../../core/result.ts';
import { isOutage } from '../../store/connection/outage.ts';
import type { VerifiedToken } from '../../store/tokens.ts';
import type { ApiDeps } from '../api-deps.ts';
import { ProblemError } from '../problem.ts';

/** Leaves a scrape of ten seconds the time to look at the database itself. */
const VERIFIED_WITHIN_MS = 2_000;
const REMEMBERED_MS = 15 * MINUTE_MS;
const MOST_REMEMBERED = 256;

/**
 * Verifies tokens for what has to be told while the database is away: then a token is enough that the database itself knew
 * within the last quarter of an hour, until it expires. One that was revoked meanwhile is refused once the database is back.
 *
 * Holds the hashes of at most 256 tokens, those verified last.
 */
export function lastingVerification(
  verify: NonNullable<ApiDeps['verifyToken']>,
): NonNullable<ApiDeps['verifyToken']> {
  const remembered = new Map<string, { readonly token: VerifiedToken; readonly untilMs: number }>();
  const note = (key: string, token: VerifiedToken, nowMs: number): void => {
    const untilMs = Math.min(nowMs + REMEMBERED_MS, token.expiresAtMs ?? Number.POSITIVE_INFINITY);
    remembered.set(key, { token, untilMs });
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  };
  return async (text, nowMs) => {
    const key = hash('sha256', text);
    // An answer that comes behind the deadline is one, too.
    const verified = verify(text, nowMs).then((result) => {
      remembered.delete(key);
      if (result.ok) note(key, result.value, nowMs);
      return result;
    });
    try {
      return await withDeadline(verified, VERIFIED_WITHIN_MS);
    } catch (error) {
      const isLate = error instanceof NoAnswerInTime;
      if (!isLate && !isOutage(error)) throw error;
      const known = remembered.get(key);
      if (known !== undefined && nowMs < known.untilMs) return ok(known.token);
      if (!isLate) throw error;
      throw new ProblemError('unavailable', { detail: 'The database did not answer in time.' });
    }
  };
}
