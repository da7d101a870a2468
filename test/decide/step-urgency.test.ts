import { describe, expect, it } from 'vitest';
import { DEFAULT_PAGE, type Consequence } from '../../src/core/alerts/consequence.ts';
import type { AlertState } from '../../src/core/alerts/alert.ts';
import type { DecidedWindow } from '../../src/decide/decided-window.ts';
import { stepAlert } from '../../src/decide/step-alert.ts';
import { stepUrgency, type IncidentUrgency } from '../../src/decide/step-urgency.ts';

const RULE = { forWindows: 2, remindEveryMs: 1_000, page: DEFAULT_PAGE };
type Seen = Consequence | 'quiet' | 'clean' | 'insufficient';

/** Windows of one series, each with its gravest consequence; answers what was told, window by window. */
const CALM: IncidentUrgency = { pagedFor: null, graveInARow: 0 };

function live(windows: readonly Seen[], paged: IncidentUrgency = CALM): string[] {
  let alert: AlertState | null = null;
  let urgency = paged;
  return windows.map((seen, index) => {
    const counts = seen === 'clean' || seen === 'insufficient' ? seen : 'shifted';
    const types = counts === 'shifted' ? (['covariate_shift'] as const) : [];
    const window: DecidedWindow = {
      id: String(index),
      startMs: index,
      cause: 'shift',
      counts,
      verdict: counts === 'shifted' ? 'covariate_shift' : 'none',
      types,
      subjects: [],
    };
    const plain = stepAlert(alert, window, RULE, index);
    const consequences: Consequence[] =
      counts !== 'shifted'
        ? []
        : seen === 'quiet'
          ? ['covariate_shift']
          : [seen as Consequence, 'covariate_shift'];
    const next =
      alert === null
        ? { step: plain, urgency }
        : stepUrgency(plain, urgency, { counts, consequences }, RULE, index);
    alert = next.step.next;
    urgency = next.urgency;
    if (next.step.event.reason === 'consequence_confirmed')
      urgency = { ...urgency, pagedFor: 'performance_loss' };
    return next.step.notify === null ? '' : `${next.step.notify} ${next.step.event.reason}`;
  });
}

describe('an incident that only a digest told of', () => {
  const fires = ['', 'firing enough_windows'];

  it('is told once more when a consequence is confirmed, and once only', () => {
    const told = live(['quiet', 'quiet', 'performance_loss', 'performance_loss', 'performance_loss']);
    expect(told).toEqual([...fires, '', 'firing consequence_confirmed', '']);
  });

  it('is not for one window of it, nor for two with a quiet one between', () => {
    expect(live(['quiet', 'quiet', 'performance_loss', 'quiet', 'performance_loss'])).toEqual([
      ...fires,
      '',
      '',
      '',
    ]);
  });

  it('counts on over a window that says nothing', () => {
    const told = live(['quiet', 'quiet', 'performance_loss', 'insufficient', 'performance_loss']);
    expect(told).toEqual([...fires, '', '', 'firing consequence_confirmed']);
  });

  it('is reminded of from then on', () => {
    const step = stepAlert(null, windowOf('a'), { ...RULE, forWindows: 1 }, 0);
    const grave = { pagedFor: null, graveInARow: 1 } as const;
    const plain = stepAlert(step.next, windowOf('b'), RULE, 500);
    const next = stepUrgency(
      plain,
      grave,
      { counts: 'shifted', consequences: ['performance_loss'] },
      RULE,
      500,
    );
    expect(next.step.next).toMatchObject({ lastNotifiedAtMs: 500, nextReminderAtMs: 1_500 });
  });

  it('has nothing to add when it was paged about', () => {
    const paged = { pagedFor: 'data_fault', graveInARow: 0 } as const;
    expect(live(['quiet', 'quiet', 'performance_loss', 'performance_loss'], paged)).toEqual([
      ...fires,
      '',
      '',
    ]);
  });
});

function windowOf(id: string): DecidedWindow {
  return {
    id,
    startMs: 0,
    cause: 'shift',
    counts: 'shifted',
    verdict: 'covariate_shift',
    types: ['covariate_shift'],
    subjects: [],
  };
}
