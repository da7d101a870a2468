import { describe, expect, it } from 'vitest';
import { usualOutcomes } from '../../../src/compare/own-hours.ts';
import { compareTablePerformance } from '../../../src/compare/performance.ts';
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Table } from '../../../src/core/table.ts';
import { conceptTest } from '../../../src/diagnose/relation/concept-test.ts';
import { performanceChange } from '../../../src/diagnose/performance-change.ts';
import { performanceSplit } from '../../../src/diagnose/performance-split.ts';
import { relationBound } from '../../../src/diagnose/relation/relation-bound.ts';
import { labelledRows, pairSamples } from '../../../src/diagnose/samples/row-samples.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { neighbourSpread } from '../../../src/stats/significance/stretch-spread.ts';
import { stackTables } from '../../../src/stats/table/stack-tables.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';

const START_MS = Date.UTC(2026, 0, 5);
const model = { task: 'classification', positiveClass: 'yes' } as const;

/** What nobody measured is alike for all rows of a day: on some days more of the same rows are `yes`. */
function days({ seed, from, count, perDay, alike, step = 0, together = 1, alikeTogether = 0 }: Days): Table {
  let ofGroup = 0;
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = Array.from({ length: count }, (_, day) => {
    const ofDay = alike * normal();
    return Array.from({ length: perDay }, (_row, i) => {
      const x = normal();
      if (alikeTogether > 0 && i % together === 0) ofGroup = alikeTogether * normal();
      const isYes = random() < 1 / (1 + Math.exp(-(x + ofDay + ofGroup + step)));
      return { ms: START_MS + (from + day) * DAY_MS + (i * DAY_MS) / perDay, x, isYes };
    });
  }).flat();
  const named = (is: boolean): string => (is ? 'yes' : 'no');
  const columnOf = (values: number[]): ReturnType<typeof numericColumn> => numericColumn('x', values);
  return {
    ...tableOf([columnOf(rows.map(({ x }) => x))], {
      prediction: levelColumn(
        'prediction',
        rows.map(({ x }) => named(x > 0)),
      ),
      label: levelColumn(
        'label',
        rows.map(({ isYes }) => named(isYes)),
      ),
    }),
    timestampMs: Float64Array.from(rows, ({ ms }) => ms),
  };
}

interface Days {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  readonly perDay: number;
  readonly alike: number;
  readonly step?: number;
  /** So many rows one after the other have something in common besides: a pass of a satellite, a sitting. */
  readonly together?: number;
  readonly alikeTogether?: number;
}

function asked(reference: Table, current: Table, count: number) {
  const labelled = labelledRows(pairSamples(reference, current));
  const startMs = current.timestampMs?.[0] ?? 0;
  const usual = usualOutcomes(reference, {
    ...model,
    began: { windows: [{ startMs, rows: current.rows }], timeZone: 'UTC' },
    sizeMs: count * DAY_MS,
    minLabelled: 200,
  });
  const performance = compareTablePerformance(reference, current, { ...model, mature: true, usual });
  return {
    relation: conceptTest('classification', labelled).p,
    accuracy: performance?.metrics['accuracy']?.p_value ?? 1,
    split: performanceSplit('classification', labelled, performanceChange(performance)),
    bound: relationBound('classification', labelled, 'yes'),
    overdispersion: performance?.overdispersion,
  };
}

describe('days that are alike in what nobody measured', () => {
  const reference = days({ seed: 1, from: 0, count: 60, perDay: 80, alike: 0.6 });
  const healthy = (seed: number): Table => days({ seed, from: 60, count: 1, perDay: 300, alike: 0.6 });

  it('are no changed relation, no changed success and no part of one, for all that their rows are many', () => {
    const answers = Array.from({ length: 40 }, (_, i) => asked(reference, healthy(100 + i), 1));
    const said = (of: (one: (typeof answers)[number]) => number): number =>
      answers.filter((one) => of(one) < 0.001).length;
    expect({
      relation: said(({ relation }) => relation),
      accuracy: said(({ accuracy }) => accuracy),
      split: said(({ split }) => split?.p ?? 1),
    }).toEqual({ relation: 0, accuracy: 0, split: 0 });
    expect(answers.every(({ overdispersion }) => (overdispersion?.factor ?? 1) > 1)).toBe(true);
  });

  it('are taken for a change where nothing is known of their days', () => {
    const { timestampMs: _, ...timeless } = reference;
    const without: Table = { ...timeless, timestampMs: null };
    const found = Array.from({ length: 40 }, (_unused, i) => asked(without, healthy(100 + i), 1));
    expect(found.filter(({ relation }) => relation < 0.001).length).toBeGreaterThan(5);
  });

  it('are known by days where the reference has fewer than twenty windows', () => {
    const weeks = Array.from({ length: 12 }, (_, i) =>
      asked(reference, days({ seed: 300 + i, from: 63, count: 7, perDay: 80, alike: 0.6 }), 7),
    );
    expect(weeks.filter(({ relation, accuracy }) => Math.min(relation, accuracy) < 0.001)).toEqual([]);
    expect(weeks[0]?.overdispersion?.windows).toBe(60);
  });

  it('are known by so few as seven, and rows of one sitting by the window itself, beside a reference without times', () => {
    const passes = { perDay: 600, alike: 0, together: 25, alikeTogether: 0.8 };
    const fortnight = days({ seed: 4, from: 0, count: 14, ...passes });
    const windows = Array.from({ length: 40 }, (_, i) =>
      days({ seed: 500 + i, from: 20, count: 1, ...passes }),
    );
    const moved = (before: Table): number =>
      windows.filter((one) => asked(before, one, 1).relation < 0.001).length;
    expect(moved(fortnight)).toBe(0);
    expect(moved({ ...fortnight, timestampMs: null })).toBeLessThanOrEqual(1);
    // What began in the middle of a window is no way in which its rows are alike.
    const calm = days({ seed: 2, from: 0, count: 14, perDay: 600, alike: 0 });
    const halves = [0, 1.2].map((step, i) =>
      days({ seed: 700 + i, from: 20 + i, count: 1, perDay: 300, alike: 0, step }),
    ) as [Table, Table];
    expect(asked({ ...calm, timestampMs: null }, stackTables(halves), 1).relation).toBeLessThan(1e-6);
  });

  it('do not hide a step far beyond what they do by themselves', () => {
    const current = days({ seed: 9, from: 63, count: 7, perDay: 80, alike: 0.6, step: 2 });
    expect(asked(reference, current, 7).relation).toBeLessThan(1e-6);
  });

  it('leave less that can be shown to have held', () => {
    const calm = days({ seed: 2, from: 0, count: 60, perDay: 80, alike: 0 });
    const boundOf = (before: Table, alike: number): number =>
      asked(before, days({ seed: 11, from: 63, count: 1, perDay: 600, alike }), 1).bound?.bound ?? 0;
    expect(boundOf(reference, 0)).toBeGreaterThan(1.5 * boundOf(calm, 0));
  });

  it('cost rows that are independent of each other little', () => {
    const calm = days({ seed: 2, from: 0, count: 60, perDay: 80, alike: 0 });
    const current = days({ seed: 12, from: 60, count: 1, perDay: 300, alike: 0, step: 0.9 });
    expect(asked(calm, current, 1).relation).toBeLessThan(1e-4);
  });
});

describe('the spread between neighbours', () => {
  const spread = (valueOf: (row: number) => number) =>
    neighbourSpread({
      values: Float64Array.from({ length: 400 }, (_, i) => valueOf(i)),
      stretch: Int32Array.from({ length: 400 }, (_, i) => Math.floor(i / 20)),
      stretches: 20,
      zone: new Int32Array(400),
      zones: 1,
    });

  it('is none of rows that are not alike, nor of a step', () => {
    const random = createRandom(5);
    const noise = Float64Array.from({ length: 400 }, () => random());
    expect(spread((row) => (row * 7) % 10)).toBeNull();
    expect(spread((row) => noise[row]!)).toBeNull();
    expect(spread((row) => noise[row]! + (row < 200 ? 0 : 3))).toBeNull();
  });

  it('is as large as what stretches have in common makes their means', () => {
    const random = createRandom(6);
    const shared = Array.from({ length: 20 }, () => random());
    const found = spread((row) => shared[Math.floor(row / 20)]! + 0.2 * random());
    expect(found?.factor).toBeGreaterThan(5);
    expect(found?.windows).toBe(8);
  });
});
