/**
 * `import … from 'shiftwatch/stats'`: the statistics by themselves, over arrays. What takes counts takes two arrays of one
 * length, cell by cell; what takes samples takes values in any order, of which those that are no finite number are left out.
 */
import { cramersV } from './distances/cramers-v.ts';
import { energyDistanceSorted } from './distances/energy-distance.ts';
import { hellinger } from './distances/hellinger.ts';
import { jensenShannon } from './distances/jensen-shannon.ts';
import { klDivergence } from './distances/kl-divergence.ts';
import { psi } from './distances/psi.ts';
import { lInfinity, totalVariation } from './distances/total-variation.ts';
import { wassersteinSorted } from './distances/wasserstein.ts';
import { andersonDarlingSorted } from './significance/anderson-darling.ts';
import { chiSquareTest } from './significance/chi-square.ts';
import { cramerVonMisesSorted, reportedCramerVonMises } from './significance/cramer-von-mises.ts';
import { fisherExactTest } from './significance/fisher-exact.ts';
import { gTest } from './significance/g-test.ts';
import { ksReportedPValue, ksStatisticSorted } from './significance/ks.ts';
import { mannWhitneySorted } from './significance/mann-whitney.ts';
import { twoProportionTest } from './significance/two-proportion.ts';
import { benjaminiHochberg, bonferroni, holm } from './corrections.ts';

/** Any array of numbers, typed or not. */
type Sample = ArrayLike<number>;

interface SampleTest {
  readonly statistic: number;
  readonly p_value: number;
}

function sorted(values: Sample): Float64Array {
  return Float64Array.from(values).filter(Number.isFinite).sort();
}

/**
 * Two-sample Kolmogorov–Smirnov test: `statistic` is D = max |F_a(x) − F_b(x)|, the p-value two-sided, exact up to 10,000
 * rows a side, beyond that by the law of one sample of round(nm/(n+m)) rows. An empty sample: D = 0, p = 1. Sorts copies.
 *
 * @example kolmogorovSmirnovTest([3, 1, 2], [6, 5, 4]) // { statistic: 1, p_value: 0.1 }
 */
function kolmogorovSmirnovTest(reference: Sample, current: Sample): SampleTest {
  const [a, b] = [sorted(reference), sorted(current)];
  const statistic = ksStatisticSorted(a, b);
  return { statistic, p_value: ksReportedPValue(statistic, a.length, b.length) };
}

/**
 * Mann–Whitney U test: does one sample tend to larger values? `statistic` is U of the first sample, the p-value two-sided,
 * exact for small samples without ties. An empty sample: U = 0, p = 1. It sees shifts, not changes of spread.
 *
 * @example mannWhitneyTest([1, 2], [3, 4]).p_value // 1 / 3
 */
function mannWhitneyTest(reference: Sample, current: Sample): SampleTest {
  return mannWhitneySorted(sorted(reference), sorted(current));
}

/**
 * Two-sample Anderson–Darling test, weighted towards both tails: what SciPy's `anderson_ksamp` returns, its p-value
 * clipped to [0.001, 0.25] as there. An empty sample or one and the same value throughout: 0 and 0.25.
 *
 * @example andersonDarlingTest([1, 2, 3, 4], [3, 5, 6, 7]).statistic // 2.0623629741589897
 */
function andersonDarlingTest(reference: Sample, current: Sample): SampleTest {
  return andersonDarlingSorted(sorted(reference), sorted(current));
}

/**
 * Two-sample Cramér–von Mises test. The p-value is null where ties alone make the statistic large. An empty sample: 0, p = 1.
 *
 * @example cramerVonMisesTest([1, 2, 3], [4, 5, 6]).p_value // 0.1
 */
function cramerVonMisesTest(
  reference: Sample,
  current: Sample,
): { readonly statistic: number; readonly p_value: number | null } {
  const [a, b] = [sorted(reference), sorted(current)];
  return reportedCramerVonMises(cramerVonMisesSorted(a, b), a, b);
}

/**
 * First Wasserstein (earth mover's) distance ∫ |F_a − F_b| dx, in the values' unit: how far a row has to move on average.
 * An empty sample: 0.
 *
 * @example wassersteinDistance([0, 1], [0]) // 0.5
 */
function wassersteinDistance(reference: Sample, current: Sample): number {
  return wassersteinSorted(sorted(reference), sorted(current));
}

/**
 * Energy distance of two samples, √(2 ∫ (F_a − F_b)² dx), in the square root of the values' unit. An empty sample: 0.
 *
 * @example energyDistance([0], [1]) // Math.SQRT2
 */
function energyDistance(reference: Sample, current: Sample): number {
  return energyDistanceSorted(sorted(reference), sorted(current));
}

export {
  andersonDarlingTest,
  benjaminiHochberg,
  bonferroni,
  chiSquareTest,
  cramersV,
  cramerVonMisesTest,
  energyDistance,
  fisherExactTest,
  gTest,
  hellinger as hellingerDistance,
  holm,
  jensenShannon as jensenShannonDistance,
  klDivergence,
  kolmogorovSmirnovTest,
  lInfinity as lInfinityDistance,
  mannWhitneyTest,
  psi as populationStabilityIndex,
  totalVariation as totalVariationDistance,
  twoProportionTest,
  wassersteinDistance,
};
export type { SampleTest };
export type { ContingencyResult } from './significance/g-test.ts';
