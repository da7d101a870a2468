import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { afterReminder, awaitsVerdict, dueReminder, firstReminder } from '../../src/decide/due-reminder.ts';
import { stepAlert } from '../../src/decide/step-alert.ts';

const NOW = Date.UTC(2026, 2, 1);
const fired = stepAlert(
  null,
  {
    id: '1',
    startMs: NOW,
    cause: 'shift',
    counts: 'shifted',
    verdict: 'covariate_shift',
    types: ['covariate_shift'],
    subjects: ['age'],
  },
  { forWindows: 1, remindEveryMs: DAY_MS },
  NOW,
).next;
if (fired === null) throw new Error('the alert should fire');
/** A day later a window ends, which is judged first. */
const DUE = NOW + DAY_MS + 5 * MINUTE_MS;

describe('dueReminder', () => {
  it('is due when its time has come, to the millisecond', () => {
    expect(dueReminder(fired, DUE - 1)).toEqual({ due: false, reason: 'not_yet' });
    expect(dueReminder(fired, DUE)).toEqual({ due: true, reason: 'due' });
  });

  it('waits a twelfth of a short while, and not at all for reminders that are off', () => {
    expect(firstReminder(12 * MINUTE_MS, NOW)).toBe(NOW + 13 * MINUTE_MS);
    expect(firstReminder(0, NOW)).toBeNull();
  });

  it('waits for a verdict that is on its way, and not for ever', () => {
    expect(awaitsVerdict(true, DUE, DUE + 5 * MINUTE_MS - 1)).toBe(true);
    expect(awaitsVerdict(true, DUE, DUE + 5 * MINUTE_MS)).toBe(false);
    expect(awaitsVerdict(false, DUE, DUE)).toBe(false);
  });

  it('also reminds of an incident that is recovering, and of no other state', () => {
    expect(dueReminder({ ...fired, state: 'recovering' }, DUE).due).toBe(true);
    expect(dueReminder({ ...fired, state: 'pending' }, DUE).reason).toBe('not_firing');
    expect(dueReminder({ ...fired, state: 'resolved' }, DUE).reason).toBe('not_firing');
  });

  it('says when reminders are switched off', () => {
    expect(dueReminder({ ...fired, nextReminderAtMs: null }, DUE).reason).toBe('no_reminders');
  });

  it('counts the next one from now, so an outage is followed by one', () => {
    const after = afterReminder(fired, { remindEveryMs: DAY_MS, isToWatch: false }, NOW + 10 * DAY_MS);
    expect(after.nextReminderAtMs).toBe(NOW + 11 * DAY_MS);
    expect(after.lastNotifiedAtMs).toBe(NOW + 10 * DAY_MS);
  });

  it('comes ever more seldom where there is only something to watch', () => {
    const how = { remindEveryMs: DAY_MS, isToWatch: true };
    const days: number[] = [];
    for (let at = fired.nextReminderAtMs!; at <= DUE + 30 * DAY_MS;) {
      days.push(Math.floor((at - NOW) / DAY_MS));
      at = afterReminder(fired, how, at).nextReminderAtMs!;
    }
    expect(days).toEqual([1, 2, 4, 8, 15, 22, 29]);
    expect(afterReminder(fired, { ...how, remindEveryMs: 0 }, NOW).nextReminderAtMs).toBeNull();
  });
});
