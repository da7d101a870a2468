import { describe, expect, it } from 'vitest';
import { askBreaker, breakerFailed, OPENS_AFTER } from '../../src/act/channels/mail/breaker.ts';
import type { BreakerState } from '../../src/act/channels/mail/breaker.ts';

const MINUTE = 60_000;

function afterFailures(count: number, nowMs: number): BreakerState | null {
  let state: BreakerState | null = null;
  for (let n = 0; n < count; n += 1) state = breakerFailed(state, 'ECONNREFUSED', nowMs);
  return state;
}

describe('the circuit breaker of a mail server', () => {
  it('lets every mail through while nothing is known against it, and until the last failure it bears', () => {
    for (const state of [null, afterFailures(OPENS_AFTER - 1, 0)]) {
      expect(askBreaker(state, 0)).toEqual({ answer: { kind: 'go' }, next: state });
    }
  });

  it('lets mails wait from then on, and says since when and why', () => {
    const open = afterFailures(OPENS_AFTER, 1_000);
    expect(askBreaker(open, 1_000 + MINUTE - 1).answer).toEqual({
      kind: 'wait',
      untilMs: 1_000 + MINUTE,
      openedAtMs: 1_000,
      lastError: 'ECONNREFUSED',
    });
  });

  it('lets one through when the pause is over, and no second one beside it', () => {
    const open = afterFailures(OPENS_AFTER, 0);
    const { answer, next } = askBreaker(open, MINUTE);
    expect(answer.kind).toBe('probe');
    expect(askBreaker(next, MINUTE).answer.kind).toBe('wait');
    // A probe that was never reported has died with its process.
    expect(askBreaker(next, 4 * MINUTE).answer.kind).toBe('probe');
  });

  it('waits longer with every failed probe, up to a quarter of an hour, and remembers when it began', () => {
    let state = afterFailures(OPENS_AFTER, 0);
    const pauses = [];
    for (let probe = 0; probe < 8; probe += 1) {
      const atMs = state?.retryAtMs ?? 0;
      state = breakerFailed(askBreaker(state, atMs).next, 'ETIMEDOUT', atMs);
      pauses.push(((state.retryAtMs ?? 0) - atMs) / MINUTE);
    }
    expect(pauses).toEqual([2, 4, 8, 15, 15, 15, 15, 15]);
    expect(state?.openedAtMs).toBe(0);
    expect(state?.lastError).toBe('ETIMEDOUT');
  });
});
