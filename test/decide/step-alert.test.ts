import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../src/core/alerts/alert.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { seriesStateAfter, stepAlert } from '../../src/decide/step-alert.ts';
import type { AlertStep } from '../../src/decide/step-alert.ts';
import { OPERATION_WINDOWS, SHIFT_WINDOWS, SILENCE_WINDOWS } from './windows.ts';

const START = Date.UTC(2026, 2, 1);

/** Hourly windows, each decided when it ends. */
function run(
  story: string,
  forWindows: number,
  { windows = SHIFT_WINDOWS, remindEveryMs = DAY_MS } = {},
): AlertStep[] {
  let alert: AlertState | null = null;
  return Array.from(story, (letter, index) => {
    const found = windows.get(letter);
    if (found === undefined) throw new Error(`unknown letter ${letter}`);
    const startMs = START + index * HOUR_MS;
    const step = stepAlert(
      alert,
      { id: String(index), startMs, ...found },
      { forWindows, remindEveryMs },
      startMs + HOUR_MS,
    );
    alert = step.next;
    return step;
  });
}

const events = (steps: readonly AlertStep[]): string[] => steps.map((step) => step.event.kind);
const reasons = (steps: readonly AlertStep[]): string[] => steps.map((step) => step.event.reason);
const told = (steps: readonly AlertStep[]): string =>
  steps.map((step) => (step.notify === null ? '-' : step.notify === 'firing' ? 'F' : 'R')).join('');

describe('stepAlert', () => {
  it('fires after k consecutive shifted windows and not before', () => {
    const steps = run('ccc', 3);
    expect(events(steps)).toEqual(['pending', 'pending', 'firing']);
    expect(reasons(steps)).toEqual(['first_shifted_window', 'counting_windows', 'enough_windows']);
    expect(told(steps)).toBe('--F');
    expect(steps[2]?.next).toMatchObject({
      state: 'firing',
      windowsInARow: 3,
      sinceMs: START,
      firedAtMs: START + 3 * HOUR_MS,
      lastNotifiedAtMs: START + 3 * HOUR_MS,
      nextReminderAtMs: START + 3 * HOUR_MS + DAY_MS + 5 * MINUTE_MS,
      toldTypes: ['covariate_shift'],
    });
  });

  it('tells of a loss that nobody can name, and by its kind later', () => {
    const steps = run('wwkk', 2);
    expect(told(steps)).toBe('-F-F');
    expect(steps[3]?.next).toMatchObject({ toldTypes: ['performance_loss', 'concept_drift'] });
    // Beside a change of the inputs it is news, and one more window of what was told by name is none.
    expect(told(run('ccww', 2))).toBe('-F-F');
    const named = run('kkww', 2);
    expect(told(named)).toBe('-F--');
    expect(named[3]?.next).toMatchObject({ verdict: 'concept_drift', types: ['concept_drift'] });
  });

  it.each(['c', 'l', 'k', 'f', 'm'])('counts verdict %s as shifted', (letter) => {
    expect(told(run(letter, 1))).toBe('F');
  });

  it('fires at once, since it began, where several windows together show it', () => {
    const found = SHIFT_WINDOWS.get('c')!;
    const togetherSinceMs = START - 3 * HOUR_MS;
    const rule = { forWindows: 5, remindEveryMs: DAY_MS };
    const together = { id: '1', startMs: START, ...found, togetherSinceMs };
    const fired = stepAlert(null, together, rule, START);
    expect(fired.event).toEqual({ kind: 'firing', reason: 'windows_together' });
    expect(fired.notify).toBe('firing');
    expect(fired.next).toMatchObject({
      state: 'firing',
      sinceMs: togetherSinceMs,
      firedVerdict: 'covariate_shift',
    });
    const pending = stepAlert(null, { id: '0', startMs: START - HOUR_MS, ...found }, rule, START).next;
    const after = stepAlert(pending, together, rule, START);
    expect(after.event.reason).toBe('windows_together');
    expect(after.next?.sinceMs).toBe(START - HOUR_MS);
  });

  it('began where labels of several windows show it, until people were told another day', () => {
    const found = SHIFT_WINDOWS.get('k')!;
    const rule = { forWindows: 2, remindEveryMs: DAY_MS };
    const window = (hour: number, labelsSinceMs?: number) => ({
      id: String(hour),
      startMs: START + hour * HOUR_MS,
      ...found,
      ...(labelsSinceMs !== undefined && { labelsSinceMs }),
    });
    const pending = stepAlert(null, window(4), rule, START).next;
    expect(pending?.sinceMs).toBe(START + 4 * HOUR_MS);
    const fired = stepAlert(pending, window(5, START + HOUR_MS), rule, START);
    expect(fired.next).toMatchObject({ state: 'firing', sinceMs: START + HOUR_MS });
    expect(stepAlert(fired.next, window(6, START), rule, START).next?.sinceMs).toBe(START + HOUR_MS);
    expect(stepAlert(null, window(4, START + HOUR_MS), rule, START).next?.sinceMs).toBe(START + HOUR_MS);
  });

  it('counts consecutive windows whatever kind of shift they show', () => {
    expect(told(run('ck', 2))).toBe('-F');
  });

  it('clears a pending alert on one clean window, without a word', () => {
    const steps = run('cc.c', 3);
    expect(events(steps)).toEqual(['pending', 'pending', 'cleared', 'pending']);
    expect(steps[2]?.event.reason).toBe('shift_not_confirmed');
    expect(steps[2]?.next).toMatchObject({ state: 'resolved', firedAtMs: null });
    expect(steps[3]?.next?.sinceMs).toBe(START + 3 * HOUR_MS);
    expect(told(steps)).toBe('----');
  });

  it('lets windows without a verdict neither count nor reset', () => {
    expect(told(run('?c?c', 2))).toBe('---F');
    expect(told(run('cc?.?.', 2))).toBe('-F---R');
    expect(reasons(run('?', 2))).toEqual(['undetermined']);
    expect(run('?', 2)[0]?.next).toBeNull();
  });

  it('resolves only after as many clean windows as it took to fire', () => {
    const steps = run('cc..', 2);
    expect(events(steps)).toEqual(['pending', 'firing', 'recovering', 'resolved']);
    expect(told(steps)).toBe('-F-R');
    expect(steps[3]?.next).toMatchObject({
      state: 'resolved',
      resolvedAtMs: START + 4 * HOUR_MS,
      nextReminderAtMs: null,
    });
    expect(events(run('cc...', 3))).not.toContain('resolved');
  });

  it('resolves at once when one window is enough', () => {
    expect(told(run('c.c.', 1))).toBe('FRFR');
  });

  it('returns from recovering to firing as the same incident, without telling again', () => {
    const steps = run('cc.c..', 2);
    expect(events(steps)).toEqual([
      'pending',
      'firing',
      'recovering',
      'still_firing',
      'recovering',
      'resolved',
    ]);
    expect(steps[3]?.event.reason).toBe('shift_returned');
    expect(steps[3]?.next).toMatchObject({
      state: 'firing',
      sinceMs: START,
      windowsInARow: 1,
      cleanInARow: 0,
    });
    expect(told(steps)).toBe('-F---R');
  });

  it('takes over a changed verdict at once', () => {
    const steps = run('cck', 2);
    expect(steps[2]?.event).toEqual({ kind: 'still_firing', reason: 'verdict_changed' });
    expect(steps[2]?.next).toMatchObject({ verdict: 'concept_drift', types: ['concept_drift'] });
  });

  it('tells of a new kind once it is confirmed, and of each kind once', () => {
    const steps = run('cckkcckk', 2);
    expect(told(steps)).toBe('-F-F----');
    expect(steps[3]?.event.reason).toBe('new_kind_confirmed');
    expect(steps[3]?.next?.toldTypes).toEqual(['covariate_shift', 'concept_drift']);
    expect(told(run('ccckckck', 2))).toBe('-F------');
    expect(told(run('ckmckm', 1))).toBe('FF----');
  });

  it('changes nothing when a window comes twice', () => {
    const [first] = run('c', 2);
    const again = stepAlert(
      first?.next ?? null,
      {
        id: '0',
        startMs: START,
        cause: 'shift',
        counts: 'shifted',
        verdict: 'covariate_shift',
        types: ['covariate_shift'],
        subjects: [],
      },
      { forWindows: 2, remindEveryMs: 0 },
      START,
    );
    expect(again).toMatchObject({ event: { kind: 'none', reason: 'already_counted' }, notify: null });
    expect(again.next).toEqual(first?.next);
  });

  it('starts a new incident after a resolved one', () => {
    const steps = run('c.c', 1);
    expect(steps[2]?.next).toMatchObject({
      state: 'firing',
      sinceMs: START + 2 * HOUR_MS,
      resolvedAtMs: null,
    });
  });

  it('sets no reminder when reminders are off', () => {
    expect(run('c', 1, { remindEveryMs: 0 })[0]?.next?.nextReminderAtMs).toBeNull();
  });

  it.each([
    ['?', 'undetermined'],
    ['i', 'insufficient'],
    ['n', 'no_data'],
    ['b', 'between_thresholds'],
  ])('lets %s (%s) neither count nor reset, neither begin nor end', (letter, reason) => {
    expect(run(letter, 1)[0]).toMatchObject({ next: null, event: { kind: 'none', reason } });
    expect(told(run(`c${letter}c`, 2))).toBe('--F');
    expect(told(run(`cc.${letter}.`, 2))).toBe('-F--R');
    const steps = run(`cc${letter.repeat(9)}.${letter}c`, 2);
    expect(told(steps)).toBe('-F------------');
    expect(reasons(steps)[5]).toBe(reason);
    expect(steps.at(-1)?.event.reason).toBe('shift_returned');
  });

  it('gathers what the incident is about, the newest first', () => {
    let alert: AlertState | null = null;
    const subjects = [['age'], ['income', 'age'], ['zip']];
    for (const [index, names] of subjects.entries()) {
      const window = { ...SHIFT_WINDOWS.get('c')!, id: String(index), startMs: START, subjects: names };
      alert = stepAlert(alert, window, { forWindows: 2, remindEveryMs: 0 }, START).next;
    }
    expect(alert?.subjects).toEqual(['zip', 'income', 'age']);
  });

  it.each([
    ['', 'ok'],
    ['.', 'ok'],
    ['c', 'pending'],
    ['c.', 'ok'],
    ['cc', 'firing'],
    ['cc.', 'recovering'],
    ['cc..', 'ok'],
    ['cc..b', 'ok'],
    ['i', 'insufficient'],
    ['.n', 'no_data'],
    ['?', 'undetermined'],
    // An open incident stands whatever a window that says nothing says.
    ['cci', 'firing'],
    ['cc.n', 'recovering'],
  ])('leaves the series after %j %s', (story, state) => {
    expect(run(story, 2).map(seriesStateAfter).at(-1) ?? 'ok').toBe(state);
  });
});

describe('stepAlert of the other causes', () => {
  it('fires of silence, and resolves when rows have come for as long', () => {
    const steps = run('RXuXXRXRR', 2, { windows: SILENCE_WINDOWS });
    expect(told(steps)).toBe('---F----R');
    expect(reasons(steps)).toEqual([
      'rows_come',
      'first_empty_window',
      'usual_silence',
      'enough_empty_windows',
      'silence_continues',
      'counting_windows_with_rows',
      'silence_returned',
      'counting_windows_with_rows',
      'enough_windows_with_rows',
    ]);
    expect(steps[3]?.next).toMatchObject({ firedVerdict: null, toldTypes: ['no_data'] });
    expect(reasons(run('XR', 2, { windows: SILENCE_WINDOWS })).at(-1)).toBe('silence_not_confirmed');
    expect(reasons(run('XX', 3, { windows: SILENCE_WINDOWS })).at(-1)).toBe('counting_empty_windows');
  });

  it('fires of breaches, tells of a new kind once it is confirmed, and goes by kinds, not verdicts', () => {
    const steps = run('LLBBLibOO', 2, { windows: OPERATION_WINDOWS });
    expect(told(steps)).toBe('-F-F----R');
    expect(reasons(steps)).toEqual([
      'first_breached_window',
      'enough_breached_windows',
      'breach_changed',
      'new_kind_confirmed',
      'breach_changed',
      'insufficient',
      'between_thresholds',
      'counting_windows_without_breach',
      'enough_windows_without_breach',
    ]);
    const rest = reasons(run('OLLOLO', 1, { windows: OPERATION_WINDOWS }));
    expect(rest.slice(0, 3)).toEqual(['no_breach', 'enough_breached_windows', 'breach_continues']);
    expect(reasons(run('LO', 2, { windows: OPERATION_WINDOWS })).at(-1)).toBe('breach_not_confirmed');
    expect(reasons(run('LL', 3, { windows: OPERATION_WINDOWS })).at(-1)).toBe('counting_breached_windows');
    expect(reasons(run('LLOL', 2, { windows: OPERATION_WINDOWS })).at(-1)).toBe('breach_returned');
  });
});
