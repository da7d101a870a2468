import { describe, expect, it } from 'vitest';
import { squaredDistances } from '../../../src/stats/multivariate/mixed-points.ts';
import { gaussianKernel, mmdTest, permutationTest } from '../../../src/stats/multivariate/mmd.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { expectRelative, readVectors } from '../vectors.ts';
import type { Vector } from '../vectors.ts';
import { levels, mixedSample, normal, numbers, repeat } from './samples.ts';

/** The kernel of plain points, without any scaling. */
function kernelOf(points: readonly (readonly number[])[], sigma: number): Float64Array {
  const distances = squaredDistances({
    rows: points.length,
    numbers: points[0]?.length ?? 0,
    coordinates: Float64Array.from((points[0] ?? []).flatMap((_, c) => points.map((point) => point[c] ?? 0))),
    names: 0,
    codes: new Int32Array(),
    weights: new Float64Array(),
  });
  return gaussianKernel(distances, sigma ** 2);
}

const asPoints = (rows: unknown): number[][] => (rows as (number | number[])[]).map((row) => [row].flat());

describe('the MMD statistic', () => {
  const { vectors } = readVectors('frouros_mmd') as { vectors: Vector[] };

  it.each(vectors.map((vector) => [vector.name, vector] as const))('agrees with %s', (name, vector) => {
    const reference = asPoints(vector.reference);
    // A detector on a stream: it compares the last ten rows.
    const current = asPoints(vector.current).slice(name.startsWith('mmd_sliding') ? -10 : 0);
    const sigma = vector.params['sigma'] as number;
    const kernel = kernelOf([...reference, ...current], sigma);
    const { statistic } = permutationTest(kernel, reference.length, 0, createRandom(1));
    expectRelative(statistic, vector.recomputed?.['own'] as number, 1e-9, name);
  });

  it('is the same whichever sample is smaller', () => {
    const random = createRandom(5);
    const few = repeat(8, () => [normal(random), normal(random)]);
    const many = repeat(20, () => [normal(random) + 1, normal(random)]);
    const one = permutationTest(kernelOf([...few, ...many], 1), 8, 0, random).statistic;
    const other = permutationTest(kernelOf([...many, ...few], 1), 20, 0, random).statistic;
    expectRelative(one, other, 1e-12, 'mirrored');
  });
});

describe('its p-value', () => {
  it('counts itself among the permutations, so it is never 0', () => {
    const random = createRandom(2);
    const values = repeat(100, (row) => normal(random) + (row < 50 ? 0 : 3));
    const found = mmdTest(
      { referenceRows: 50, currentRows: 50, features: [numbers('x', values)] },
      199,
      random,
    );
    expect(found).toMatchObject({ p_value: 1 / 200, permutations: 199 });
  });

  it('is the share of orders with at least this statistic', () => {
    // Two rows and two rows: three ways to part them, and one of them is as far apart as this.
    const kernel = kernelOf([[0], [0.1], [5], [5.2]], 1);
    const { p_value } = permutationTest(kernel, 2, 3_000, createRandom(3));
    expect(p_value).toBeCloseTo(1 / 3, 1);
  });

  it('is small no more often than it should be when nothing moved', () => {
    const random = createRandom(4);
    const p = repeat(200, () => mmdTest(mixedSample(40, 30, 5, random), 99, random)?.p_value ?? Number.NaN);
    const below = (level: number): number => p.filter((value) => value <= level).length / p.length;
    expect(below(0.05)).toBeLessThan(0.1);
    expect(below(0.5)).toBeGreaterThan(0.4);
    expect(below(0.5)).toBeLessThan(0.6);
  });
});

describe('MMD of hard columns', () => {
  const random = createRandom(6);
  const of = (...features: Parameters<typeof mmdTest>[0]['features'][number][]): ReturnType<typeof mmdTest> =>
    mmdTest({ referenceRows: 60, currentRows: 60, features }, 99, random);

  it('cannot be computed of constants, or of too few rows', () => {
    expect(of()).toBeNull();
    expect(
      of(
        numbers(
          'x',
          repeat(120, () => 7),
        ),
        levels(
          'c',
          repeat(120, () => 0),
          1,
        ),
      ),
    ).toBeNull();
    expect(
      of(
        numbers(
          'x',
          repeat(120, () => Number.NaN),
        ),
      ),
    ).toBeNull();
    expect(mmdTest(mixedSample(24, 100, 3, random), 99, random)).toBeNull();
  });

  it('sees values go missing, and a new category', () => {
    const holes = repeat(120, (row) => (row > 60 && row % 2 === 0 ? Number.NaN : normal(random)));
    expect(of(numbers('x', holes))?.p_value).toBe(0.01);
    expect(
      of(
        levels(
          'c',
          repeat(120, (row) => (row > 60 && row % 3 === 0 ? 2 : row % 2)),
          3,
        ),
      )?.p_value,
    ).toBe(0.01);
  });

  it('is not blinded by an outlier', () => {
    const values = repeat(120, (row) => normal(random) + (row < 60 ? 0 : 2));
    values[3] = 1e12;
    values[4] = -Infinity;
    values[100] = Number.MAX_VALUE;
    expect(of(numbers('x', values))?.p_value).toBe(0.01);
  });

  it('is 0 with p = 1 where hardly a pair differs', () => {
    const lonely = of(
      numbers(
        'x',
        repeat(120, (row) => (row === 7 ? 1 : 0)),
      ),
    );
    expect(lonely?.p_value).toBe(1);
  });
});
