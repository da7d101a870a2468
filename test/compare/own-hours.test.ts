import { describe, expect, it } from 'vitest';
import { usualOutcomes } from '../../src/compare/own-hours.ts';
import type { OwnHours } from '../../src/compare/own-hours.ts';
import { compareTablePerformance } from '../../src/compare/performance.ts';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import type { Table } from '../../src/core/table.ts';
import { createRandom } from '../../src/stats/random.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const START_MS = Date.UTC(2026, 0, 5);
const model = { task: 'classification', positiveClass: 'ill' } as const;

/** Few are ill at night; of the ill and of the others the model finds the same share at every hour. */
function hospital({ seed, startMs, hours, perHour, found = 0.8, illAtNight = 0.05 }: Hospital): Table {
  const random = createRandom(seed);
  const rows = Array.from({ length: hours * perHour }, (_, i) => {
    const timestampMs = startMs + Math.floor(i / perHour) * HOUR_MS + random() * HOUR_MS;
    const hour = Math.floor(timestampMs / HOUR_MS) % 24;
    const isIll = random() < (hour < 6 ? illAtNight : 0.4);
    return { timestampMs, isIll, isSaid: random() < (isIll ? found : 0.1) };
  });
  const named = (is: boolean): string => (is ? 'ill' : 'well');
  return {
    ...tableOf(
      [
        numericColumn(
          'x',
          Array.from(rows, () => random()),
        ),
      ],
      {
        prediction: levelColumn(
          'prediction',
          Array.from(rows, ({ isSaid }) => named(isSaid)),
        ),
        label: levelColumn(
          'label',
          Array.from(rows, ({ isIll }) => named(isIll)),
        ),
      },
    ),
    timestampMs: Float64Array.from(rows, ({ timestampMs }) => timestampMs),
  };
}

interface Hospital {
  readonly seed: number;
  readonly startMs: number;
  readonly hours: number;
  readonly perHour: number;
  readonly found?: number;
  readonly illAtNight?: number;
}

const training = hospital({ seed: 1, startMs: START_MS, hours: 28 * 24, perHour: 15 });
const at = (startMs: number, rows = 1): OwnHours => ({
  ...model,
  began: { windows: [{ startMs, rows }], timeZone: 'UTC' },
  sizeMs: HOUR_MS,
  minLabelled: 200,
});

const f1Of = (startMs: number, found: number): { own: number; all: number } => {
  const current = hospital({ seed: startMs / HOUR_MS, startMs, hours: 1, perHour: 400, found });
  const usual = usualOutcomes(training, at(startMs));
  const p = (of: typeof usual): number =>
    compareTablePerformance(training, current, { ...model, mature: true, usual: of })?.metrics['f1']
      ?.p_value ?? 1;
  return { own: p(usual), all: p(null) };
};

describe('what a model does at the hours of a window', () => {
  it('is told of by the same hours of the baseline', () => {
    expect(usualOutcomes(training, at(START_MS + 40 * DAY_MS + 3 * HOUR_MS))?.hours).toMatchObject({
      by: 'hour_of_day',
      labelled: 28 * 15,
    });
  });

  it('has no F1 that falls every night, and one that falls at the noon at which half the ill are missed', () => {
    const nights = Array.from({ length: 60 }, (_, day) => START_MS + (40 + day) * DAY_MS + 3 * HOUR_MS);
    const usual = nights.map((startMs) => f1Of(startMs, 0.8));
    expect(usual.filter(({ all }) => all < 0.001).length).toBeGreaterThan(50);
    expect(usual.filter(({ own }) => own < 0.001).length).toBeLessThan(2);
    const noons = nights.map((startMs) => f1Of(startMs + 9 * HOUR_MS, 0.5));
    expect(noons.filter(({ own }) => own < 0.001).length).toBeGreaterThan(30);
  });

  it('of windows put together is that of each of their hours, in their shares', () => {
    const windows = Array.from({ length: 6 }, (_, hour) => ({
      startMs: START_MS + hour * HOUR_MS,
      rows: 100,
    }));
    const night = usualOutcomes(training, { ...at(0), began: { windows, timeZone: 'UTC' } });
    expect(night?.hours?.labelled).toBe(6 * 28 * 15);
    const mixed = [
      { ...windows[0]!, rows: 300 },
      { startMs: START_MS + 12 * HOUR_MS, rows: 100 },
    ];
    expect(
      usualOutcomes(training, { ...at(0), began: { windows: mixed, timeZone: 'UTC' } })?.hours?.labelled,
    ).toBe(28 * 15 + 28 * 5);
  });

  it('is that of coarser hours where too few of the same ones are labelled, and of all where those are too few', () => {
    const few = { ...at(START_MS), minLabelled: 28 * 15 + 1 };
    expect(usualOutcomes(training, few)?.hours ?? null).toBeNull();
  });

  it.each(Array.from({ length: 20 }, (_, i) => i))(
    'follows no hours where the ill come at all of them (%i)',
    (seed) => {
      const steady = hospital({
        seed: 100 + seed,
        startMs: START_MS,
        hours: 28 * 24,
        perHour: 15,
        illAtNight: 0.4,
      });
      expect(usualOutcomes(steady, at(START_MS))?.hours ?? null).toBeNull();
    },
  );

  it('is not known without times, labels or predictions', () => {
    expect(usualOutcomes(null, at(START_MS))?.hours ?? null).toBeNull();
    for (const missing of ['timestampMs', 'label', 'prediction'] as const) {
      expect(usualOutcomes({ ...training, [missing]: null }, at(START_MS))?.hours ?? null).toBeNull();
    }
  });
});
