import type { Metrics } from '../../src/core/columns/figures.ts';
import type { FeatureKind } from '../../src/core/table.ts';
import { cramersV } from '../../src/stats/distances/cramers-v.ts';
import { energyDistanceSorted } from '../../src/stats/distances/energy-distance.ts';
import { hellinger } from '../../src/stats/distances/hellinger.ts';
import { jensenShannon } from '../../src/stats/distances/jensen-shannon.ts';
import { klDivergence } from '../../src/stats/distances/kl-divergence.ts';
import { psi } from '../../src/stats/distances/psi.ts';
import { robustScaleSorted } from '../../src/stats/distances/robust-scale.ts';
import { lInfinity, totalVariation } from '../../src/stats/distances/total-variation.ts';
import { normalizedBy, wassersteinSorted } from '../../src/stats/distances/wasserstein.ts';
import { moments } from '../../src/stats/profile/numeric-reference.ts';
import { andersonDarlingSorted } from '../../src/stats/significance/anderson-darling.ts';
import { chiSquareTest } from '../../src/stats/significance/chi-square.ts';
import {
  cramerVonMisesSorted,
  reportedCramerVonMises,
} from '../../src/stats/significance/cramer-von-mises.ts';
import { gTest } from '../../src/stats/significance/g-test.ts';
import { ksReportedPValue, ksStatisticSorted } from '../../src/stats/significance/ks.ts';
import { mannWhitneySorted } from '../../src/stats/significance/mann-whitney.ts';

/** Every key of `Metrics` that is a statistic of its own. */
export type StatisticName = Exclude<keyof Metrics, 'wasserstein_bound'>;

/** What a statistic promises; one suite of tests holds each of them to it. */
interface Promises {
  readonly name: StatisticName;
  /** Raised whenever the same rows would give another figure. */
  readonly version: number;
  readonly kinds: readonly FeatureKind[];
  /** Counts say it exactly (`profiles`), to within a stated bound (`profiles_bounded`), or only the rows do (`files`). */
  readonly from: 'profiles' | 'profiles_bounded' | 'files';
  /** Smallest and largest value. */
  readonly range: readonly [number, number];
  /** Rows a side below which it is null. A p-value is fair from about five expected rows a cell. */
  readonly minRows: number;
  readonly symmetric: boolean;
  /** 0 for two equal samples. The others have another value when nothing moved, see their own documentation. */
  readonly zeroWhenEqual: boolean;
  /** Only the order of the values matters: no increasing transformation changes it. */
  readonly ranksOnly: boolean;
  readonly source: string;
}

/** A figure, with a p-value where it is a test. Null: it has nothing to say, or its value is no number. */
export interface Outcome {
  readonly statistic: number | null;
  readonly p_value: number | null;
}

/** Over aligned counts of the same cells. */
export interface CountStatistic<Name extends StatisticName = StatisticName> extends Promises {
  readonly name: Name;
  readonly input: 'counts';
  readonly compute: (reference: readonly number[], current: readonly number[]) => Outcome;
}

/** Over finite values, each side ascending. */
export interface SampleStatistic extends Promises {
  readonly input: 'samples';
  readonly compute: (reference: Float64Array, current: Float64Array) => Outcome;
}

export type Statistic = CountStatistic | SampleStatistic;

const NOTHING: Outcome = { statistic: null, p_value: null };
const ALL_KINDS = ['numeric', 'categorical', 'boolean'] as const;

function onCounts<Name extends StatisticName>(
  name: Name,
  compute: (reference: readonly number[], current: readonly number[]) => number,
  most: number,
  source: string,
  symmetric = true,
): CountStatistic<Name> {
  return {
    name,
    version: 1,
    kinds: ALL_KINDS,
    from: 'profiles',
    range: [0, most],
    minRows: 1,
    symmetric,
    zeroWhenEqual: true,
    ranksOnly: false,
    source,
    input: 'counts',
    compute: (reference, current) =>
      hasRows(reference) && hasRows(current)
        ? { statistic: finite(compute(reference, current)), p_value: null }
        : NOTHING,
  };
}

function contingency(name: StatisticName, test: typeof gTest, source: string): CountStatistic {
  return {
    ...onCounts(name, (a, b) => test(a, b).statistic, Infinity, source),
    compute: (reference, current) => {
      const { statistic, p_value, cells } = test(reference, current);
      return cells < 2 || !hasRows(reference) || !hasRows(current) ? NOTHING : { statistic, p_value };
    },
  };
}

interface SampleOptions {
  readonly range?: readonly [number, number];
  readonly from?: Promises['from'];
  readonly symmetric?: boolean;
  readonly zeroWhenEqual?: boolean;
  readonly ranksOnly?: boolean;
}

function onSamples(
  name: StatisticName,
  compute: (reference: Float64Array, current: Float64Array) => Outcome,
  source: string,
  options: SampleOptions = {},
): SampleStatistic {
  return {
    name,
    version: 1,
    kinds: ['numeric'],
    from: 'files',
    range: [0, Infinity],
    minRows: 1,
    symmetric: true,
    zeroWhenEqual: true,
    ranksOnly: false,
    ...options,
    source,
    input: 'samples',
    compute: (reference, current) => {
      if (reference.length === 0 || current.length === 0) return NOTHING;
      const { statistic, p_value } = compute(reference, current);
      return { statistic: statistic === null ? null : finite(statistic), p_value };
    },
  };
}

/** A test of ranks: U, T and A² have another value than 0 when nothing moved. */
const RANK_TEST = { zeroWhenEqual: false, ranksOnly: true } as const;
const figure = (statistic: number | null): Outcome => ({ statistic, p_value: null });

/** Each statistic once, in the order of the documentation. */
export const STATISTICS: readonly Statistic[] = [
  onCounts('psi', psi, Infinity, 'Yurdakul 2018'),
  onCounts('kl_divergence', klDivergence, Infinity, 'Kullback & Leibler 1951', false),
  onCounts('jensen_shannon', jensenShannon, 1, 'Endres & Schindelin 2003'),
  onCounts('hellinger', hellinger, 1, 'Hellinger 1909'),
  onCounts('total_variation', totalVariation, 1, 'Levin, Peres & Wilmer 2009'),
  onCounts('l_infinity', lInfinity, 1, 'Breck et al. 2019'),
  contingency('g_test', gTest, 'Sokal & Rohlf 1981'),
  contingency('chi_square', chiSquareTest, 'Pearson 1900'),
  onCounts('cramers_v', cramersV, 1, 'Bergsma 2013'),
  onSamples(
    'ks',
    (a, b) => {
      const statistic = ksStatisticSorted(a, b);
      return { statistic, p_value: ksReportedPValue(statistic, a.length, b.length) };
    },
    'Hodges 1958; Simard & L’Ecuyer 2011',
    { range: [0, 1], from: 'profiles_bounded', ranksOnly: true },
  ),
  onSamples('wasserstein', (a, b) => figure(wassersteinSorted(a, b)), 'Vallender 1974', {
    from: 'profiles_bounded',
  }),
  onSamples(
    'wasserstein_normalized',
    (a, b) => figure(normalizedBy(wassersteinSorted(a, b), Math.sqrt(moments(a).m2 / a.length))),
    'Vallender 1974',
    { from: 'profiles_bounded', symmetric: false },
  ),
  onSamples(
    'wasserstein_robust',
    (a, b) => figure(normalizedBy(wassersteinSorted(a, b), robustScaleSorted(a))),
    'Vallender 1974',
    { from: 'profiles_bounded', symmetric: false },
  ),
  onSamples('energy_distance', (a, b) => figure(energyDistanceSorted(a, b)), 'Székely 2002'),
  onSamples(
    'cramer_von_mises',
    (a, b) => reportedCramerVonMises(cramerVonMisesSorted(a, b), a, b),
    'Anderson 1962',
    {
      ...RANK_TEST,
      range: [-Infinity, Infinity],
    },
  ),
  onSamples('anderson_darling', andersonDarlingSorted, 'Scholz & Stephens 1987', {
    ...RANK_TEST,
    range: [-Infinity, Infinity],
  }),
  onSamples('mann_whitney', mannWhitneySorted, 'Mann & Whitney 1947', {
    ...RANK_TEST,
    symmetric: false,
  }),
];

/** Usable values of a column, ascending: what is missing (NaN) or infinite is counted elsewhere. */
export function usableSorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
}

function hasRows(counts: readonly number[]): boolean {
  return counts.some((count) => count > 0);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
