import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTables } from '../compare/compare-tables.ts';
import { createRandom } from '../../src/stats/random.ts';
import { STATISTICS, usableSorted } from './statistics.ts';
import type { CountStatistic, Outcome, SampleStatistic, Statistic } from './statistics.ts';
import { levelColumn, numericColumn, tableOf } from './profile/rows.ts';

fc.configureGlobal({ seed: 20_260_301 });

const ofCounts = STATISTICS.filter((s): s is CountStatistic => s.input === 'counts');
const ofSamples = STATISTICS.filter((s): s is SampleStatistic => s.input === 'samples');

const cells = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 30 });
const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -5, max: 5 }).map(Number) },
  { weight: 4, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(-0, 1e-300, 1e12, -1e300, 1e300, Number.NaN, Infinity, -Infinity) },
);
const values = fc.array(value, { maxLength: 40 });

const close = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

function expectSound(statistic: Statistic, outcome: Outcome): void {
  for (const figure of [outcome.statistic, outcome.p_value]) {
    if (figure !== null) expect(Number.isFinite(figure), statistic.name).toBe(true);
  }
  if (outcome.statistic !== null) {
    expect(outcome.statistic).toBeGreaterThanOrEqual(statistic.range[0]);
    expect(outcome.statistic).toBeLessThanOrEqual(statistic.range[1]);
  }
  if (outcome.p_value !== null) {
    expect(outcome.p_value).toBeGreaterThanOrEqual(0);
    expect(outcome.p_value).toBeLessThanOrEqual(1);
  }
}

describe.each(ofCounts.map((statistic) => [statistic.name, statistic] as const))('%s', (_, statistic) => {
  const { compute } = statistic;

  it('is within its range, 0 for equal counts, symmetric where it says so', () => {
    fc.assert(
      fc.property(cells, (pairs) => {
        const a = pairs.map(([x]) => x);
        const b = pairs.map(([, y]) => y);
        const outcome = compute(a, b);
        expectSound(statistic, outcome);
        expect(compute(a, a).statistic ?? 0).toBeCloseTo(0, 9);
        if (statistic.symmetric)
          expect(close(compute(b, a).statistic ?? 0, outcome.statistic ?? 0)).toBe(true);
      }),
    );
  });

  it('does not mind cells nobody uses, nor their order', () => {
    fc.assert(
      fc.property(cells, (pairs) => {
        const a = pairs.map(([x]) => x);
        const b = pairs.map(([, y]) => y);
        const d = compute(a, b).statistic ?? 0;
        expect(close(compute([...a, 0, 0], [...b, 0, 0]).statistic ?? 0, d)).toBe(true);
        expect(close(compute(a.toReversed(), b.toReversed()).statistic ?? 0, d)).toBe(true);
      }),
    );
  });

  it('says nothing without rows, and something about a new cell', () => {
    for (const [a, b] of [
      [[], []],
      [
        [0, 0],
        [3, 4],
      ],
      [
        [3, 4],
        [0, 0],
      ],
    ] as const)
      expect(compute(a, b)).toEqual({ statistic: null, p_value: null });
    expect(compute([50, 50, 0], [50, 50, 1]).statistic).toBeGreaterThanOrEqual(0);
    expect(compute([100, 0], [0, 100]).statistic).toBeGreaterThan(0.9);
    expectSound(statistic, compute([1], [1]));
  });
});

describe.each(ofSamples.map((statistic) => [statistic.name, statistic] as const))('%s', (_, statistic) => {
  const compute = (a: Iterable<number>, b: Iterable<number>): Outcome =>
    statistic.compute(usableSorted(a), usableSorted(b));

  it('is sound on anything, and symmetric where it says so', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const outcome = compute(a, b);
        expectSound(statistic, outcome);
        const other = compute(b, a);
        if (!statistic.symmetric || outcome.statistic === null || other.statistic === null) return;
        expect(close(other.statistic, outcome.statistic)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is 0 for equal samples where it says so, and never significant there', () => {
    fc.assert(
      fc.property(values, (a) => {
        const { statistic: figure, p_value } = compute(a, a);
        if (statistic.zeroWhenEqual && figure !== null) expect(figure).toBe(0);
        if (p_value !== null) expect(p_value).toBeGreaterThanOrEqual(0.25);
      }),
    );
  });

  it('says nothing of an empty side, and something of one row, constants, ties and an outlier', () => {
    expect(compute([], [1, 2])).toEqual({ statistic: null, p_value: null });
    expect(compute([1, 2], [Number.NaN, Infinity])).toEqual({ statistic: null, p_value: null });
    for (const [a, b] of [
      [[1], [2]],
      [
        [4, 4, 4, 4],
        [4, 4, 4],
      ],
      [
        [4, 4, 4, 4],
        [5, 5, 5],
      ],
      [
        [1, 1, 2, 2, 2],
        [1, 2, 2, 2, 3, 3],
      ],
      [
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 1e12],
      ],
    ] as const)
      expectSound(statistic, compute(a, b));
  });
});

describe.each(ofSamples.filter((s) => s.ranksOnly).map((statistic) => [statistic.name, statistic] as const))(
  '%s',
  (_, { compute }) => {
    it('does not change under increasing transformations', () => {
      const whole = fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 40 });
      const cube = (x: number): number => x ** 3 + x;
      fc.assert(
        fc.property(whole, whole, (a, b) => {
          const raised = compute(usableSorted(a.map(cube)), usableSorted(b.map(cube)));
          expect(raised).toEqual(compute(usableSorted(a), usableSorted(b)));
        }),
      );
    });
  },
);

describe('the registry', () => {
  it('names each statistic once', () => {
    const names = STATISTICS.map((statistic) => statistic.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has each of them in the table of docs/statistics.md', () => {
    const page = readFileSync(new URL('../../docs/statistics.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    for (const { name, version } of STATISTICS) {
      const row = rows.find((line) => line.split('|')[1]?.includes(`\`${name}\``));
      expect(row, name).toBeDefined();
      expect(row?.split('|')[2]?.trim(), `${name}: its version`).toBe(String(version));
    }
  });

  it('is what a comparison of files gives', () => {
    const random = createRandom(3);
    const rows = Array.from({ length: 400 }, () => random());
    const levels = rows.map((x) => (x < 0.3 ? 'a' : 'b'));
    const table = tableOf([numericColumn('x', rows), levelColumn('c', levels)]);
    const { features } = compareTables(table, table, { task: 'regression', positiveClass: null });
    const given = new Set(features.flatMap((feature) => Object.keys(feature.metrics)));
    expect([...given].sort()).toEqual(STATISTICS.map((statistic) => statistic.name as string).sort());
    const numeric = STATISTICS.filter((statistic) => statistic.kinds.includes('numeric'));
    expect(Object.keys(features[0]?.metrics ?? {})).toHaveLength(numeric.length);
  });
});
