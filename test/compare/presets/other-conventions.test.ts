import { describe, expect, it } from 'vitest';
import { rawPsi } from '../../../src/compare/presets/divergences.ts';
import { countInBins, evenEdges } from '../../../src/compare/presets/equal-width-bins.ts';
import { cramersV } from '../../../src/stats/distances/cramers-v.ts';
import { energyDistanceSorted } from '../../../src/stats/distances/energy-distance.ts';
import { hellinger } from '../../../src/stats/distances/hellinger.ts';
import { totalVariation } from '../../../src/stats/distances/total-variation.ts';
import { wassersteinSorted } from '../../../src/stats/distances/wasserstein.ts';
import { chiSquareUpperQuantile } from '../../../src/stats/distributions.ts';
import { chiSquareTest } from '../../../src/stats/significance/chi-square.ts';
import { readVectors, sorted } from '../../stats/vectors.ts';
import type { Vector } from '../../stats/vectors.ts';
import { expectAlike } from './alike.ts';

/**
 * Tools that are no preset: the same building blocks give their figures too, once their bins and what they do with
 * empty ones are spelled out.
 */
const vectorsOf = (file: string): Vector[] => (readVectors(file) as { vectors: Vector[] }).vectors;
const numbers = (side: unknown): number[] => side as number[];

const near = (actual: number, expected: number, what: string, relative = 1e-9): void =>
  expectAlike(actual, expected, { relative, floor: 1e-12, what });

function sharesFilled(counts: ArrayLike<number>, rows: number, fill: number): number[] {
  return Array.from(counts, (count) => (count === 0 ? fill : count / rows));
}

describe('Feature-engine: ten bins of the reference, empty ones filled with 1e-4', () => {
  /** (lo, hi] with both ends open. */
  const count = (values: number[], inner: number[]): number[] => {
    const counts = Array.from({ length: inner.length + 1 }, () => 0);
    for (const value of values) {
      const bin = inner.findIndex((edge) => value <= edge);
      counts[bin === -1 ? inner.length : bin]! += 1;
    }
    return counts;
  };
  const quantile = (ascending: Float64Array, share: number): number => {
    const at = share * (ascending.length - 1);
    const low = Math.floor(at);
    const a = ascending[low]!;
    return a + (at - low) * ((ascending[low + 1] ?? a) - a);
  };

  it.each(vectorsOf('feature_engine_psi').map((vector) => [vector.name, vector] as const))(
    '%s',
    (name, vector) => {
      const expected = Number(vector.expected['value']);
      if (!Array.isArray(vector.reference)) {
        const a = vector.reference as Record<string, number>;
        const b = vector.current as Record<string, number>;
        const levels = [...new Set([...Object.keys(a), ...Object.keys(b)])];
        const side = (counts: Record<string, number>): number[] => levels.map((level) => counts[level] ?? 0);
        near(rawPsi(sharesFilled(side(a), 500, 1e-4), sharesFilled(side(b), 500, 1e-4)), expected, name);
        return;
      }
      const before = numbers(vector.reference);
      const now = numbers(vector.current);
      const ascending = sorted(before);
      const tenths = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tenth) => tenth / 10);
      const inner =
        vector.params['strategy'] === 'equal_frequency'
          ? tenths.map((share) => quantile(ascending, share))
          : [...evenEdges(ascending[0]!, ascending.at(-1)!, 10)!].slice(1, -1);
      const p = sharesFilled(count(before, inner), before.length, 1e-4);
      const q = sharesFilled(count(now, inner), now.length, 1e-4);
      near(rawPsi(p, q), expected, name);
    },
  );
});

describe('Frouros: ten bins over both sides, empty ones filled with the smallest normal double', () => {
  const measures = new Map<string, (a: number[], b: number[]) => number>([
    ['PSI', (a, b) => withBins(a, b, (p, q) => rawPsi(fill(p, a.length), fill(q, b.length)))],
    ['HellingerDistance', (a, b) => withBins(a, b, hellinger)],
    ['BhattacharyyaDistance', (a, b) => withBins(a, b, (p, q) => -Math.log(1 - hellinger(p, q) ** 2))],
    ['HINormalizedComplement', (a, b) => withBins(a, b, totalVariation)],
    ['EMD', (a, b) => wassersteinSorted(sorted(a), sorted(b))],
    ['EnergyDistance', (a, b) => energyDistanceSorted(sorted(a), sorted(b))],
  ]);
  const fill = (counts: Float64Array, rows: number): number[] =>
    sharesFilled(counts, rows, 2.2250738585072014e-308);
  function withBins(a: number[], b: number[], measure: (p: Float64Array, q: Float64Array) => number): number {
    const pooled = sorted([...a, ...b]);
    const edges = evenEdges(pooled[0]!, pooled.at(-1)!, 10)!;
    const count = (values: number[]): Float64Array => countInBins(Float64Array.from(values), edges).counts;
    return measure(count(a), count(b));
  }
  const asked = vectorsOf('frouros_data_drift').filter(({ method }) => measures.has(method));

  it('is asked', () => expect(asked.length).toBe(9));
  it.each(asked.map((vector) => [vector.name, vector] as const))('%s', (name, vector) => {
    const ours = measures.get(vector.method)!(numbers(vector.reference), numbers(vector.current));
    // Its Bhattacharyya adds a small constant inside the logarithm: 2e-7.
    const relative = vector.method === 'BhattacharyyaDistance' ? 1e-6 : 1e-9;
    near(ours, Number(vector.recomputed?.['peer_rerun']), name, relative);
  });
});

describe('popmon, MLRun, deepchecks and whylogs', () => {
  const vectors = vectorsOf('popmon_mlrun_misc');
  const of = (name: string): Vector => vectors.find((vector) => vector.name === name)!;
  const value = (vector: Vector): number => Number(vector.expected['value']);

  it('popmon adds 1e-5 to every share and leaves it at that', () => {
    const plus = (shares: unknown): number[] => numbers(shares).map((share) => share + 1e-5);
    near(
      rawPsi(plus(of('popmon_psi').reference), plus(of('popmon_psi').current)),
      value(of('popmon_psi')),
      'psi',
    );
    for (const name of ['popmon_kl_a', 'popmon_kl_b']) {
      const p = plus(of(name).reference);
      const q = plus(of(name).current);
      const divergence = p.reduce((sum, share, i) => sum + share * Math.log(share / q[i]!), 0);
      expect(divergence).toBeCloseTo(value(of(name)), 3);
    }
    const chi2 = of('popmon_uu_chi2');
    const test = chiSquareTest(numbers(chi2.reference), numbers(chi2.current));
    near(test.statistic, Number(chi2.recomputed?.['statistic']), 'χ²');
  });

  it('MLRun fills a zero denominator with 1e-4', () => {
    for (const name of ['ten_bins', 'mirror4']) {
      const kl = of(`mlrun_symmetric_kl_${name}`);
      const one = (p: number[], q: number[]): number =>
        p.reduce((sum, a, i) => (a === 0 ? sum : sum + a * Math.log(a / (q[i] === 0 ? 1e-4 : q[i]!))), 0);
      const [a, b] = [numbers(kl.reference), numbers(kl.current)];
      near(one(a, b) + one(b, a), Number(kl.recomputed?.['value']), name, 1e-7);
      const tvd = of(`mlrun_tvd_${name}`);
      expect(totalVariation(numbers(tvd.reference), numbers(tvd.current))).toBeCloseTo(value(tvd), 5);
      const h = of(`mlrun_hellinger_${name}`);
      expect(hellinger(numbers(h.reference), numbers(h.current))).toBeCloseTo(value(h), 5);
    }
  });

  it("deepchecks' V is the bias-corrected one", () => {
    const asked = vectors.filter(({ method }) => method === 'cramers_v');
    expect(asked.length).toBe(4);
    for (const { name, reference, current, recomputed } of asked) {
      const [a, b] = [reference as Record<string, number>, current as Record<string, number>];
      const levels = [...new Set([...Object.keys(a), ...Object.keys(b)])];
      const side = (counts: Record<string, number>): number[] => levels.map((level) => counts[level] ?? 0);
      near(cramersV(side(a), side(b)), Number(recomputed?.['bias_corrected']), name);
    }
  });

  it('whylogs: one value against another', () => {
    expect(hellinger([1, 0], [0, 1])).toBe(1);
    expect(hellinger([1], [1])).toBe(0);
  });

  it('the critical PSI of Yurdakul', () => {
    for (const { name, params, expected } of vectors.filter(
      ({ method }) => method === 'psi_critical_value',
    )) {
      const [p, n, m, bins] = ['p', 'n_ref', 'n_cur', 'bins'].map((key) => Number(params[key]));
      near(chiSquareUpperQuantile(p!, bins! - 1) * (1 / n! + 1 / m!), Number(expected['value']), name);
    }
  });
});
