import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/clock.ts';
import { afterReminder, dueReminder } from '../../src/decide/due-reminder.ts';
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

describe('dueReminder', () => {
  it('is due when its time has come, to the millisecond', () => {
    expect(dueReminder(fired, NOW + DAY_MS - 1)).toEqual({ due: false, reason: 'not_yet' });
    expect(dueReminder(fired, NOW + DAY_MS)).toEqual({ due: true, reason: 'due' });
  });

  it('also reminds of an incident that is recovering, and of no other state', () => {
    expect(dueReminder({ ...fired, state: 'recovering' }, NOW + DAY_MS).due).toBe(true);
    expect(dueReminder({ ...fired, state: 'pending' }, NOW + DAY_MS).reason).toBe('not_firing');
    expect(dueReminder({ ...fired, state: 'resolved' }, NOW + DAY_MS).reason).toBe('not_firing');
  });

  it('says when reminders are switched off', () => {
    expect(dueReminder({ ...fired, nextReminderAtMs: null }, NOW + DAY_MS).reason).toBe('no_reminders');
  });

  it('counts the next one from now, so an outage is followed by one', () => {
    const after = afterReminder(fired, { remindEveryMs: DAY_MS, isToWatch: false }, NOW + 10 * DAY_MS);
    expect(after.nextReminderAtMs).toBe(NOW + 11 * DAY_MS);
    expect(after.lastNotifiedAtMs).toBe(NOW + 10 * DAY_MS);
  });

  it('comes ever more seldom where there is only something to watch', () => {
    const how = { remindEveryMs: DAY_MS, isToWatch: true };
    const days: number[] = [];
    for (let at = fired.nextReminderAtMs!; at <= NOW + 30 * DAY_MS;) {
      days.push((at - NOW) / DAY_MS);
      at = afterReminder(fired, how, at).nextReminderAtMs!;
    }
    expect(days).toEqual([1, 2, 4, 8, 15, 22, 29]);
    expect(afterReminder(fired, { ...how, remindEveryMs: 0 }, NOW).nextReminderAtMs).toBeNull();
  });
});
