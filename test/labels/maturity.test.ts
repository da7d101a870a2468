import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import { maturityOf, type MaturityRule } from '../../src/labels/maturity.ts';
import { DELAY_BINS, delayBin } from '../../src/stats/delay-bins.ts';
import { fitDelayCurve } from '../../src/stats/delay-curve.ts';

/** Half the labels come within a minute, four in ten after about two hours, a tenth of the rows get none. */
const CURVE = fitDelayCurve([
  {
    ageBin: delayBin(30 * DAY_MS),
    windows: 50,
    rows: 10_000,
    labels: Array.from({ length: DELAY_BINS }, (_, bin) =>
      bin === delayBin(50_000) ? 5_000 : bin === delayBin(2 * HOUR_MS) ? 4_000 : 0,
    ),
  },
]);

const rule = (more: Partial<MaturityRule>): MaturityRule => ({
  youngestMs: 0,
  oldestMs: (more.youngestMs ?? 0) + HOUR_MS,
  matureAfterMs: 7 * DAY_MS,
  matureEarly: false,
  matured: false,
  curve: CURVE,
  ...more,
});

test.each([
  // youngest, labelled, more → state, reason, expected labels to come
  { youngestMs: 5 * 60_000, labelled: 500, state: 'provisional', reason: 'labels_expected', come: 400 },
  { youngestMs: DAY_MS, labelled: 900, state: 'provisional', reason: 'labels_complete', come: 0 },
  {
    youngestMs: DAY_MS,
    labelled: 900,
    matureEarly: true,
    state: 'mature',
    reason: 'labels_complete',
    come: 0,
  },
  {
    youngestMs: HOUR_MS / 2,
    labelled: 0,
    matureEarly: true,
    state: 'provisional',
    reason: 'labels_expected',
    come: 800,
  },
  { youngestMs: 7 * DAY_MS, labelled: 100, state: 'mature', reason: 'mature_after_passed', come: 0 },
  {
    youngestMs: HOUR_MS / 2,
    labelled: 500,
    matured: true,
    state: 'mature',
    reason: 'matured_before',
    come: 400,
  },
])('$reason at $youngestMs ms: $state', ({ labelled, state, reason, come, ...times }) => {
  const maturity = maturityOf({ rows: 1_000, labelled }, rule(times));
  expect(maturity).toMatchObject({ state, reason, labelled_share: labelled / 1_000, expected_labels: come });
  expect(maturity.expected_share).toBeCloseTo((labelled + come) / 1_000, 10);
  const [low = 0, high = 0] = maturity.expected_interval ?? [];
  expect(low).toBeLessThanOrEqual((labelled + come) / 1_000);
  expect(high).toBeGreaterThanOrEqual((labelled + come) / 1_000);
});

test('the example of docs/labels.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/labels.md'), 'utf8');
  const example: Record<string, unknown> = JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '');
  const { arrival_bias: _, ...told } = example;
  expect(maturityOf({ rows: 1_000, labelled: 500 }, rule({ youngestMs: HOUR_MS / 2 }))).toEqual(told);
});

test('no figure without history that reaches to the promise, and the promise holds', () => {
  const short = fitDelayCurve([
    {
      ageBin: delayBin(DAY_MS),
      windows: 50,
      rows: 10_000,
      labels: [9_000, ...Array(DELAY_BINS - 1).fill(0)],
    },
  ]);
  for (const curve of [null, short]) {
    const young = maturityOf(
      { rows: 10, labelled: 9 },
      rule({ curve, youngestMs: DAY_MS, matureEarly: true }),
    );
    expect(young).toEqual({
      labelled_share: 0.9,
      expected_share: null,
      expected_interval: null,
      expected_labels: null,
      state: 'provisional',
      reason: 'too_little_history',
    });
    expect(maturityOf({ rows: 10, labelled: 9 }, rule({ curve, youngestMs: 7 * DAY_MS }))).toMatchObject({
      state: 'mature',
      reason: 'mature_after_passed',
    });
  }
});

test('a window without rows has shares of 0 and promises nothing', () => {
  expect(maturityOf({ rows: 0, labelled: 0 }, rule({}))).toMatchObject({
    labelled_share: 0,
    expected_share: null,
    state: 'provisional',
  });
});
