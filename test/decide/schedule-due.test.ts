import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import { scheduleDue } from '../../src/decide/schedule-due.ts';
import type { ScheduleDue } from '../../src/decide/schedule-due.ts';

const MONTHLY = '0 3 1 * *';
const at = (text: string): number => Date.parse(text);

function due(cron: string, lastDueMs: number, nowMs: number, timezone = 'UTC'): ScheduleDue {
  const result = scheduleDue(cron, lastDueMs, nowMs, timezone);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('scheduleDue', () => {
  it('comes due at its instant, to the millisecond', () => {
    const march = at('2026-03-01T03:00:00Z');
    expect(due(MONTHLY, at('2026-02-01T03:00:00Z'), march - 1)).toEqual({
      due: false,
      dueAtMs: null,
      nextDueMs: march,
    });
    expect(due(MONTHLY, at('2026-02-01T03:00:00Z'), march)).toEqual({
      due: true,
      dueAtMs: march,
      nextDueMs: at('2026-04-01T03:00:00Z'),
    });
    expect(due(MONTHLY, march, march + 1).due).toBe(false);
  });

  it('is due once after an outage over several instants', () => {
    const now = at('2026-06-15T00:00:00Z');
    const first = due(MONTHLY, at('2026-02-01T03:00:00Z'), now);
    expect(first.dueAtMs).toBe(at('2026-06-01T03:00:00Z'));
    expect(due(MONTHLY, first.dueAtMs ?? 0, now).due).toBe(false);
  });

  it('keeps to the configured timezone', () => {
    expect(due('0 3 * * *', 0, at('2026-01-10T02:30:00Z'), 'Europe/Berlin').dueAtMs).toBe(
      at('2026-01-10T02:00:00Z'),
    );
    expect(due('0 3 * * *', 0, at('2026-07-10T02:30:00Z'), 'Europe/Berlin').dueAtMs).toBe(
      at('2026-07-10T01:00:00Z'),
    );
  });

  it.each([
    ['spring, when 02:30 does not exist', '2026-03-28T12:00:00Z'],
    ['autumn, when 02:30 comes twice', '2026-10-24T12:00:00Z'],
  ])('runs once a day in %s', (_, from) => {
    let last = at(from);
    const runs: number[] = [];
    for (let now = at(from); now < at(from) + 2 * DAY_MS; now += HOUR_MS / 4) {
      const found = due('30 2 * * *', last, now, 'Europe/Berlin');
      if (found.dueAtMs === null) continue;
      runs.push(found.dueAtMs);
      last = found.dueAtMs;
    }
    expect(runs).toHaveLength(2);
  });

  it.each([
    ['nonsense', 'UTC'],
    ['99 3 * * *', 'UTC'],
    ['0 0 3 1 * *', 'UTC'],
    [MONTHLY, 'Mars/Olympus'],
  ])('refuses the schedule %j in %s', (cron, timezone) => {
    expect(scheduleDue(cron, 0, 0, timezone)).toEqual({ ok: false, error: 'invalid_schedule' });
  });
});
