import * as fc from 'fast-check';
import {
  mean as meanOf,
  quantileSorted,
  sampleRankCorrelation,
  standardDeviation as deviationOf,
  tTestTwoSample,
  wilcoxonRankSum,
} from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { T_TEST } from '../../src/compare/presets/evidently/numeric-tests.ts';
import { Sample } from '../../src/compare/presets/sample.ts';
import { normalScores, rankCorrelations } from '../../src/diagnose/faults/rows/rank-correlations.ts';
import { meanAndDeviation } from '../../src/diagnose/pooled.ts';
import { fSurvival } from '../../src/stats/distributions.ts';
import { correlation, mean, sampleVariance, standardDeviation, sum } from '../../src/stats/elementary.ts';
import { moments } from '../../src/stats/profile/numeric-reference.ts';
import {
  quantileBetween,
  quantileNearest,
  quantilePassed,
  quantileReached,
} from '../../src/stats/quantiles.ts';
import { mannWhitneySorted } from '../../src/stats/significance/mann-whitney.ts';
import { columnDeviation } from '../../src/stats/table/spread.ts';
import { expectRelative, sorted } from './vectors.ts';

fc.configureGlobal({ seed: 20_261_126 });

/** Thousandths, many of them twice: ties, and no sum that only a longer one could tell from another. */
const value = fc.integer({ min: -3000, max: 3000 }).map((whole) => whole / 1000);
const column = fc.array(fc.oneof(value, fc.integer({ min: -3, max: 3 })), { minLength: 2, maxLength: 60 });

describe('elementary statistics', () => {
  it('have one answer where there is nothing to answer', () => {
    expect(sum([])).toBe(0);
    for (const figure of [mean, standardDeviation, sampleVariance]) {
      expect(figure([])).toBeNaN();
      expect(figure([1, Number.NaN])).toBeNaN();
    }
    expect(sum([1, Number.NaN])).toBeNaN();
    expect(standardDeviation([7])).toBe(0);
    expect(sampleVariance([7])).toBeNaN();
    expect(correlation([7], [8])).toBeNaN();
    expect(correlation([7, 7], [8, 9])).toBeNaN();
  });

  it('go to infinity as adding one by one does', () => {
    expect(sum([1, Infinity, 2])).toBe(Infinity);
    expect(sum([1e308, 1e308])).toBe(Infinity);
    expect(sum([Infinity, -Infinity])).toBeNaN();
    expect(mean([-Infinity, 2])).toBe(-Infinity);
    expect(standardDeviation([1, Infinity])).toBeNaN();
  });

  it('read typed arrays as they read lists', () => {
    expect(sum(Int32Array.of(1, 2))).toBe(3);
    expect(sampleVariance(Float64Array.of(1, 3))).toBe(2);
  });
});

describe('normal scores', () => {
  it('are those of average ranks, of values that are many times there, too', () => {
    // Φ⁻¹ of (2 + ½)/6 and of (5 + ½)/6: the scores of tables of the normal distribution.
    const scores = normalScores(Float64Array.of(0, 0, 9, 0, 0, Number.NaN, 0));
    expect([...scores].map((score) => Number(score.toFixed(6)))).toEqual([
      -0.210428, -0.210428, 1.382994, -0.210428, -0.210428, 0, -0.210428,
    ]);
  });
});

describe('quantiles', () => {
  const ends = [quantileBetween, quantileReached, quantilePassed, quantileNearest];

  it('are NaN without values, and begin and end with them', () => {
    for (const quantile of ends) {
      expect(quantile([], 0.5)).toBeNaN();
      expect(quantile([1, 2, 3], 0)).toBe(1);
      expect(quantile([1, 2, 3], 1)).toBe(3);
    }
  });

  it('are what their names say', () => {
    fc.assert(
      fc.property(column, fc.integer({ min: 1, max: 15 }), (values, sixteenths) => {
        const ascending = sorted(values);
        const p = sixteenths / 16;
        const shareUpTo = (x: number): number => values.filter((other) => other <= x).length / values.length;
        expect(quantileReached(ascending, p)).toBe(ascending.find((x) => shareUpTo(x) >= p));
        expect(quantilePassed(ascending, p)).toBe(ascending.find((x) => shareUpTo(x) > p));
        const between = quantileBetween(ascending, p);
        const below = ascending[Math.floor(p * (values.length - 1))] ?? 0;
        const above = ascending[Math.ceil(p * (values.length - 1))] ?? 0;
        expect(between >= below && between <= above).toBe(true);
        expect([below, above]).toContain(quantileNearest(ascending, p));
      }),
    );
  });
});

/** Code that keeps more digits, takes NaN or walks typed arrays is held to the library's, which was written elsewhere. */
describe('what we compute ourselves agrees with simple-statistics', () => {
  const near = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-12);

  it('means and standard deviations', () => {
    fc.assert(
      fc.property(column, (values) => {
        const typed = Float64Array.from(values);
        near(columnDeviation(typed), deviationOf(values));
        const { mean: average, m2 } = moments(typed);
        near(average, meanOf(values));
        near(Math.sqrt(m2 / values.length), deviationOf(values));
        near(meanAndDeviation(typed).mean, meanOf(values));
        near(meanAndDeviation(typed).deviation, deviationOf(values));
        near(new Sample(typed).mean, meanOf(values));
      }),
    );
  });

  it('U, by the sum of ranks', () => {
    fc.assert(
      fc.property(column, column, (a, b) => {
        const u = wilcoxonRankSum(a, b) - (a.length * (a.length + 1)) / 2;
        near(mannWhitneySorted(sorted(a), sorted(b)).statistic, u);
      }),
    );
  });

  it('rank correlations', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 4, maxLength: 60 }), (rows) => {
        const x = rows.map(([first]) => first);
        const y = rows.map(([, second]) => second);
        const pair = (name: string, values: number[]) =>
          ({
            kind: 'numeric',
            name,
            reference: Float64Array.from(values),
            current: Float64Array.from(values),
          }) as const;
        const z = rankCorrelations([pair('x', x), pair('y', y)]).reference[1] ?? 0;
        const r = sampleRankCorrelation(x, y);
        // A constant has no ranks to correlate; ours says 0 and stays below 0.999.
        near(Math.tanh(z), Number.isNaN(r) ? 0 : Math.max(-0.999, Math.min(0.999, r)));
      }),
    );
  });

  it("Student's t", () => {
    fc.assert(
      fc.property(column, column, (a, b) => {
        fc.pre(new Set([...a, ...b]).size > 2 && deviationOf(a) + deviationOf(b) > 1e-6);
        const sides = {
          reference: new Sample(Float64Array.from(a)),
          current: new Sample(Float64Array.from(b)),
        };
        const { pValue } = T_TEST.measure({ kind: 'numeric', ...sides, chunks: null });
        const t = tTestTwoSample(a, b) ?? Number.NaN;
        expectRelative(pValue ?? Number.NaN, fSurvival(t ** 2, 1, a.length + b.length - 2), 1e-9, 'p of t');
      }),
    );
  });

  it('medians of a column, where its length is odd', () => {
    fc.assert(
      fc.property(column, (values) => {
        const ascending = sorted(values.slice(1 - (values.length % 2)));
        for (const quantile of [quantileReached, quantilePassed, quantileNearest])
          expect(quantile(ascending, 0.5)).toBe(quantileSorted([...ascending], 0.5));
      }),
    );
  });
});
