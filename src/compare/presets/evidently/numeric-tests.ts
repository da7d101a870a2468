import { fSurvival } from '../../../stats/distributions.ts';
import { andersonDarlingSorted } from '../../../stats/significance/anderson-darling.ts';
import { cramerVonMisesSorted } from '../../../stats/significance/cramer-von-mises.ts';
import { ksReportedPValue, ksStatisticSorted } from '../../../stats/significance/ks.ts';
import type { NumericPair } from '../column-pair.ts';
import { significance, unmeasured } from '../method.ts';
import type { MethodResult, Method } from '../method.ts';
import { eppsSingletonPValue } from './epps-singleton.ts';
import { mannWhitneyLess } from './mann-whitney-less.ts';

function numericTest(name: string, aliases: string[], measure: (pair: NumericPair) => MethodResult): Method {
  return {
    name,
    aliases,
    kinds: ['numeric'],
    measure: (pair) => (pair.kind === 'numeric' ? measure(pair) : unmeasured('for numeric columns')),
  };
}

/** A p-value equal to the threshold already counts: KS and Cramér–von Mises. */
function significanceUpTo(pValue: number, threshold: number): MethodResult {
  return { ...significance(pValue, threshold), drifted: pValue <= threshold };
}

export const KS = numericTest('ks', [], ({ reference, current }) => {
  const statistic = ksStatisticSorted(reference.sorted, current.sorted);
  return significanceUpTo(ksReportedPValue(statistic, reference.n, current.n), 0.05);
});

export const CRAMER_VON_MISES = numericTest('cramer_von_mises', ['cvm'], ({ reference, current }) => {
  if (reference.n < 2 || current.n < 2) return unmeasured('needs two values on each side');
  return significanceUpTo(cramerVonMisesSorted(reference.sorted, current.sorted).p_value, 0.1);
});

export const ANDERSON_DARLING = numericTest('anderson', ['anderson_darling'], ({ reference, current }) => {
  const constant = Math.min(reference.min, current.min) === Math.max(reference.max, current.max);
  if (constant || reference.n + current.n < 4) return unmeasured('needs two distinct values and four rows');
  return significance(andersonDarlingSorted(reference.sorted, current.sorted).p_value, 0.1);
});

export const EPPS_SINGLETON = numericTest('es', ['epps_singleton'], ({ reference, current }) => {
  const pValue = eppsSingletonPValue(reference, current);
  return pValue === null
    ? unmeasured('needs five values on each side, a spread in their middle half, and enough distinct ones')
    : significance(pValue, 0.05);
});

/** One-sided: it sees values that grew, and never those that fell. */
export const MANN_WHITNEY = numericTest('mannw', ['mann_whitney'], ({ reference, current }) => ({
  ...significance(mannWhitneyLess(reference.sorted, current.sorted), 0.05),
  note: 'one-sided: values that fell are never flagged',
}));

/** Student's t with one variance for both sides. Two different constants are infinitely many deviations apart: p is 0. */
export const T_TEST = numericTest('t_test', [], ({ reference, current }) => {
  const n = reference.n;
  const m = current.n;
  if (n < 2 || m < 2) return unmeasured('needs two rows on each side');
  const squares = (n - 1) * reference.standardDeviation(1) ** 2 + (m - 1) * current.standardDeviation(1) ** 2;
  const variance = squares / (n + m - 2);
  const difference = current.mean - reference.mean;
  if (!(variance > 0)) {
    return difference === 0 ? unmeasured('both sides are one constant') : significance(0, 0.05);
  }
  const t = difference / Math.sqrt(variance * (1 / n + 1 / m));
  return significance(fSurvival(t ** 2, 1, n + m - 2), 0.05);
});
