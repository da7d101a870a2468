import { describe, expect, it } from 'vitest';
import { domainClassifier } from '../../../src/stats/multivariate/domain-classifier.ts';
import type { DomainClassifier } from '../../../src/stats/multivariate/domain-classifier.ts';
import type { PooledFeature, PooledSample } from '../../../src/stats/multivariate/pooled-sample.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { carLoans, flippedCorrelation, levels, mixedSample, normal, numbers, repeat } from './samples.ts';

function classify(sample: PooledSample, seed = 1): DomainClassifier {
  const found = domainClassifier(sample, createRandom(seed));
  if (found === null) throw new Error('the classifier had enough rows');
  return found;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('the domain classifier beside NannyML', () => {
  it('tells shifted car loans apart as well as LightGBM does', () => {
    const { sample, expected } = carLoans('shifted');
    const auc = sum(repeat(4, (seed) => classify(sample, seed).auc)) / 4;
    expect(Math.abs(auc - sum(expected.auroc_shuffled) / expected.auroc_shuffled.length)).toBeLessThan(0.02);
    expect(classify(sample).p_value).toBeLessThan(1e-30);
    expect(classify(sample).contributions[0]?.feature).toBe('car_value');
  });

  it('finds nothing in unshifted ones', () => {
    const { sample } = carLoans('unshifted');
    const { auc, null_band } = classify(sample);
    expect(auc).toBeGreaterThan(null_band[0]);
    expect(auc).toBeLessThan(null_band[1]);
  });
});

describe('what the domain classifier finds', () => {
  it('a correlation that flips while every feature alone stays', () => {
    const random = createRandom(11);
    const sample = flippedCorrelation(mixedSample(600, 600, 6, random), 0.5, random);
    const { auc, p_value, contributions } = classify(sample);
    expect(auc).toBeGreaterThan(0.6);
    expect(p_value).toBeLessThan(1e-5);
    expect(
      contributions
        .slice(0, 2)
        .map(({ feature }) => feature)
        .toSorted(),
    ).toEqual(['left', 'right']);
  });

  it('shares that sum to 1, the largest first', () => {
    for (const sample of [mixedSample(200, 100, 7, createRandom(12)), carLoans('shifted').sample]) {
      const shares = classify(sample).contributions.map(({ share }) => share);
      expect(sum(shares)).toBeCloseTo(1, 12);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    }
  });

  it.each<readonly [string, PooledFeature]>([
    [
      'a missing spike',
      numbers(
        'hit',
        repeat(400, (row) => (row >= 200 && row % 3 === 0 ? Number.NaN : row % 17)),
      ),
    ],
    [
      'a new category',
      levels(
        'hit',
        repeat(400, (row) => (row >= 200 && row % 3 === 0 ? 2 : row % 2)),
        3,
      ),
    ],
    [
      'values turned infinite',
      numbers(
        'hit',
        repeat(400, (row) => (row >= 200 && row % 3 === 0 ? Infinity : row % 17)),
      ),
    ],
    [
      'levels gone missing',
      levels(
        'hit',
        repeat(400, (row) => (row >= 200 && row % 3 === 0 ? -1 : row % 2)),
        2,
      ),
    ],
  ])('%s', (_, feature) => {
    const random = createRandom(13);
    const noise = numbers(
      'noise',
      repeat(400, () => normal(random)),
    );
    const found = classify({ referenceRows: 200, currentRows: 200, features: [noise, feature] });
    expect(found.p_value).toBeLessThan(1e-3);
    expect(found.contributions[0]?.feature).toBe('hit');
    expect(found.contributions[0]?.share).toBeGreaterThan(0.8);
  });
});

describe('the domain classifier when nothing moved', () => {
  it('is small no more often than it should be, and 0.5 on average', () => {
    const random = createRandom(14);
    const found = repeat(100, (seed) => classify(mixedSample(60, 60, 3, random), seed));
    expect(found.filter(({ p_value }) => p_value < 0.05).length / found.length).toBeLessThan(0.1);
    expect(sum(found.map(({ auc }) => auc)) / found.length).toBeCloseTo(0.5, 1);
    const outside = found.filter(({ auc, null_band }) => auc < null_band[0] || auc > null_band[1]);
    expect(outside.length / found.length).toBeLessThan(0.1);
  });

  it('says ½ of constants, and gives every feature the same share', () => {
    const constant = numbers(
      'x',
      repeat(100, () => 3),
    );
    const absent = levels(
      'c',
      repeat(100, () => -1),
      0,
    );
    const found = classify({ referenceRows: 50, currentRows: 50, features: [constant, absent] });
    expect(found).toMatchObject({ auc: 0.5, p_value: 0.5 });
    expect(found.contributions.map(({ share }) => share)).toEqual([0.5, 0.5]);
  });

  it('cannot be computed from few rows or no feature', () => {
    expect(domainClassifier(mixedSample(24, 1_000, 3, createRandom(1)), createRandom(1))).toBeNull();
    expect(
      domainClassifier({ referenceRows: 99, currentRows: 99, features: [] }, createRandom(1)),
    ).toBeNull();
  });
});

it('does not care about a monotone transformation of a feature', () => {
  const random = createRandom(15);
  const values = repeat(300, (row) => normal(random) + (row < 150 ? 0 : 0.7));
  const of = (column: readonly number[]): DomainClassifier =>
    classify({ referenceRows: 150, currentRows: 150, features: [numbers('x', column)] });
  expect(of(values.map((value) => Math.exp(value) * 1e9))).toEqual(of(values));
});
