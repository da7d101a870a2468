import { describe, expect, it } from 'vitest';
import { energyDistanceSorted } from '../../src/stats/distances/energy-distance.ts';
import { wassersteinSorted } from '../../src/stats/distances/wasserstein.ts';
import { fSurvival } from '../../src/stats/distributions.ts';
import { andersonDarlingSorted } from '../../src/stats/significance/anderson-darling.ts';
import { cramerVonMisesSorted } from '../../src/stats/significance/cramer-von-mises.ts';
import { fisherExactTest } from '../../src/stats/significance/fisher-exact.ts';
import { ksExactPValue, ksPValue, ksStatisticSorted } from '../../src/stats/significance/ks.ts';
import { mannWhitneySorted } from '../../src/stats/significance/mann-whitney.ts';
import { expectRelative, fromHistogram, readVectors } from './vectors.ts';

type Histogram = [number[], number[]];

interface Grid {
  two_sample: {
    kind: string;
    reference: Histogram;
    current: Histogram;
    expected: {
      /** D, exact p, p by the law: null where SciPy's is NaN (an effective size of round(½) = 0 rows). */
      ks: [number, number, number | null];
      cramer_von_mises?: [number, number, 'exact' | 'asymptotic'];
      anderson_darling?: [number, number];
      mann_whitney: [number, number];
      energy: number;
      wasserstein: number;
    };
  }[];
  ks_law: [number, number, number, number][];
  ks_exact: [number, number, number, number][];
  fisher_exact: [number, number, number, number, number][];
  f_survival: [number, number, number, number][];
}

const grid = readVectors('scipy_two_sample_grid') as Grid;
const STATISTIC = 1e-9;
const P_VALUE = 1e-6;

describe('SciPy over a grid of sizes', () => {
  it.each(
    grid.two_sample.map((pair) => {
      const a = fromHistogram(pair.reference);
      const b = fromHistogram(pair.current);
      return [a.length, b.length, pair.kind, { a, b, expected: pair.expected }] as const;
    }),
  )('%d against %d, %s', (n, m, _, { a, b, expected }) => {
    const d = ksStatisticSorted(a, b);
    expectRelative(d, expected.ks[0], STATISTIC, 'D');
    expectRelative(ksExactPValue(d, n, m), expected.ks[1], P_VALUE, 'exact p of D');
    if (expected.ks[2] !== null)
      expectRelative(ksPValue(d, n, m), expected.ks[2], P_VALUE, 'p of D by the law');
    expectRelative(energyDistanceSorted(a, b), expected.energy, STATISTIC, 'energy');
    expectRelative(wassersteinSorted(a, b), expected.wasserstein, STATISTIC, 'W1');
    const u = mannWhitneySorted(a, b);
    expectRelative(u.statistic, expected.mann_whitney[0], STATISTIC, 'U');
    expectRelative(u.p_value, expected.mann_whitney[1], P_VALUE, 'p of U');
    if (expected.cramer_von_mises !== undefined) {
      const t = cramerVonMisesSorted(a, b);
      expectRelative(t.statistic, expected.cramer_von_mises[0], STATISTIC, 'T');
      // SciPy's limiting law is a distribution function summed to 1e-7: below that its tail has no digits.
      if (expected.cramer_von_mises[1] < 1e-5) expect(t.p_value).toBeLessThan(1e-5);
      else expectRelative(t.p_value, expected.cramer_von_mises[1], P_VALUE, 'p of T');
    }
    if (expected.anderson_darling !== undefined) {
      const squared = andersonDarlingSorted(a, b);
      expectRelative(squared.statistic, expected.anderson_darling[0], STATISTIC, 'A²');
      expectRelative(squared.p_value, expected.anderson_darling[1], P_VALUE, 'p of A²');
    }
  });

  it('kstwo.sf, far into the tail', () => {
    for (const [d, n, m, p] of grid.ks_law) expectRelative(ksPValue(d, n, m), p, P_VALUE, `D ${d} ${n} ${m}`);
  });

  it('exact KS', () => {
    expect(grid.ks_exact.length).toBeGreaterThan(30);
    for (const [d, n, m, p] of grid.ks_exact)
      expectRelative(ksExactPValue(d, n, m), p, P_VALUE, `D ${d} ${n} ${m}`);
  });

  it('fisher_exact', () => {
    for (const [x1, n1, x2, n2, p] of grid.fisher_exact)
      expectRelative(fisherExactTest(x1, n1, x2, n2), p, P_VALUE, `${x1}/${n1} ${x2}/${n2}`);
  });

  it('f.sf, with degrees of freedom that are no whole numbers', () => {
    for (const [x, d1, d2, p] of grid.f_survival)
      expectRelative(fSurvival(x, d1, d2), p, 1e-9, `F ${x} ${d1} ${d2}`);
  });
});
