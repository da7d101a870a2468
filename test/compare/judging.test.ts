import { describe, expect, it } from 'vitest';
import { compareProfiles } from '../../src/compare/compare-profiles.ts';
import { compareTables } from './compare-tables.ts';
import { correctFamily } from '../../src/compare/correct-family.ts';
import { RARE_OR_NEW } from '../../src/compare/measures/measures.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../../src/compare/options.ts';
import type { FeatureComparison } from '../../src/core/findings.ts';
import { benjaminiHochberg } from '../../src/stats/corrections.ts';
import { InputProfile } from '../../src/stats/profile/input-profile.ts';
import { createRandom } from '../../src/stats/random.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const OPTIONS = { task: 'classification', positiveClass: null } as const;

function normals(rows: number, seed: number, shift = 0, scale = 1): number[] {
  const random = createRandom(seed);
  const one = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: rows }, () => shift + scale * one());
}

function compareNumbers(before: readonly number[], now: readonly number[], options = {}): FeatureComparison {
  const result = compareTables(tableOf([numericColumn('x', before)]), tableOf([numericColumn('x', now)]), {
    ...OPTIONS,
    ...options,
  });
  const [feature] = result.features;
  if (feature === undefined) throw new Error('no feature');
  return feature;
}

function compareLevels(
  before: readonly (string | null)[],
  now: readonly (string | null)[],
): FeatureComparison {
  const result = compareTables(
    tableOf([levelColumn('c', before)]),
    tableOf([levelColumn('c', now)]),
    OPTIONS,
  );
  const [feature] = result.features;
  if (feature === undefined) throw new Error('no feature');
  return feature;
}

const repeat = <T>(value: T, times: number): T[] => Array.from({ length: times }, () => value);

describe('a feature', () => {
  it('that did not move is ok', () => {
    expect(compareNumbers(normals(5000, 1), normals(1000, 2))).toMatchObject({
      status: 'ok',
      drifted: false,
      severity: 'none',
      reason: 'not_significant',
    });
  });

  it('that moved is a drift, the more severe the further', () => {
    const before = normals(10_000, 1);
    expect(compareNumbers(before, normals(2000, 2, 0.2))).toMatchObject({
      status: 'drift',
      severity: 'info',
      reason: 'shifted',
      drifted: true,
    });
    expect(compareNumbers(before, normals(2000, 2, 0.4))).toMatchObject({ severity: 'warning' });
    expect(compareNumbers(before, normals(2000, 2, 0.7))).toMatchObject({ severity: 'critical' });
    expect(compareNumbers(before, normals(2000, 2, 0, 1.5))).toMatchObject({ drifted: true });
  });

  it('that moved significantly but hardly is below the floor', () => {
    expect(compareNumbers(normals(60_000, 1), normals(60_000, 2, 0.05))).toMatchObject({
      status: 'ok',
      drifted: false,
      reason: 'effect_below_floor',
    });
  });

  it('with too few rows is insufficient, its statistics still filled in', () => {
    const feature = compareNumbers(normals(1000, 1), normals(199, 2, 3));
    expect(feature).toMatchObject({
      status: 'insufficient',
      reason: 'too_few_rows',
      drifted: false,
      severity: 'none',
    });
    expect(feature.metrics.psi).toBeGreaterThan(1);
    expect(feature.p_value).toBeLessThan(1e-10);
    expect(feature.q_value).toBeLessThan(1e-10);
    expect(compareNumbers(normals(1000, 1), normals(199, 2, 3), { minRows: 100 })).toMatchObject({
      status: 'drift',
    });
  });

  it('that is mostly missing has too few values', () => {
    const now = [...normals(100, 2, 3), ...repeat(Number.NaN, 900)];
    expect(compareNumbers(normals(1000, 1), now)).toMatchObject({
      status: 'insufficient',
      reason: 'too_few_values',
      missing: { current: 0.9 },
    });
  });

  it('that is one and the same constant is ok; that leaves it is a drift', () => {
    expect(compareNumbers(repeat(4, 1000), repeat(4, 500))).toMatchObject({
      status: 'ok',
      reason: 'constant',
      metrics: { psi: 0 },
    });
    for (const elsewhere of [3.999, 4.001, -4]) {
      expect(compareNumbers(repeat(4, 1000), repeat(elsewhere, 500))).toMatchObject({
        status: 'drift',
        severity: 'critical',
      });
    }
    expect(compareLevels(repeat('a', 1000), repeat('a', 500))).toMatchObject({
      status: 'ok',
      reason: 'constant',
    });
    expect(compareLevels(repeat('a', 1000), repeat('b', 500))).toMatchObject({ status: 'drift' });
  });

  it('of identifiers is ok while they come back, and insufficient where every row has a new one', () => {
    const unique = (prefix: string): string[] => Array.from({ length: 1000 }, (_, i) => `${prefix}${i}`);
    expect(compareLevels(unique('user'), unique('user'))).toMatchObject({
      status: 'ok',
      p_value: 1,
      metrics: { psi: 0 },
    });
    expect(compareLevels(unique('user'), unique('other'))).toMatchObject({
      status: 'insufficient',
      reason: 'too_few_cells',
      p_value: null,
      q_value: null,
    });
  });

  it('is not moved by equal missing rates, and a missing spike is tested by itself', () => {
    const before = normals(4000, 1).map((x, i) => (i % 4 === 0 ? Number.NaN : x));
    const now = normals(4000, 2).map((x, i) => (i % 4 === 0 ? Number.NaN : x));
    expect(compareNumbers(before, now)).toMatchObject({
      status: 'ok',
      missing_test: { statistic: 0, p_value: 1 },
    });
    const spike = normals(4000, 2).map((x, i) => (i % 2 === 0 ? Number.NaN : x));
    const feature = compareNumbers(before, spike);
    expect(feature.status).toBe('ok');
    expect(feature.missing_test?.p_value).toBeLessThan(1e-50);
  });

  it('counts infinite values as invalid', () => {
    const feature = compareNumbers(normals(1000, 1), [...normals(900, 2), ...repeat(Infinity, 100)]);
    expect(feature.invalid).toEqual({ reference: 0, current: 0.1 });
    expect(feature.invalid_test?.p_value).toBeLessThan(1e-20);
  });

  it('pools rare and new levels in one cell, so that one unseen row changes nothing', () => {
    const before = [...repeat('a', 600), ...repeat('b', 390), ...repeat('rare', 10), ...repeat('rarer', 5)];
    const quiet = compareLevels(before, [
      ...repeat('a', 600),
      ...repeat('b', 390),
      ...repeat('rare', 9),
      'unseen',
    ]);
    expect(quiet.counts?.bins).toEqual(['a', 'b', RARE_OR_NEW]);
    expect(quiet.counts?.current).toEqual([600, 390, 10]);
    expect(quiet).toMatchObject({ status: 'ok', new_levels: { reference: 0, current: 0.001 } });
    const loud = compareLevels(before, [...repeat('a', 600), ...repeat('unseen', 400)]);
    expect(loud).toMatchObject({
      status: 'drift',
      severity: 'critical',
      new_levels: { reference: 0, current: 0.4 },
    });
    expect(loud.new_levels_test?.p_value).toBeLessThan(1e-50);
  });

  it('shows the size-aware threshold: χ²(9, 0.001)·(1/n + 1/m)', () => {
    const feature = compareNumbers(normals(10_000, 1), normals(500, 2));
    expect(feature.threshold.psi).toBeCloseTo(27.877164871256575 * (1 / 10_000 + 1 / 500), 12);
  });
});

describe('a family', () => {
  const many = (shift: number): ReturnType<typeof tableOf> =>
    tableOf(
      Array.from({ length: 20 }, (_, i) =>
        numericColumn(`x${i}`, normals(1000, 100 + i + 1000 * shift, i === 0 ? shift : 0)),
      ),
    );

  it('has q-values by Benjamini–Hochberg over features, one drift found, nineteen left alone', () => {
    const { features } = compareTables(many(0), many(0.5), OPTIONS);
    expect(features.map((feature) => feature.q_value)).toEqual(
      benjaminiHochberg(features.map((feature) => feature.p_value ?? 1)),
    );
    expect(features.filter((feature) => feature.drifted).map((feature) => feature.name)).toEqual(['x0']);
  });

  it('is corrected as asked', () => {
    const { features } = compareTables(many(0), many(0.5), { ...OPTIONS, correction: 'bonferroni' });
    for (const feature of features) expect(feature.q_value).toBe(Math.min(1, 20 * (feature.p_value ?? 1)));
  });

  it('may be judged again together with the features of other segments', () => {
    const options = DEFAULT_COMPARE_OPTIONS;
    const weak = compareTables(
      tableOf([numericColumn('x', normals(2000, 1))]),
      tableOf([numericColumn('x', normals(1000, 2, 0.21))]),
      OPTIONS,
    ).features;
    expect(weak[0]?.drifted).toBe(true);
    const quiet = compareTables(many(0), many(0), OPTIONS).features;
    const crowd = Array.from({ length: 500 }, () => structuredClone(quiet)).flat();
    correctFamily([...weak, ...crowd], { ...options, correction: 'bonferroni' });
    expect(weak[0]).toMatchObject({
      drifted: false,
      status: 'ok',
      severity: 'none',
      reason: 'not_significant',
    });
  });

  it('does not let many features drown the prediction, the score or the label', () => {
    const outcome = (share: number): string[] =>
      Array.from({ length: 1000 }, (_, i) => (i < share * 1000 ? 'y' : 'n'));
    const before = {
      ...many(0),
      prediction: levelColumn('prediction', outcome(0.3)),
      label: levelColumn('label', outcome(0.3)),
    };
    const now = {
      ...many(0),
      prediction: levelColumn('prediction', outcome(0.5)),
      label: levelColumn('label', outcome(0.3)),
    };
    const result = compareTables(before, now, OPTIONS);
    expect(result.prediction?.q_value).toBe(result.prediction?.p_value);
    expect(result.prediction?.drifted).toBe(true);
    expect(result.label?.drifted).toBe(false);
    expect(result.score).toBeNull();
  });
});

describe('a window', () => {
  it('without labels has neither label nor performance', () => {
    const reference = buildReference(tableOf([numericColumn('x', normals(500, 1))]), OPTIONS);
    const result = compareProfiles(reference, new InputProfile(reference, 'classification'), null);
    expect(result).toMatchObject({
      reference: { rows: 500 },
      current: { rows: 0 },
      label: null,
      performance: null,
      prediction: null,
    });
    expect(result.features[0]).toMatchObject({
      status: 'insufficient',
      reason: 'too_few_rows',
      p_value: null,
      metrics: {},
    });
    expect(result.features[0]?.missing_test).toBeUndefined();
  });
});
