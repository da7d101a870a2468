import { describe, expect, it } from 'vitest';
import { compareTables } from './compare-tables.ts';
import { comparePerformance } from '../../src/compare/performance.ts';
import type { Table } from '../../src/core/table.ts';
import { LabelProfile } from '../../src/stats/profile/outcomes/label-profile.ts';
import { twoProportionTest } from '../../src/stats/significance/two-proportion.ts';
import { welchTest } from '../../src/stats/significance/welch.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const ZEROS = { reference: 0, current: 0 };

function classified(rows: number, correct: number, unlabelled = 0): Table {
  const all = rows + unlabelled;
  return tableOf(
    [
      numericColumn(
        'x',
        Array.from({ length: all }, (_, i) => i % 100),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        Array.from({ length: all }, () => 'y'),
      ),
      score: numericColumn(
        'score',
        Array.from({ length: all }, () => 0.8),
      ),
      label: levelColumn(
        'label',
        Array.from({ length: all }, (_, i) => (i >= rows ? null : i < correct ? 'y' : 'n')),
      ),
    },
  );
}

describe('classification', () => {
  const { performance } = compareTables(classified(6000, 5160), classified(1000, 710, 250), {
    task: 'classification',
    positiveClass: 'y',
  });

  it('gives accuracy with Wilson interval and two-proportion test', () => {
    const accuracy = performance?.metrics['accuracy'];
    expect(accuracy?.reference).toBeCloseTo(0.86, 12);
    expect(accuracy?.current).toBeCloseTo(0.71, 12);
    expect(accuracy?.interval?.[0]).toBeCloseTo(0.6811, 4);
    expect(accuracy?.interval?.[1]).toBeCloseTo(0.73723, 4);
    expect(accuracy?.p_value).toBe(twoProportionTest(5160, 6000, 710, 1000).p_value);
  });

  it('says how many labels there are, and whether more will come', () => {
    expect(performance).toMatchObject({
      labelled: { reference: 6000, current: 1000, share: 0.8 },
      mature: true,
    });
    const early = compareTables(classified(600, 500), classified(300, 250), {
      task: 'classification',
      positiveClass: 'y',
      mature: false,
    });
    expect(early.performance?.mature).toBe(false);
  });

  it('gives the Brier score where there are scores', () => {
    const brier = performance?.metrics['brier'];
    expect(brier?.reference).toBeCloseTo(0.86 * 0.04 + 0.14 * 0.64, 12);
    expect(brier?.current).toBeCloseTo(0.71 * 0.04 + 0.29 * 0.64, 12);
    expect(brier?.p_value).toBeLessThan(1e-15);
    const withoutClass = compareTables(classified(600, 500), classified(300, 250), {
      task: 'classification',
      positiveClass: null,
    });
    expect(Object.keys(withoutClass.performance?.metrics ?? {})).toEqual([
      'accuracy',
      'precision_macro',
      'precision_weighted',
      'recall_macro',
      'recall_weighted',
      'f1_macro',
      'f1_weighted',
    ]);
  });
});

describe('regression', () => {
  const pairs = (errors: readonly number[]): LabelProfile => {
    const profile = new LabelProfile(null, 'regression');
    for (const [i, error] of errors.entries()) profile.add(i, i + error, null, 1);
    return profile;
  };
  const before = [1, -1, 2, -2, 0.5, -0.5, 1.5, -1.5];
  const now = [2, -2, 3, -3, 4, -1, 0.5];
  const moments = (values: readonly number[]): { n: number; mean: number; variance: number } => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
    return { n: values.length, mean, variance };
  };
  const performance = comparePerformance(
    pairs(before).performance,
    pairs(now).performance,
    { reference: 8, current: 7 },
    10,
    true,
  );

  it('gives mae with Welch on |e|', () => {
    const mae = performance?.metrics['mae'];
    const absolute = moments(now.map(Math.abs));
    expect(mae?.current).toBeCloseTo(absolute.mean, 12);
    expect(mae?.reference).toBeCloseTo(1.25, 12);
    expect(mae?.interval?.[1]).toBeCloseTo(
      absolute.mean + 1.959963984540054 * Math.sqrt(absolute.variance / 7),
      9,
    );
    expect(mae?.p_value).toBeCloseTo(welchTest(moments(before.map(Math.abs)), absolute).p_value, 12);
  });

  it('gives rmse with the delta method and Welch on e²', () => {
    const rmse = performance?.metrics['rmse'];
    const squared = moments(now.map((e) => e ** 2));
    expect(rmse?.current).toBeCloseTo(Math.sqrt(squared.mean), 12);
    const error = Math.sqrt(squared.variance / 7) / (2 * Math.sqrt(squared.mean));
    expect(rmse?.interval?.[0]).toBeCloseTo(
      Math.max(0, Math.sqrt(squared.mean) - 1.959963984540054 * error),
      9,
    );
    expect(rmse?.p_value).toBeCloseTo(welchTest(moments(before.map((e) => e ** 2)), squared).p_value, 12);
  });

  it('stays finite on perfect and on absurd predictions', () => {
    const perfect = comparePerformance(
      pairs([0, 0]).performance,
      pairs([0, 0, 0]).performance,
      ZEROS,
      3,
      true,
    );
    expect(perfect?.metrics['rmse']).toMatchObject({
      reference: 0,
      current: 0,
      interval: [0, 0],
      p_value: 1,
    });
    const absurd = comparePerformance(null, pairs([1e200, -1e300]).performance, ZEROS, 2, true);
    for (const metric of Object.values(absurd?.metrics ?? {})) {
      expect(metric.reference).toBeNull();
      expect(metric.p_value).toBeNull();
      expect(metric.current === null || Number.isFinite(metric.current)).toBe(true);
    }
  });

  it('is nothing without labelled rows', () => {
    expect(
      comparePerformance(
        pairs(before).performance,
        new LabelProfile(null, 'regression').performance,
        ZEROS,
        10,
        true,
      ),
    ).toBeNull();
  });
});
