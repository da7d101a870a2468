import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { klDivergence } from '../../src/stats/distances/kl-divergence.ts';
import { psi, psiNoise } from '../../src/stats/distances/psi.ts';
import { normalizedBy, wassersteinSorted } from '../../src/stats/distances/wasserstein.ts';
import { chiSquareTest } from '../../src/stats/significance/chi-square.ts';
import { cramerVonMisesSorted } from '../../src/stats/significance/cramer-von-mises.ts';
import { ksExactPValue, ksPValue } from '../../src/stats/significance/ks.ts';
import { mannWhitneySorted } from '../../src/stats/significance/mann-whitney.ts';
import { twoProportionTest } from '../../src/stats/significance/two-proportion.ts';
import { welchTest } from '../../src/stats/significance/welch.ts';
import { sorted } from './vectors.ts';

fc.configureGlobal({ seed: 20_260_301 });

const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map(Number),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(-0, 0, 1e-300, -1e300, 1e300),
);
const sample = fc.array(value, { maxLength: 40 }).map(sorted);
describe('Kolmogorov–Smirnov', () => {
  it('has p-values in [0, 1] that fall as D grows, exact and by the law', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(1000),
        (n, m, step) => {
          const d = step / 1000;
          for (const p of [ksPValue, ksExactPValue]) {
            expect(p(d, n, m)).toBeGreaterThanOrEqual(0);
            expect(p(d, n, m)).toBeLessThanOrEqual(1);
            expect(p(Math.min(1, d + 0.1), n, m)).toBeLessThanOrEqual(p(d, n, m) + 1e-12);
          }
        },
      ),
    );
    expect(ksPValue(0, 10, 10)).toBe(1);
    expect(ksPValue(0.5, 0, 10)).toBe(1);
    expect(ksExactPValue(0.5, 10, 0)).toBe(1);
  });

  it('falls back to the law beyond ten thousand rows', () => {
    expect(ksExactPValue(0.02, 10_001, 5000)).toBe(ksPValue(0.02, 10_001, 5000));
  });
});

describe('Wasserstein', () => {
  it('gives the shift of a shifted sample', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(whole, fc.integer({ min: -100, max: 100 }), (x, shift) => {
        const moved = wassersteinSorted(sorted(x), sorted(x.map((v) => v + shift)));
        expect(moved).toBeCloseTo(Math.abs(shift), 9);
      }),
    );
  });

  it('has no unit on a constant', () => {
    expect(normalizedBy(3, 0)).toBeNull();
    expect(normalizedBy(3, Infinity)).toBeNull();
  });
});

describe('tests on degenerate samples', () => {
  const empty = new Float64Array(0);
  const constant = new Float64Array(30).fill(4);

  it.each([cramerVonMisesSorted, mannWhitneySorted])('%o never gives NaN', (test) => {
    expect(test(empty, constant)).toEqual({ statistic: 0, p_value: 1 });
    expect(test(constant, constant).p_value).toBe(1);
    expect(test(Float64Array.of(1), Float64Array.of(2)).p_value).toBe(1);
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const { statistic, p_value } = test(a, b);
        expect(statistic).not.toBeNaN();
        expect(p_value).toBeGreaterThanOrEqual(0);
        expect(p_value).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('two proportions and Welch', () => {
    expect(twoProportionTest(0, 0, 3, 10)).toEqual({ statistic: 0, p_value: 1 });
    expect(twoProportionTest(0, 10, 0, 20)).toEqual({ statistic: 0, p_value: 1 });
    expect(twoProportionTest(10, 10, 20, 20)).toEqual({ statistic: 0, p_value: 1 });
    const flat = { n: 5, mean: 1, variance: 0 };
    expect(welchTest(flat, flat)).toEqual({ statistic: 0, p_value: 1 });
    expect(welchTest(flat, { ...flat, mean: 2 })).toEqual({ statistic: 1, p_value: 0 });
    expect(welchTest({ ...flat, n: 1 }, flat)).toEqual({ statistic: 0, p_value: 1 });
  });

  it('z² of two proportions is χ² of the table', () => {
    const { statistic } = twoProportionTest(15, 75, 15, 105);
    expect(statistic ** 2).toBeCloseTo(chiSquareTest([15, 60], [15, 90]).statistic, 12);
  });
});

describe('PSI', () => {
  it('has the mean it says it has when nothing moved', () => {
    expect(psiNoise(10, 1000, 500)).toBeCloseTo(9 * 0.003, 12);
    expect(psiNoise(1, 1000, 500)).toBe(0);
    expect(psiNoise(10, 0, 500)).toBe(0);
  });

  it('stays finite when a cell is new', () => {
    expect(psi([100, 0], [50, 50])).toBeLessThan(4);
    expect(klDivergence([100, 0], [50, 50])).toBeGreaterThan(0);
  });
});
