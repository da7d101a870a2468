import { describe, expect, it } from 'vitest';
import { cramersV } from '../../src/stats/distances/cramers-v.ts';
import { energyDistanceSorted } from '../../src/stats/distances/energy-distance.ts';
import { hellinger } from '../../src/stats/distances/hellinger.ts';
import { jensenShannon } from '../../src/stats/distances/jensen-shannon.ts';
import { lInfinity, totalVariation } from '../../src/stats/distances/total-variation.ts';
import { normalizedBy, wassersteinSorted } from '../../src/stats/distances/wasserstein.ts';
import { binSorted } from '../../src/stats/profile/grids/grid-counts.ts';
import { moments } from '../../src/stats/profile/numeric-reference.ts';
import { chiSquareTest } from '../../src/stats/significance/chi-square.ts';
import { cramerVonMisesSorted } from '../../src/stats/significance/cramer-von-mises.ts';
import { ksPValue, ksStatisticSorted } from '../../src/stats/significance/ks.ts';
import { realColumns } from './real-pairs.ts';
import { expectRelative } from './vectors.ts';

const STATISTIC = 1e-9;
const P_VALUE = 1e-6;

/** PSI as the vectors have it: zero shares become 1e-4, nothing is renormalised. Ours adds ½ to every count. */
function psiWithZeroFill(before: readonly number[], now: readonly number[]): number {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const [n, m] = [total(before), total(now)];
  return before.reduce((sum, count, i) => {
    const p = count === 0 ? 1e-4 : count / n;
    const q = now[i] === 0 ? 1e-4 : (now[i] ?? 0) / m;
    return sum + (q - p) * Math.log(q / p);
  }, 0);
}

describe('every column of twelve real pairs', () => {
  const columns = realColumns();

  it('is there', () => expect(columns).toHaveLength(113));

  it.each(columns.map((column) => [column.name, column] as const))('%s', (_, { expected, samples }) => {
    const compared = (key: string, actual: number, relative: number): void => {
      if (typeof expected[key] === 'number') expectRelative(actual, expected[key], relative, key);
    };
    const pair = samples();
    if (pair === null) {
      const cells = Object.values(expected.counts ?? {});
      const a = cells.map(([x]) => x);
      const b = cells.map(([, y]) => y);
      const test = chiSquareTest(a, b);
      compared('chi2', test.statistic, STATISTIC);
      compared('chi2_p', test.p_value, P_VALUE);
      compared('dof', test.df, 0);
      compared('js_distance_b2', jensenShannon(a, b), STATISTIC);
      compared('hellinger', hellinger(a, b), STATISTIC);
      compared('tvd', totalVariation(a, b), STATISTIC);
      compared('l_infinity', lInfinity(a, b), STATISTIC);
      compared('psi_eps1e-4', psiWithZeroFill(a, b), STATISTIC);
      // The vectors have the plain V; the bias-corrected one of the same table is never above it.
      expect(cramersV(a, b)).toBeLessThanOrEqual(Number(expected['cramers_v']) + 1e-9);
      return;
    }
    const [a, b] = pair;
    const d = ksStatisticSorted(a, b);
    compared('n_ref', a.length, 0);
    compared('n_cur', b.length, 0);
    compared('ks_D', d, STATISTIC);
    compared('ks_p_asymp', ksPValue(d, a.length, b.length), P_VALUE);
    const moved = wassersteinSorted(a, b);
    const deviation = Math.sqrt(moments(a).m2 / a.length);
    compared('wasserstein', moved, STATISTIC);
    compared('wasserstein_over_ref_std_ddof0', normalizedBy(moved, deviation) ?? Number.NaN, STATISTIC);
    compared('energy_distance', energyDistanceSorted(a, b), STATISTIC);
    compared('cvm_T', cramerVonMisesSorted(a, b).statistic, STATISTIC);
    const edges = expected.psi_decile_inner_edges ?? [];
    compared('psi_decile_ref_eps1e-4', psiWithZeroFill(binSorted(edges, a), binSorted(edges, b)), STATISTIC);
  });
});
