import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from '../../src/stats/corrections.ts';
import { cramersV } from '../../src/stats/distances/cramers-v.ts';
import { energyDistanceSorted } from '../../src/stats/distances/energy-distance.ts';
import { jensenShannon } from '../../src/stats/distances/jensen-shannon.ts';
import { klDivergence } from '../../src/stats/distances/kl-divergence.ts';
import { lInfinity } from '../../src/stats/distances/total-variation.ts';
import { wassersteinSorted } from '../../src/stats/distances/wasserstein.ts';
import { chiSquareTest } from '../../src/stats/significance/chi-square.ts';
import { cramerVonMisesSorted } from '../../src/stats/significance/cramer-von-mises.ts';
import { gTest } from '../../src/stats/significance/g-test.ts';
import {
  ksExactPValue,
  ksPValue,
  ksReportedPValue,
  ksStatisticSorted,
} from '../../src/stats/significance/ks.ts';
import { mannWhitneySorted } from '../../src/stats/significance/mann-whitney.ts';
import { welchTest } from '../../src/stats/significance/welch.ts';
import { moments } from '../../src/stats/profile/numeric-reference.ts';
import { expectRelative, readVectors, sorted } from './vectors.ts';
import type { Vector } from './vectors.ts';

const STATISTIC = 1e-9;
const P_VALUE = 1e-6;

function vectorsOf(file: string, method: string): Vector[] {
  return (readVectors(file) as { vectors: Vector[] }).vectors.filter((vector) => vector.method === method);
}

function figure(vector: Vector, key: string): number {
  return Number((vector.recomputed ?? vector.expected)[key] ?? vector.expected[key]);
}

const numbers = (value: unknown): number[] => value as number[];

describe('SciPy ks_2samp', () => {
  const twoSided = vectorsOf('scipy_ks_2samp', 'ks_2samp').filter(
    (v) => v.params['alternative'] === 'two-sided',
  );

  it.each(twoSided.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const a = sorted(numbers(vector.reference));
    const b = sorted(numbers(vector.current));
    const d = ksStatisticSorted(a, b);
    expectRelative(d, figure(vector, 'statistic'), STATISTIC, 'D');
    expectRelative(ksExactPValue(d, a.length, b.length), figure(vector, 'pvalue'), P_VALUE, 'p');
  });
});

describe('SciPy wasserstein_distance and energy_distance', () => {
  const all = (readVectors('scipy_wasserstein_energy') as { vectors: Vector[] }).vectors;

  it.each(all.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const weighted = (values: unknown, weights: unknown): Float64Array =>
      sorted(
        numbers(values).flatMap((x, i) => Array.from({ length: numbers(weights ?? [])[i] ?? 1 }, () => x)),
      );
    const a = weighted(vector.reference, vector.params['reference_weights']);
    const b = weighted(vector.current, vector.params['current_weights']);
    const distance = vector.method === 'wasserstein_distance' ? wassersteinSorted : energyDistanceSorted;
    expectRelative(distance(a, b), figure(vector, 'value'), STATISTIC, vector.method);
  });
});

describe('SciPy chi2_contingency', () => {
  const all = vectorsOf('scipy_chi2_contingency', 'chi2_contingency').filter((vector) => {
    const table = vector.params['table'] as unknown[];
    // Tables of two rows; Yates' correction, which we never apply, changes nothing from three columns on.
    const columns = numbers(table[0]);
    return (
      table.length === 2 &&
      typeof columns[0] === 'number' &&
      (vector.params['correction'] === false || columns.length > 2)
    );
  });

  it.each(all.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const [a, b] = vector.params['table'] as [number[], number[]];
    const test = vector.params['lambda'] === 'pearson' ? chiSquareTest : gTest;
    const result = test(a, b);
    expectRelative(result.statistic, figure(vector, 'statistic'), STATISTIC, 'statistic');
    expectRelative(result.p_value, figure(vector, 'pvalue'), P_VALUE, 'p');
    expect(result.df).toBe(figure(vector, 'dof'));
  });
});

describe('SciPy entropy and jensenshannon', () => {
  it.each(vectorsOf('scipy_entropy_js', 'jensen_shannon_distance').map((v) => [v.name, v] as const))(
    '%s',
    (_, vector) => {
      const toBase2 = vector.params['base'] === 'e' ? Math.sqrt(Math.LN2) : 1;
      const distance = jensenShannon(numbers(vector.reference), numbers(vector.current));
      expectRelative(distance * toBase2, figure(vector, 'value'), STATISTIC, 'distance');
    },
  );

  // Ours adds half a row to every count, which shares of a hundred million rows do not feel.
  const finite = vectorsOf('scipy_entropy_js', 'kl_divergence_nats').filter((v) =>
    Number.isFinite(figure(v, 'value')),
  );
  it.each(finite.map((v) => [v.name, v] as const))('%s', (_, vector) => {
    const rows = (shares: unknown): number[] => numbers(shares).map((share) => share * 1e12);
    expectRelative(
      klDivergence(rows(vector.reference), rows(vector.current)),
      figure(vector, 'value'),
      STATISTIC,
      'KL',
    );
  });
});

describe('TensorFlow Data Validation', () => {
  const counts = (a: object, b: object): [number[], number[]] => {
    const before = new Map<string, number>(Object.entries(a));
    const now = new Map<string, number>(Object.entries(b));
    const names = [...new Set([...before.keys(), ...now.keys()])];
    return [names.map((name) => before.get(name) ?? 0), names.map((name) => now.get(name) ?? 0)];
  };

  it('L∞ of categories', () => {
    const all = vectorsOf('tfdv_linf_jsd', 'l_infinity');
    expect(all.length).toBeGreaterThan(3);
    for (const vector of all) {
      const [a, b] = counts(vector.reference as object, vector.current as object);
      expect(lInfinity(a, b), vector.name).toBeCloseTo(figure(vector, 'value'), 5);
    }
  });

  it('JS divergence of categories is the square of our distance', () => {
    const vector = vectorsOf('tfdv_linf_jsd', 'jensen_shannon_divergence_bits').find(
      (v) => v.name === 'jsd_rank',
    );
    const [a, b] = counts(vector?.reference as object, vector?.current as object);
    expect(jensenShannon(a, b) ** 2).toBeCloseTo(0.6, 9);
  });
});

describe('Evidently, where conventions coincide', () => {
  it('Cramér–von Mises, Mann–Whitney, energy', () => {
    const all = (readVectors('evidently_stattests') as { vectors: Vector[] }).vectors;
    const byName = (name: string): { vector: Vector; a: Float64Array; b: Float64Array } => {
      const vector = all.find((candidate) => candidate.name === name);
      if (vector === undefined) throw new Error(`no vector ${name}`);
      return { vector, a: sorted(numbers(vector.reference)), b: sorted(numbers(vector.current)) };
    };
    const cvm = byName('cvm_norm_seed0_seed1');
    const result = cramerVonMisesSorted(cvm.a, cvm.b);
    expectRelative(result.statistic, figure(cvm.vector, 'statistic'), STATISTIC, 'T');
    expectRelative(result.p_value, figure(cvm.vector, 'pvalue'), P_VALUE, 'p');
    // The peer asserts 0.481, the one-sided value; the vector's note gives the two-sided one.
    const mwu = byName('mann_whitney');
    expectRelative(mannWhitneySorted(mwu.a, mwu.b).p_value, figure(mwu.vector, 'pvalue'), P_VALUE, 'p');
    const energy = byName('energy_plus5');
    expectRelative(
      energyDistanceSorted(energy.a, energy.b),
      figure(energy.vector, 'value'),
      STATISTIC,
      'energy',
    );
  });
});

interface Recomputed {
  two_sample: {
    reference: number[];
    current: number[];
    cramer_von_mises: [number, number];
    mann_whitney: [number, number];
    welch: [number, number];
    ks: [number, number, number];
    energy: number;
    wasserstein: number;
  }[];
  benjamini_hochberg: [number[], number[]][];
  cramers_v: [number[], number[], number][];
}

describe('SciPy on small samples, with and without ties', () => {
  const recomputed = readVectors('recomputed_tails') as Recomputed;

  it.each(recomputed.two_sample.map((s) => [s.reference.length, s.current.length, s] as const))(
    '%d against %d',
    (n, m, sample) => {
      const a = sorted(sample.reference);
      const b = sorted(sample.current);
      const d = ksStatisticSorted(a, b);
      expectRelative(d, sample.ks[0], STATISTIC, 'D');
      expectRelative(ksPValue(d, n, m), sample.ks[1], P_VALUE, 'p by the law');
      expectRelative(ksReportedPValue(d, n, m), sample.ks[2], P_VALUE, 'p exact');
      for (const [result, expected] of [
        [cramerVonMisesSorted(a, b), sample.cramer_von_mises],
        [mannWhitneySorted(a, b), sample.mann_whitney],
        [welchTest(momentsOf(a), momentsOf(b)), sample.welch],
      ] as const) {
        expectRelative(result.statistic, expected[0], STATISTIC, 'statistic');
        expectRelative(result.p_value, expected[1], P_VALUE, 'p');
      }
      expectRelative(energyDistanceSorted(a, b), sample.energy, STATISTIC, 'energy');
      expectRelative(wassersteinSorted(a, b), sample.wasserstein, STATISTIC, 'W1');
    },
  );

  it('false_discovery_control', () => {
    for (const [p, q] of recomputed.benjamini_hochberg) {
      for (const [i, value] of benjaminiHochberg(p).entries()) expectRelative(value, q[i] ?? 0, 1e-12, 'q');
    }
  });

  it('bias-corrected V from SciPy χ²', () => {
    for (const [a, b, expected] of recomputed.cramers_v)
      expectRelative(cramersV(a, b), expected, STATISTIC, 'V');
  });
});

function momentsOf(values: Float64Array): { n: number; mean: number; variance: number } {
  const { mean, m2 } = moments(values);
  return { n: values.length, mean, variance: m2 / (values.length - 1) };
}
