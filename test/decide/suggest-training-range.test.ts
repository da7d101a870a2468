import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import { scheduleSatisfied } from '../../src/decide/schedule-satisfied.ts';
import type { TrainingWindow } from '../../src/core/retrain/training-range.ts';
import {
  changeToTrainFrom,
  type RangeWish,
  suggestTrainingRange,
} from '../../src/decide/suggest-training-range.ts';

const T = Date.UTC(2026, 2, 1);
const hour = (n: number): number => T + n * HOUR_MS;

function windows(count: number, odd: Record<number, Partial<TrainingWindow>> = {}): TrainingWindow[] {
  return Array.from({ length: count }, (_, n) => ({
    startMs: hour(n),
    endMs: hour(n + 1),
    rows: 100,
    labels: 80,
    mature: true,
    faulty: false,
    ...odd[n],
  }));
}

const wish: RangeWish = {
  change: null,
  bothSidesOfMs: null,
  enough: 10_000,
  labelsKnown: true,
  keptSinceMs: null,
};

describe('suggestTrainingRange', () => {
  it('goes back until there are enough labels', () => {
    const range = suggestTrainingRange(windows(10), { ...wish, enough: 200 });
    expect(range).toEqual({
      begins: 'enough_data',
      labelsKnown: true,
      rows: 300,
      labels: 240,
      intervals: [{ fromMs: hour(7), toMs: hour(10), rows: 300, labels: 240 }],
      leftOut: [],
    });
  });

  it('leaves the faulty span out, and windows whose labels are not in', () => {
    const range = suggestTrainingRange(
      windows(8, { 3: { faulty: true }, 4: { faulty: true }, 7: { mature: false } }),
      wish,
    );
    expect(range.intervals.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [hour(0), hour(3)],
      [hour(5), hour(7)],
    ]);
    expect(range.leftOut.map(({ reason, fromMs, toMs }) => [reason, fromMs, toMs])).toEqual([
      ['data_fault', hour(3), hour(5)],
      ['labels_immature', hour(7), hour(8)],
    ]);
    expect(range).toMatchObject({ begins: 'all_history', rows: 500, labels: 400 });
  });

  it('begins at a change of concept, with the window that holds mostly the new one', () => {
    const change = { atMs: hour(4) + HOUR_MS / 3, begins: 'concept_drift' } as const;
    const range = suggestTrainingRange(windows(8), { ...wish, change });
    expect(range.begins).toBe('concept_drift');
    expect(range.intervals).toEqual([{ fromMs: hour(4), toMs: hour(8), rows: 400, labels: 320 }]);
  });

  it('takes as much from before a shift of the inputs as from after it', () => {
    const range = suggestTrainingRange(windows(20), { ...wish, enough: 1, bothSidesOfMs: hour(15) });
    expect(range).toMatchObject({ begins: 'enough_data', intervals: [{ fromMs: hour(10), toMs: hour(20) }] });
  });

  it('goes by rows where labels are somewhere else, and not beyond what is kept', () => {
    const rows = suggestTrainingRange(windows(5, { 1: { labels: 0, mature: false } }), {
      ...wish,
      labelsKnown: false,
      keptSinceMs: hour(1),
    });
    expect(rows).toMatchObject({ rows: 400, labelsKnown: false, intervals: [{ fromMs: hour(1) }] });
  });

  it('lists the newest twenty stretches, and counts only those', () => {
    const odd = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [2 * n, { faulty: true }]));
    const range = suggestTrainingRange(windows(100, odd), wish);
    expect(range.intervals).toHaveLength(20);
    expect(range).toMatchObject({ begins: 'enough_data', rows: 2_000 });
  });

  it('has nothing to suggest where nothing was logged', () => {
    expect(suggestTrainingRange([], wish)).toMatchObject({ rows: 0, labels: 0, intervals: [] });
  });
});

describe('changeToTrainFrom', () => {
  const at = new Date(hour(3)).toISOString();
  const pattern = (kind: 'sudden' | 'recurring', rest: object = {}) => ({
    time_pattern: {
      pattern: kind,
      reason: null,
      change_point: kind === 'recurring' ? null : at,
      interval: null,
      windows: 9,
      confidence: 1,
      summary: '',
      parts: [],
      ...rest,
    },
  });
  const nothing = { change: null, bothSidesOfMs: null };

  it.each([
    [
      'a concept',
      ['concept_drift', 'covariate_shift'],
      pattern('sudden'),
      { change: { atMs: hour(3), begins: 'concept_drift' }, bothSidesOfMs: null },
    ],
    [
      'a concept without a known beginning',
      ['concept_drift'],
      {},
      { change: { atMs: hour(1), begins: 'concept_drift' }, bothSidesOfMs: null },
    ],
    ['inputs alone', ['covariate_shift'], pattern('sudden'), { change: null, bothSidesOfMs: hour(3) }],
    [
      'labels, at once',
      ['label_shift'],
      pattern('sudden'),
      { change: { atMs: hour(3), begins: 'sudden_change' }, bothSidesOfMs: null },
    ],
    ['what comes and goes', ['concept_drift'], pattern('recurring'), nothing],
    ['what has gone back', ['concept_drift'], pattern('sudden', { ended_at: at }), nothing],
    ['nothing', [], {}, nothing],
  ] as const)('after a change of %s', (_, types, rest, expected) => {
    expect(changeToTrainFrom({ types: [...types], ...rest }, hour(1))).toEqual(expected);
  });
});

it.each([
  ['a run that succeeded after it', { requestedAtMs: hour(0), succeededAtMs: hour(30) }, true],
  ['a run asked for within a cooldown before it', { requestedAtMs: hour(20), succeededAtMs: hour(21) }, true],
  ['an older run', { requestedAtMs: hour(1), succeededAtMs: hour(2) }, false],
  ['no run', null, false],
])('a schedule is satisfied by %s: %o', (_, run, satisfied) => {
  expect(scheduleSatisfied(hour(27), run, { cooldownMs: 24 * HOUR_MS })).toBe(satisfied);
});
