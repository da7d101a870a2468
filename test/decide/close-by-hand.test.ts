import { describe, expect, it } from 'vitest';
import type { AlertKind } from '../../src/core/alerts/alert.ts';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import { RETRAIN_OUTCOMES } from '../../src/core/retrain/retrain.ts';
import {
  type ClosedIncident,
  closedUntil,
  followedBy,
  isClosedByHand,
  isReplaced,
  type Successor,
} from '../../src/decide/close-by-hand.ts';

const closed = (untilMs: number, ...kinds: AlertKind[]): ClosedIncident => ({ id: '1', untilMs, kinds });
const shows = (...types: AlertKind[]) => ({ types });

it('holds up to the moment at which it was closed, and in a log of the past up to its newest window', () => {
  const now = 1_000 * DAY_MS;
  expect(closedUntil(now, null, HOUR_MS)).toBe(now);
  // The open window ends later; one that comes late ended before.
  expect(closedUntil(now, now + HOUR_MS, HOUR_MS)).toBe(now);
  expect(closedUntil(now, now - 2 * DAY_MS, HOUR_MS)).toBe(now);
  expect(closedUntil(now, now - 2 * DAY_MS - 1, HOUR_MS)).toBe(now - 2 * DAY_MS - 1);
  expect(closedUntil(now, now - 10 * DAY_MS, 7 * DAY_MS)).toBe(now);
  // Windows of so many rows have a negative size.
  expect(closedUntil(now, now - 3 * DAY_MS, -500)).toBe(now - 3 * DAY_MS);
});

it('keeps windows that ended before from opening the same again', () => {
  const one = closed(100, 'covariate_shift');
  expect(isClosedByHand(shows('covariate_shift'), 100, [one])).toBe(true);
  expect(isClosedByHand(shows('covariate_shift'), 101, [one])).toBe(false);
  expect(isClosedByHand(shows('data_fault'), 100, [one])).toBe(false);
  expect(isClosedByHand(shows('covariate_shift', 'data_fault'), 100, [one])).toBe(false);
  expect(isClosedByHand(shows('covariate_shift', 'data_fault'), 90, [one, closed(95, 'data_fault')])).toBe(
    true,
  );
  expect(isClosedByHand(shows('covariate_shift'), 100, [])).toBe(false);
});

it('names the newest one where a kind of it shows again', () => {
  expect(followedBy(shows('covariate_shift', 'data_fault'), closed(100, 'data_fault'))).toBe('1');
  expect(followedBy(shows('covariate_shift'), closed(100, 'data_fault'))).toBeNull();
  expect(followedBy(shows('covariate_shift'), null)).toBeNull();
});

describe('a version that a retrained one has replaced', () => {
  const gone: Successor = { outcome: 'fixed', windowsAfter: 3, isOldOpen: false };
  const over = (rest: Partial<Successor>, ...kinds: AlertKind[]): boolean =>
    isReplaced(['concept_drift', ...kinds], { ...gone, ...rest }, 3);

  it('ends its incidents by an outcome that leaves nothing to do', () => {
    const ending = RETRAIN_OUTCOMES.filter((outcome) => over({ outcome }));
    expect(ending).toEqual(['fixed', 'kept']);
  });

  it('is one without rows for as many windows as an incident takes, none of which is still to close', () => {
    expect(over({})).toBe(true);
    expect(over({ windowsAfter: 2 })).toBe(false);
    expect(over({ isOldOpen: true })).toBe(false);
  });

  it('leaves a fault to people: the new version may have been trained on it', () => {
    expect(over({}, 'covariate_shift', 'performance_loss', 'label_shift')).toBe(true);
    expect(over({}, 'data_fault')).toBe(false);
  });
});
