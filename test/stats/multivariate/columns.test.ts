import { describe, expect, it } from 'vitest';
import { encodeRows } from '../../../src/stats/multivariate/encode-rows.ts';
import { mixedPoints, squaredDistances } from '../../../src/stats/multivariate/mixed-points.ts';
import { pickRows, shuffle } from '../../../src/stats/multivariate/pick-rows.ts';
import { poolSamples } from '../../../src/stats/multivariate/pooled-sample.ts';
import { robustScale, squash } from '../../../src/stats/multivariate/robust-scale.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { levelColumn, numericColumn, tableOf } from '../profile/rows.ts';
import { levels, numbers, repeat } from './samples.ts';

const ALL = Int32Array.of(0, 1, 2, 3);

describe('rows picked at random', () => {
  it('are distinct, ascending, and each as likely as any other', () => {
    const random = createRandom(41);
    const hits = new Int32Array(10);
    for (let round = 0; round < 5_000; round++) {
      const rows = pickRows(10, 3, random);
      expect([...new Set(rows)].toSorted((a, b) => a - b)).toEqual([...rows]);
      for (const row of rows) hits[row] = (hits[row] ?? 0) + 1;
    }
    for (const count of hits) expect(Math.abs(count - 1_500)).toBeLessThan(150);
  });

  it('are all rows when there are no more', () => {
    expect([...pickRows(3, 3, createRandom(1))]).toEqual([0, 1, 2]);
    expect([...pickRows(0, 3, createRandom(1))]).toEqual([]);
  });

  it('stay the same rows in a shuffle', () => {
    const rows = Int32Array.from(repeat(50, (row) => row));
    shuffle(rows, createRandom(1));
    expect([...rows]).not.toEqual(repeat(50, (row) => row));
    expect([...rows].toSorted((a, b) => a - b)).toEqual(repeat(50, (row) => row));
  });
});

describe('two tables on top of each other', () => {
  it('match columns by name and levels by text', () => {
    const before = tableOf([numericColumn('x', [1, 2]), levelColumn('c', ['a', 'b'])]);
    const now = tableOf([levelColumn('c', ['new', 'b', null]), numericColumn('x', [3, 4, 5])]);
    const pooled = poolSamples(before, now, Int32Array.of(1), Int32Array.of(0, 1, 2));
    expect(pooled).toEqual({
      referenceRows: 1,
      currentRows: 3,
      features: [levels('c', [1, 2, 1, -1], 3), numbers('x', [2, 3, 4, 5])],
    });
  });

  it('leave out what one table lacks or holds as another type', () => {
    const before = tableOf([numericColumn('x', [1]), numericColumn('y', [1]), levelColumn('c', ['a'])]);
    const now = tableOf([levelColumn('x', ['1']), numericColumn('z', [1]), levelColumn('c', ['a'])]);
    const pooled = poolSamples(before, now, Int32Array.of(0), Int32Array.of(0));
    expect(pooled.features.map(({ name }) => name)).toEqual(['c']);
  });
});

describe('the robust scale', () => {
  it('is that of the bulk, whatever else there is', () => {
    const values = Float64Array.from([...repeat(1_001, (i) => i - 500), 1e12, Infinity, Number.NaN]);
    const { centre, scale } = robustScale(values);
    expect(centre).toBe(1);
    // One outlier on one side: the quartiles move by half a row at most.
    expect(Math.abs(scale - 500 / 1.349)).toBeLessThan(1);
  });

  it('falls back on the outer quantiles, then on the extremes, and is 0 for constants', () => {
    expect(robustScale(Float64Array.from(repeat(100, (i) => (i < 10 ? 1 : 0)))).scale).toBeCloseTo(
      1 / 4.6527,
      9,
    );
    expect(robustScale(Float64Array.from(repeat(1_000, (i) => (i === 0 ? 1e12 : 0)))).scale).toBe(1e12);
    expect(robustScale(Float64Array.of(5, 5, 5))).toEqual({ centre: 5, scale: 0 });
    expect(robustScale(Float64Array.of(Number.NaN, Infinity))).toEqual({ centre: 0, scale: 0 });
  });

  it('stays a number at the end of all numbers', () => {
    const most = Number.MAX_VALUE;
    const scale = robustScale(Float64Array.of(-most, -most, 0, most, most));
    expect(scale.scale).toBe(most);
    expect(squash(-most, scale, 5)).toBe(-1);
    expect(squash(Infinity, scale, 5)).toBe(5);
  });
});

describe('rows as standardised numbers', () => {
  it('have mean 0 and deviation 1 on the reference, missing at the mean', () => {
    const sample = { referenceRows: 4, currentRows: 1, features: [numbers('x', [1, 2, 3, Number.NaN, 4])] };
    const [column] = encodeRows(sample, ALL);
    const deviation = Math.sqrt(0.5);
    for (const [i, value] of [-1, 0, 1, 0, 2].entries())
      expect(column?.[i]).toBeCloseTo(value / deviation, 12);
  });

  it('take a level for its share, missing for the most frequent one, and a new one for none', () => {
    const sample = { referenceRows: 4, currentRows: 2, features: [levels('c', [0, 0, 1, -1, -1, 2], 3)] };
    const [column] = encodeRows(sample, ALL);
    // Shares ¾ (missing included), ¼ and 0; mean 5/8, deviation √3/8.
    const of = (share: number): number => (share - 0.625) / (Math.sqrt(3) / 8);
    for (const [i, share] of [0.75, 0.75, 0.25, 0.75, 0.75, 0].entries()) {
      expect(column?.[i]).toBeCloseTo(of(share), 12);
    }
  });

  it('leave out what is constant in the reference', () => {
    const constant = numbers('k', [0.1, 0.1, 0.1, 0.1, 9]);
    const absent = numbers('a', [Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1]);
    const even = levels('c', [0, 1, 0, 1, 0], 2);
    expect(encodeRows({ referenceRows: 4, currentRows: 1, features: [constant, absent, even] }, ALL)).toEqual(
      [],
    );
  });
});

describe('distances of mixed rows', () => {
  it('add up over numbers, levels and missing values', () => {
    const points = mixedPoints({
      referenceRows: 2,
      currentRows: 2,
      features: [numbers('x', [0, 1, 2, Number.NaN]), levels('c', [0, 0, 1, 1], 2)],
    });
    // x: the median is 1, the quartiles (of those that occur) 1.349 apart by definition; c: half of all pairs differ.
    const unit = robustScale(Float64Array.of(0, 1, 2)).scale ** -2;
    const missing = 2 / 0.5;
    expect([...squaredDistances(points)].map((d) => Number(d.toFixed(9)))).toEqual(
      [unit, 4 * unit + 4, unit + 4 + missing, unit + 4, 4 + missing, unit + missing].map((d) =>
        Number(d.toFixed(9)),
      ),
    );
  });
});
