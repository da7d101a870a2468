import { describe, expect, it } from 'vitest';
import { usualOutcomes } from '../../src/compare/own-hours.ts';
import { compareTablePerformance } from '../../src/compare/performance.ts';
import { DAY_MS } from '../../src/core/clock.ts';
import type { Table } from '../../src/core/table.ts';
import { conceptTest } from '../../src/diagnose/relation/concept-test.ts';
import { performanceChange } from '../../src/diagnose/performance-change.ts';
import { performanceSplit } from '../../src/diagnose/performance-split.ts';
import { relationBound } from '../../src/diagnose/relation/relation-bound.ts';
import { labelledRows, pairSamples } from '../../src/diagnose/samples/row-samples.ts';
import { createRandom } from '../../src/stats/random.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const START_MS = Date.UTC(2026, 0, 5);
const model = { task: 'classification', positiveClass: 'yes' } as const;

/** What nobody measured is alike for all rows of a day: on some days more of the same rows are `yes`. */
function days({ seed, from, count, perDay, alike, step = 0 }: Days): Table {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = Array.from({ length: count }, (_, day) => {
    const ofDay = alike * normal();
    return Array.from({ length: perDay }, (_row, i) => {
      const x = normal();
      const isYes = random() < 1 / (1 + Math.exp(-(x + ofDay + step)));
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
