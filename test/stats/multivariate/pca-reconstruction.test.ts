import { describe, expect, it } from 'vitest';
import { learnErrors, pcaReconstruction } from '../../../src/stats/multivariate/pca-reconstruction.ts';
import {
  principalComponents,
  reconstructionErrors,
} from '../../../src/stats/multivariate/principal-components.ts';
import type { PooledSample } from '../../../src/stats/multivariate/pooled-sample.ts';
import { createRandom } from '../../../src/stats/random.ts';
import type { Random } from '../../../src/stats/random.ts';
import { expectRelative } from '../vectors.ts';
import { carLoans, flippedCorrelation, levels, mixedSample, normal, numbers, repeat } from './samples.ts';

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('reconstruction error beside NannyML', () => {
  it.each(['unshifted', 'shifted'] as const)('is the same on %s rows', (which) => {
    const { sample, expected } = carLoans(which);
    const reference = Int32Array.from({ length: sample.referenceRows }, (_, row) => row);
    const current = Int32Array.from({ length: sample.currentRows }, (_, i) => sample.referenceRows + i);
    const errors = learnErrors(sample, reference);
    expect(errors?.components).toBe(expected.components);
    const before = mean(errors?.of(reference) ?? new Float64Array());
    const now = mean(errors?.of(current) ?? new Float64Array());
    expectRelative(before, expected.reference_reconstruction_error, 1e-9, 'reference');
    expectRelative(now, expected.reconstruction_error, 1e-9, which);
  });
});

/** Three features that go with nothing, so that a pair that goes together is always the first component. */
function noise(referenceRows: number, currentRows: number, random: Random): PooledSample {
  const rows = referenceRows + currentRows;
  const features = repeat(3, (f) =>
    numbers(
      `noise${f}`,
      repeat(rows, () => normal(random)),
    ),
  );
  return { referenceRows, currentRows, features };
}

/** A pair whose correlation flips, among them. */
function flippedPair(random: Random): PooledSample {
  return flippedCorrelation(noise(400, 400, random), 0.95, random);
}

describe('reconstruction error', () => {
  it('rises where a correlation flips', () => {
    const random = createRandom(21);
    const found = pcaReconstruction(flippedPair(random), random);
    expect(found?.p_value).toBeLessThan(1e-4);
    expect(found?.current).toBeGreaterThan(found?.reference ?? Infinity);
  });

  it('is small no more often than it should be when nothing moved', () => {
    const random = createRandom(22);
    const p = repeat(
      300,
      () => pcaReconstruction(mixedSample(60, 60, 6, random), random)?.p_value ?? Number.NaN,
    );
    const below = (level: number): number => p.filter((value) => value < level).length / p.length;
    expect(below(0.05)).toBeLessThan(0.09);
    expect(below(0.5)).toBeGreaterThan(0.4);
    expect(below(0.5)).toBeLessThan(0.6);
  });

  it('is not blinded by an outlier in either sample', () => {
    const random = createRandom(23);
    const sample = flippedPair(random);
    for (const row of [1, 2, 500]) {
      const column = sample.features[0];
      if (column?.kind === 'numeric') column.values[row] = row === 2 ? -Number.MAX_VALUE : 1e12;
    }
    const found = pcaReconstruction(sample, random);
    expect(found?.p_value).toBeLessThan(1e-4);
    expect(found?.reference).toBeLessThan(5);
  });

  it('takes missing values, infinities and new levels as documented', () => {
    const random = createRandom(25);
    const sample = mixedSample(100, 100, 6, random);
    const holes = numbers(
      'holes',
      repeat(200, (row) => (row >= 100 ? Number.NaN : normal(random))),
    );
    const infinite = numbers(
      'infinite',
      repeat(200, (row) => (row % 9 === 0 ? Infinity : normal(random))),
    );
    const fresh = levels(
      'fresh',
      repeat(200, (row) => (row >= 100 ? 2 : Math.floor(1.3 * random()))),
      3,
    );
    const found = pcaReconstruction(
      { ...sample, features: [...sample.features, holes, infinite, fresh] },
      random,
    );
    for (const value of Object.values(found ?? { none: Number.NaN }))
      expect(Number.isFinite(value)).toBe(true);
  });

  it('cannot be computed where nothing is left to reconstruct', () => {
    const random = createRandom(26);
    const of = (...features: PooledSample['features'][number][]): ReturnType<typeof pcaReconstruction> =>
      pcaReconstruction({ referenceRows: 50, currentRows: 50, features }, random);
    const one = numbers(
      'x',
      repeat(100, () => normal(random)),
    );
    const other = numbers(
      'y',
      repeat(100, () => normal(random)),
    );
    const constant = numbers(
      'k',
      repeat(100, () => 0.1),
    );
    expect(of(one)).toBeNull();
    expect(of(one, constant)).toBeNull();
    // Two features without correlation: 65 % of their variance needs both.
    expect(of(one, other)).toBeNull();
    expect(pcaReconstruction(mixedSample(24, 90, 6, random), random)).toBeNull();
  });
});

describe('components', () => {
  it('of fewer rows than columns are those of the same rows told twice', () => {
    const random = createRandom(5);
    const [columns, rows] = [23, 14];
    const factors = repeat(3, () => repeat(rows, () => normal(random)));
    const once = repeat(columns, () => {
      const mix = repeat(3, () => normal(random));
      return Float64Array.from(
        repeat(rows, () => 0),
        (_, row) => factors.reduce((sum, factor, k) => sum + mix[k]! * factor[row]!, 0.3 * normal(random)),
      );
    });
    const twice = once.map((column) => Float64Array.of(...column, ...column));
    const all = (count: number) => Int32Array.from({ length: count }, (_, row) => row);
    for (const share of [0.3, 0.65, 0.95]) {
      const few = principalComponents(once, all(rows), share);
      const many = principalComponents(twice, all(2 * rows), share);
      expect(few).toHaveLength(many.length);
      const errors = reconstructionErrors(once, few, all(rows));
      const same = reconstructionErrors(once, many, all(rows));
      for (const [row, error] of errors.entries()) expect(error).toBeCloseTo(same[row]!, 10);
      for (const component of few) expect(Math.hypot(...component)).toBeCloseTo(1, 10);
    }
  });
});
