import { lInfinity } from '../../../stats/distances/total-variation.ts';
import { ksStatisticSorted } from '../../../stats/significance/ks.ts';
import type { ColumnPair } from '../column-pair.ts';
import { significance, unmeasured } from '../method.ts';
import type { MethodResult, Method } from '../method.ts';
import type { Tool } from '../tool.ts';
import { regroupedChiSquare } from './regrouped-chi-square.ts';

/** Deequ itself has none: this is what SageMaker's model monitor, built on it, takes. */
const SAGEMAKER_THRESHOLD = 0.1;
/** KS at a level of 0.003. */
const CRITICAL = 1.8;

/** The largest gap of the distribution functions (numbers) or of any level's share. */
const SIMPLE: Method = {
  name: 'linf_simple',
  aliases: ['simple'],
  kinds: ['numeric', 'categorical'],
  measure: (pair) => above(largestGap(pair)),
};

/** The same less what two samples of these sizes differ by anyway: max(0, D − 1.8·√((n + m)/(n·m))). */
const ROBUST: Method = {
  name: 'linf_robust',
  aliases: ['robust'],
  kinds: ['numeric', 'categorical'],
  measure(pair) {
    const [n, m] =
      pair.kind === 'numeric' ? [pair.reference.n, pair.current.n] : [pair.counts.n, pair.counts.m];
    return above(Math.max(0, largestGap(pair) - CRITICAL * Math.sqrt((n + m) / (n * m))));
  },
};

const CHI_SQUARE: Method = {
  name: 'chisquare',
  aliases: ['chi_square'],
  kinds: ['categorical'],
  measure(pair) {
    if (pair.kind !== 'categorical') return unmeasured('for categorical columns');
    const pValue = regroupedChiSquare(pair.counts);
    if (pValue === null) return unmeasured('fewer than two levels are left after small ones were merged');
    const unseen = pair.counts.reference.includes(0)
      ? 'rows with a level the reference never had take no part; '
      : '';
    return { ...significance(pValue, null), note: `${unseen}Deequ sets no threshold for p` };
  },
};

/** Deequ's distances (what SageMaker Model Monitor runs), on exact ranks instead of its KLL sketch. */
export const DEEQU: Tool = {
  name: 'deequ',
  methods: [ROBUST, SIMPLE, CHI_SQUARE],
  choose: () => ROBUST,
  emptyNote: 'a side has no values: Deequ fails there',
  infinityNote: 'infinite values are left out; Deequ ranks them',
  datasetShare: null,
};

function largestGap(pair: ColumnPair): number {
  return pair.kind === 'numeric'
    ? ksStatisticSorted(pair.reference.sorted, pair.current.sorted)
    : lInfinity(pair.counts.reference, pair.counts.current);
}

function above(value: number): MethodResult {
  return { value, threshold: SAGEMAKER_THRESHOLD, drifted: value > SAGEMAKER_THRESHOLD };
}
