import { describe, expect, it } from 'vitest';
import {
  chiSquareSurvival,
  chiSquareUpperQuantile,
  fSurvival,
  normalQuantile,
  normalSurvival,
  normalTwoSided,
} from '../../src/stats/distributions.ts';
import { wilsonInterval } from '../../src/stats/intervals.ts';
import { cramerVonMisesLimitSurvival } from '../../src/stats/special/cramer-von-mises-limit.ts';
import { kolmogorovSurvival } from '../../src/stats/special/kolmogorov.ts';
import { normalLogCdf } from '../../src/stats/special/normal-tail.ts';
import { binomialPmf, poissonPmf } from '../../src/stats/special/saddle-point.ts';
import { ksExactPValue } from '../../src/stats/significance/ks.ts';
import { expectRelative, readVectors } from './vectors.ts';

interface Tails {
  chi_square_survival: [number, number, number][];
  chi_square_upper_quantile: [number, number, number][];
  normal_survival: [number, number][];
  normal_quantile: [number, number][];
  f_survival: [number, number, number, number][];
  kolmogorov_survival: [number, number, number][];
  ks_exact: [number, number, number, number][];
  wilson: [number, number, [number, number]][];
}

interface TailGrid {
  normal_log_cdf: [number, number][];
  normal_survival: [number, number][];
  f_survival: [number, number, number, number][];
}

const tails = readVectors('recomputed_tails') as Tails;
const grid = readVectors('tail_grid') as TailGrid;

describe('tails keep their digits', () => {
  it.each(tails.chi_square_survival)('P(χ² > %d), df %d', (x, df, expected) => {
    expectRelative(chiSquareSurvival(x, df), expected, 1e-12, 'p');
  });

  it.each(tails.chi_square_upper_quantile)('χ² quantile at %d, df %d', (alpha, df, expected) => {
    expectRelative(chiSquareUpperQuantile(alpha, df), expected, 1e-9, 'x');
  });

  it.each(tails.normal_survival)('P(N > %d)', (z, expected) => {
    expectRelative(normalSurvival(z), expected, 1e-12, 'p');
  });

  it.each(tails.normal_quantile)('normal quantile at %d', (p, expected) => {
    expectRelative(normalQuantile(p), expected, 1e-9, 'z');
  });

  it.each(tails.f_survival)('P(F > %d), df %d and %d', (x, d1, d2, expected) => {
    expectRelative(fSurvival(x, d1, d2), expected, 1e-11, 'p');
  });

  it.each(tails.kolmogorov_survival)('P(D > %d), n %d', (d, n, expected) => {
    expectRelative(kolmogorovSurvival(d, n), expected, 1e-6, 'p');
  });

  it.each(tails.ks_exact)('exact KS, |i·m − j·n| ≥ %d of %d × %d', (numerator, n, m, expected) => {
    expectRelative(ksExactPValue(numerator / (n * m), n, m), expected, 1e-12, 'p');
    expectRelative(ksExactPValue(numerator / (n * m), m, n), expected, 1e-12, 'p');
  });

  it.each(tails.wilson)('Wilson interval of %d in %d', (x, n, [low, high]) => {
    const interval = wilsonInterval(x, n);
    expect(interval[0]).toBeCloseTo(low, 9);
    expect(interval[1]).toBeCloseTo(high, 9);
  });

  it('of the normal law to the last two digits, and its logarithm where it underflows', () => {
    for (const [z, p] of grid.normal_survival) expectRelative(normalSurvival(z), p, 4e-15, `P(N > ${z})`);
    for (const [z, log] of grid.normal_log_cdf) expectRelative(normalLogCdf(z), log, 2e-15, `ln P(N ≤ ${z})`);
    expect(grid.normal_log_cdf.filter(([z]) => z <= -1000).length).toBeGreaterThan(4);
  });

  it('of F from half a degree of freedom to 2·10⁸, down to 1e-300', () => {
    for (const [x, d1, d2, p] of grid.f_survival)
      expectRelative(fSurvival(x, d1, d2), p, 1e-12, `P(F > ${x}), df ${d1} and ${d2}`);
    expect(grid.f_survival.filter(([, d1, d2, p]) => d1 === 2e8 && d2 === 2e8 && p < 1e-299)).toHaveLength(1);
  });

  it('has the ends right', () => {
    expect(chiSquareSurvival(-1, 3)).toBe(1);
    expect(chiSquareSurvival(Infinity, 3)).toBe(0);
    expect(fSurvival(0, 2, 3)).toBe(1);
    expect(fSurvival(Infinity, 2, 3)).toBe(0);
    expect(fSurvival(1e-320, 2, 3)).toBe(1);
    expect(fSurvival(2, 0, 3)).toBeNaN();
    expect(fSurvival(2, 3, Infinity)).toBe(chiSquareSurvival(6, 3));
    expect(normalSurvival(Infinity)).toBe(0);
    expect(normalSurvival(-Infinity)).toBe(1);
    expect(normalSurvival(Number.NaN)).toBeNaN();
    expect(normalLogCdf(-Infinity)).toBe(-Infinity);
    expect(normalLogCdf(Infinity)).toBe(-0);
    expect(normalLogCdf(Number.NaN)).toBeNaN();
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(1.1)).toBeNaN();
    expect(normalTwoSided(0)).toBe(1);
    expect(kolmogorovSurvival(1, 5)).toBe(0);
    expect(kolmogorovSurvival(0, 5)).toBe(1);
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  });

  it('gives the limiting Cramér–von Mises tail (mpmath, 30 digits)', () => {
    expectRelative(cramerVonMisesLimitSurvival(0.01), 0.99999413556719, 1e-10, 'p');
    expectRelative(cramerVonMisesLimitSurvival(0.05), 0.876280931041349, 1e-10, 'p');
    expectRelative(cramerVonMisesLimitSurvival(0.46136), 0.05000038313265129, 1e-10, 'p');
    expectRelative(cramerVonMisesLimitSurvival(1.5), 0.000172696219788019, 1e-10, 'p');
    expectRelative(cramerVonMisesLimitSurvival(4), 4.734453032275357e-10, 1e-10, 'p');
  });

  it('sums binomial and Poisson probabilities to one', () => {
    for (const [n, p] of [
      [1, 0.3],
      [17, 0.01],
      [2000, 0.77],
    ] as const) {
      let sum = 0;
      for (let k = 0; k <= n; k++) sum += binomialPmf(k, n, p);
      expect(sum).toBeCloseTo(1, 12);
    }
    let sum = 0;
    for (let k = 0; k < 200; k++) sum += poissonPmf(k, 50);
    expect(sum).toBeCloseTo(1, 12);
    expect(binomialPmf(0, 5, 0)).toBe(1);
    expect(binomialPmf(5, 5, 1)).toBe(1);
    expect(poissonPmf(0, 0)).toBe(1);
  });
});
