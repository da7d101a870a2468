import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../src/core/alert.ts';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import type { ShiftKind, VerdictKind } from '../../src/core/findings.ts';
import { stepAlert } from '../../src/decide/step-alert.ts';
import type { AlertStep } from '../../src/decide/step-alert.ts';

const START = Date.UTC(2026, 2, 1);

/** One letter a window: c covariate, l label, k concept, f fault, m mixed, . clean, ? undetermined. */
const VERDICTS = new Map<string, { verdict: VerdictKind; types: ShiftKind[] }>([
  ['c', { verdict: 'covariate_shift', types: ['covariate_shift'] }],
  ['l', { verdict: 'label_shift', types: ['label_shift'] }],
  ['k', { verdict: 'concept_drift', types: ['concept_drift'] }],
  ['f', { verdict: 'data_fault', types: ['data_fault'] }],
  ['m', { verdict: 'mixed', types: ['covariate_shift', 'concept_drift'] }],
  ['.', { verdict: 'none', types: [] }],
  ['?', { verdict: 'undetermined', types: [] }],
]);

/** Hourly windows, each decided when it ends. */
function run(story: string, forWindows: number, remindEveryMs = DAY_MS): AlertStep[] {
  let alert: AlertState | null = null;
  return Array.from(story, (letter, index) => {
    const found = VERDICTS.get(letter);
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
      nextReminderAtMs: START + 3 * HOUR_MS + DAY_MS,
      toldTypes: ['covariate_shift'],
    });
  });

  it.each(['c', 'l', 'k', 'f', 'm'])('counts verdict %s as shifted', (letter) => {
    expect(told(run(letter, 1))).toBe('F');
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
      { id: '0', startMs: START, verdict: 'covariate_shift', types: ['covariate_shift'] },
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
    expect(run('c', 1, 0)[0]?.next?.nextReminderAtMs).toBeNull();
  });
});
