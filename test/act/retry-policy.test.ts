import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import { retryDelayMs } from '../../src/act/queue/retry-delay.ts';
import { MAIL_RETRY, nextPauseMs, WEBHOOK_RETRY } from '../../src/act/retry-policy.ts';
import { retryAfterMs } from '../../src/act/webhook/retry-after.ts';

const policy = { attempts: 5, baseMs: 1_000, maxMs: 6_000 };

describe('pauses between attempts', () => {
  it('have a ceiling that doubles up to the limit, and are drawn from below it', () => {
    const ceilings = [1, 2, 3, 4].map((attempts) => nextPauseMs(attempts, null, policy, () => 1));
    expect(ceilings).toEqual([1_000, 2_000, 4_000, 6_000]);
    expect(nextPauseMs(3, null, policy, () => 0)).toBe(0);
  });

  it('end after the last attempt', () => {
    expect(nextPauseMs(5, 10, policy, () => 1)).toBeNull();
  });

  it('are at least what the receiver asked for, but not longer than a day', () => {
    expect(nextPauseMs(1, 30_000, policy, () => 1)).toBe(30_000);
    expect(nextPauseMs(1, 10, policy, () => 1)).toBe(1_000);
    expect(nextPauseMs(1, 90 * DAY_MS, policy, () => 1)).toBe(DAY_MS);
  });

  it('add up to what the documentation promises', () => {
    const longest = (own: typeof policy): number => {
      let total = 0;
      for (let n = 1; n < own.attempts; n += 1) total += nextPauseMs(n, null, own, () => 1) ?? 0;
      return total / HOUR_MS;
    };
    expect(longest(WEBHOOK_RETRY)).toBeCloseTo(3.4, 1);
    expect(longest(MAIL_RETRY)).toBeCloseTo(22.1, 1);
  });

  it('grow up to a minute after a handler threw', () => {
    expect(retryDelayMs(1, () => 1)).toBe(1_000);
    expect(retryDelayMs(40, () => 1)).toBe(60_000);
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 2, 1, 12);
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
    ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %j as %j', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});
