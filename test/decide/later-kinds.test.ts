import { describe, expect, it } from 'vitest';
import type { AlertState, AlertView, Incident } from '../../src/core/alerts/alert.ts';
import { laterKinds } from '../../src/decide/later-kinds.ts';

const DAY = 86_400_000;

const view = (
  types: AlertView['types'],
  sinceMs: number,
  state: AlertView['state'] = 'firing',
): AlertView => ({
  state,
  verdict: types.length > 1 ? 'mixed' : 'covariate_shift',
  types,
  subjects: ['device'],
  windowsInARow: 3,
  verdictInARow: 3,
  cleanInARow: 0,
  sinceMs,
  lastWindowId: '9',
});

function incident(
  labels: AlertView,
  firedVerdict: AlertState['firedVerdict'] = 'covariate_shift',
): Pick<Incident, 'alert' | 'views'> {
  const inputs = view(['covariate_shift'], DAY);
  const alert = { ...inputs, firedVerdict } as AlertState;
  return {
    alert,
    views: new Map([
      ['closed', inputs],
      ['matured', labels],
    ]),
  };
}

describe('what an incident did not begin with', () => {
  const added = view(['covariate_shift', 'concept_drift'], 9 * DAY);

  it('is what labels of later windows show, since the first of them', () => {
    expect(laterKinds(incident(added), null)).toEqual({ types: ['concept_drift'], sinceMs: 9 * DAY });
    expect(laterKinds(incident(added), 7 * DAY)).toEqual({ types: ['concept_drift'], sinceMs: 9 * DAY });
  });

  it('is nothing where labels show it from the first window on, or all windows together do', () => {
    expect(laterKinds(incident(view(added.types, DAY)), null)).toBeNull();
    expect(laterKinds(incident(added), DAY)).toBeNull();
  });

  it('is nothing where people heard of all at once, where labels show the same, and once they show it no more', () => {
    expect(laterKinds(incident(added, 'mixed'), null)).toBeNull();
    expect(laterKinds(incident(view(['covariate_shift'], 9 * DAY)), null)).toBeNull();
    expect(laterKinds(incident({ ...added, state: 'resolved' }), null)).toBeNull();
  });
});
