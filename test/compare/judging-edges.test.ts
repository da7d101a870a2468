import { describe, expect, it } from 'vitest';
import { categoricalCells } from '../../src/compare/measures/categorical-cells.ts';
import { compareTables } from './compare-tables.ts';
import { testFeature } from '../../src/compare/feature-test.ts';
import { measureCategorical } from '../../src/compare/measures/measure-categorical.ts';
import { RARE_OR_NEW } from '../../src/compare/measures/measures.ts';
import type { FeatureComparison } from '../../src/core/findings.ts';
import type { Column } from '../../src/core/table.ts';
import { CategoricalProfile } from '../../src/stats/profile/categorical-profile.ts';
import { categoricalReference } from '../../src/stats/profile/categorical-reference.ts';
import { createRandom } from '../../src/stats/random.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const OPTIONS = { task: 'classification', positiveClass: null } as const;

function normals(rows: number, seed: number, shift = 0): number[] {
  const random = createRandom(seed);
  return Array.from(
    { length: rows },
    () => shift + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

const repeat = <T>(value: T, times: number): T[] => Array.from({ length: times }, () => value);

/** The column beside a healthy one and one that moved: neither may be disturbed by what the column holds. */
function compareBeside(before: Column, now: Column): FeatureComparison {
  const healthy = numericColumn(
    'healthy',
    normals(before.kind === 'numeric' ? before.values.length : before.codes.length, 1),
  );
  const rows = now.kind === 'numeric' ? now.values.length : now.codes.length;
  const moved = numericColumn('moved', normals(healthy.values.length, 3));
  const { features } = compareTables(
    tableOf([healthy, moved, before]),
    tableOf([numericColumn('healthy', normals(rows, 2)), numericColumn('moved', normals(rows, 4, 0.6)), now]),
    OPTIONS,
  );
  const [first, second, feature] = features;
  expect(first).toMatchObject({ status: 'ok', drifted: false });
  expect(second).toMatchObject({ status: 'drift', drifted: true });
  if (feature === undefined) throw new Error('no feature');
  return feature;
}

const numbers = (before: readonly number[], now: readonly number[]): FeatureComparison =>
  compareBeside(numericColumn('x', before), numericColumn('x', now));
const levels = (before: readonly (string | null)[], now: readonly (string | null)[]): FeatureComparison =>
  compareBeside(levelColumn('c', before), levelColumn('c', now));

describe('columns with little in them', () => {
  it('constant on both sides', () => {
    expect(numbers(repeat(7, 2000), repeat(7, 1000))).toMatchObject({ status: 'ok', reason: 'constant' });
    expect(levels(repeat('a', 2000), repeat('a', 1000))).toMatchObject({ status: 'ok', reason: 'constant' });
  });

  it('missing throughout, on one side or both', () => {
    const gone = repeat(Number.NaN, 1000);
    expect(numbers(repeat(Number.NaN, 2000), gone)).toMatchObject({
      status: 'insufficient',
      reason: 'no_values',
      metrics: {},
      p_value: null,
    });
    const lost = numbers(normals(2000, 5), gone);
    expect(lost).toMatchObject({ status: 'insufficient', reason: 'no_values', missing: { current: 1 } });
    expect(lost.missing_test?.p_value).toBeLessThan(1e-50);
    expect(levels(repeat('a', 2000), repeat(null, 1000))).toMatchObject({ reason: 'no_values' });
  });

  it('almost constant: judged by an exact test of the one cell against the rest', () => {
    const before = [...repeat('a', 1995), ...repeat('b', 5)];
    const quiet = levels(before, [...repeat('a', 997), ...repeat('b', 3)]);
    expect(quiet).toMatchObject({ status: 'ok', reason: 'not_significant' });
    expect(quiet.p_value).toBeGreaterThan(0.1);
    expect(levels(before, [...repeat('a', 900), ...repeat('b', 100)])).toMatchObject({ status: 'drift' });
    const zeros = [...repeat(0, 1998), 3, 4];
    expect(numbers(zeros, [...repeat(0, 998), 3, 9])).toMatchObject({ status: 'ok' });
    expect(numbers(zeros, [...repeat(0, 850), ...repeat(3, 150)])).toMatchObject({ status: 'drift' });
  });

  it('one category never seen changes nothing; a twentieth of them does', () => {
    const before = repeat('a', 10_000);
    const one = levels(before, [...repeat('a', 999), 'b']);
    expect(one).toMatchObject({ status: 'ok', reason: 'not_significant' });
    expect(one.p_value).toBeCloseTo(1 / 11, 3);
    expect(levels(before, [...repeat('a', 950), ...repeat('b', 50)])).toMatchObject({ status: 'drift' });
  });
});

describe('extreme and tied numbers', () => {
  it('one outlier of 1e12 on either side moves no judgement', () => {
    const quiet = numbers(normals(5000, 6), [...normals(999, 7), 1e12]);
    expect(quiet).toMatchObject({ status: 'ok', reason: 'not_significant' });
    expect(quiet.metrics.psi).toBeLessThan(0.05);
    const inReference = numbers([...normals(4999, 6), 1e12], normals(1000, 7, 0.4));
    expect(inReference.status).toBe('drift');
    // σ of the reference is 1e10 now; its quartiles are where they were.
    expect(inReference.metrics.wasserstein_normalized).toBeLessThan(0.1);
    const clean = numbers(normals(4999, 6), normals(1000, 7, 0.4));
    expect(clean.metrics.wasserstein_robust).toBeCloseTo(0.4, 1);
  });

  it('ties: a handful of values is compared value by value', () => {
    const dice = (rows: number, seed: number, sides: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: rows }, () => 1 + Math.floor(sides * random()));
    };
    expect(numbers(dice(5000, 1, 6), dice(1000, 2, 6))).toMatchObject({ status: 'ok' });
    expect(numbers(dice(5000, 1, 6), [...dice(800, 2, 6), ...repeat(6, 200)])).toMatchObject({
      status: 'drift',
    });
  });

  it('whole years in samples of unequal size leave Cramér–von Mises without a p-value, and KS with one', () => {
    const age = (x: number): number => Math.round(40 + 10 * x);
    const feature = numbers(normals(20_000, 10).map(age), normals(1000, 11).map(age));
    expect(feature.status).toBe('ok');
    expect(feature.metrics.cramer_von_mises?.statistic).toBeGreaterThan(1);
    expect(feature.metrics.cramer_von_mises?.p_value).toBeNull();
    expect(feature.metrics.ks?.p_value).toBeGreaterThan(0.01);
  });

  it('a move inside an outer bin is seen, though no bin changes', () => {
    const before = normals(10_000, 8);
    const edge = [...before].sort((a, b) => a - b)[9000] ?? 0;
    const far = normals(2000, 9).map((x) => (x > edge ? x + 50 : x));
    const feature = numbers(before, far);
    expect(feature.metrics.psi).toBeLessThan(0.02);
    expect(feature).toMatchObject({ status: 'drift', severity: 'info' });
    const farther = numbers(
      before,
      normals(2000, 9).map((x) => (x > edge ? x + 1e9 : x)),
    );
    expect(farther.p_value).toBe(feature.p_value);
  });
});

describe('levels that are mostly rare', () => {
  const postcode = (random: () => number, from: number, to: number): string =>
    String(10_000 + Math.floor(from + (to - from) * random()));
  const column = (rows: number, seed: number, from = 0, to = 400): string[] => {
    const random = createRandom(seed);
    return Array.from({ length: rows }, () => postcode(random, from, to));
  };

  it('are compared by ranges of names', () => {
    const quiet = levels(column(8000, 1), column(2000, 2));
    expect(quiet).toMatchObject({ status: 'ok', reason: 'not_significant' });
    expect(quiet.counts?.bins[0]).toMatch(/^10000 … 100\d\d$/);
    const moved = levels(column(8000, 1), [...column(1000, 2), ...column(1000, 3, 0, 100)]);
    expect(moved).toMatchObject({ status: 'drift', severity: 'critical' });
  });

  it('and one new level in every row is a drift', () => {
    const feature = levels(column(8000, 1), repeat('unknown', 1000));
    expect(feature).toMatchObject({ status: 'drift', severity: 'critical' });
    expect(feature.counts?.bins).toContain('unknown');
  });

  it('keep their rows: each is in one cell, on both sides', () => {
    const random = createRandom(4);
    for (const distinct of [30, 400, 3000]) {
      const reference = categoricalReference(
        'c',
        'categorical',
        column(3000, 5, 0, distinct).map((level) => [level, 1] as const),
        { rows: 3000, missing: 0, invalid: 0, infinite: 0 },
      );
      const profile = new CategoricalProfile(reference);
      for (let i = 0; i < 900; i++) profile.addLevel(postcode(random, 0, 2 * distinct), 1);
      const { shown, tested } = categoricalCells(profile);
      const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
      expect(sum(shown.reference)).toBe(3000);
      expect(sum(shown.current)).toBe(900);
      expect(sum(tested?.current ?? shown.current)).toBe(900);
      expect(shown.bins).toContain(RARE_OR_NEW);
    }
  });
});

describe('false alarms where many levels are about as frequent as the line between rare and not', () => {
  /** Share of healthy windows below p = 0.001, from counts drawn directly. */
  function rejected(n: number, m: number, distinct: number, windows: number): number {
    const random = createRandom(n + m + distinct);
    const draw = (rows: number): Map<string, number> => {
      const counts = new Map<string, number>();
      for (let i = 0; i < rows; i++) {
        const level = `l${Math.floor(distinct * random())}`;
        counts.set(level, (counts.get(level) ?? 0) + 1);
      }
      return counts;
    };
    let below = 0;
    for (let w = 0; w < windows; w++) {
      const totals = { rows: n, missing: 0, invalid: 0, infinite: 0 };
      const profile = new CategoricalProfile(categoricalReference('c', 'categorical', draw(n), totals));
      for (const [level, rows] of draw(m)) profile.addLevel(level, rows);
      if ((testFeature(measureCategorical(profile), []).pValue ?? 1) < 0.001) below += 1;
    }
    return below / windows;
  }

  // With cells chosen by the reference's shares alone, 10 and 15 % of the first two were rejected, and the third never judged.
  it.each([
    [1000, 1000, 100],
    [1000, 5000, 100],
    [1000, 1000, 1000],
  ])('%d against %d rows of %d levels', (n, m, distinct) => {
    expect(rejected(n, m, distinct, 300)).toBeLessThanOrEqual(0.01);
  });
});
