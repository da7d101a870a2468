import { jensenShannon } from '../../../stats/distances/jensen-shannon.ts';
import { wassersteinSorted } from '../../../stats/distances/wasserstein.ts';
import { ksReportedPValue, ksStatisticSorted } from '../../../stats/significance/ks.ts';
import type { ColumnPair } from '../column-pair.ts';
import { rawPsi } from '../divergences.ts';
import { goodnessOfFit, unseenLevelNote } from '../goodness-of-fit.ts';
import { significance, unmeasured } from '../method.ts';
import type { MethodResult, Method } from '../method.ts';
import type { Tool } from '../tool.ts';
import { dualHistogram } from './dual-histogram.ts';

const THRESHOLD = 0.1;
/** Azure sets none of its own for these methods: a monitor has to be given one. */
const NO_DEFAULT = 'Azure has no default threshold for this method';
const SMALLEST_DEVIATION = 0.001;
/** From this many rows on a side Azure refuses KS. */
const KS_FEWER_THAN_ROWS = 10_000;

const CANNOT_CUT = 'Azure cannot cut this range into bins (a constant of 0 or less, or a range too wide)';

/** One more row in every cell on both sides, and that many more in the total. */
const PSI: Method = {
  name: 'population_stability_index',
  aliases: ['psi'],
  kinds: ['numeric', 'categorical'],
  measure(pair) {
    const cells = cellsOf(pair);
    if (cells === null) return unmeasured(CANNOT_CUT);
    const smooth = (counts: Float64Array, rows: number): Float64Array =>
      counts.map((count) => (count + 1) / (rows + counts.length));
    return unjudged(rawPsi(smooth(cells.reference, cells.n), smooth(cells.current, cells.m)));
  },
};

const JENSEN_SHANNON: Method = {
  name: 'jensen_shannon_distance',
  aliases: ['jensen_shannon', 'js'],
  kinds: ['numeric', 'categorical'],
  measure(pair) {
    const cells = cellsOf(pair);
    if (cells === null) return unmeasured(CANNOT_CUT);
    const value = jensenShannon(cells.reference, cells.current);
    return pair.kind === 'categorical' ? above(value, THRESHOLD) : unjudged(value);
  },
};

const WASSERSTEIN: Method = {
  name: 'normalized_wasserstein_distance',
  aliases: ['wasserstein'],
  kinds: ['numeric'],
  measure(pair) {
    if (pair.kind !== 'numeric') return unmeasured('for numeric columns');
    const deviation = pair.reference.standardDeviation(1);
    if (Number.isNaN(deviation)) return unmeasured('needs two values in the reference');
    const moved = wassersteinSorted(pair.reference.sorted, pair.current.sorted);
    return above(moved / Math.max(deviation, SMALLEST_DEVIATION), THRESHOLD);
  },
};

const KS: Method = {
  name: 'two_sample_kolmogorov_smirnov_test',
  aliases: ['ks'],
  kinds: ['numeric'],
  measure(pair) {
    if (pair.kind !== 'numeric') return unmeasured('for numeric columns');
    const { reference, current } = pair;
    if (Math.max(reference.n, current.n) >= KS_FEWER_THAN_ROWS) {
      return unmeasured('Azure refuses this test from 10,000 rows on');
    }
    const statistic = ksStatisticSorted(reference.sorted, current.sorted);
    return { ...significance(ksReportedPValue(statistic, reference.n, current.n), null), note: NO_DEFAULT };
  },
};

const CHI_SQUARE: Method = {
  name: 'pearsons_chi_squared_test',
  aliases: ['chi_square', 'chisquare'],
  kinds: ['categorical'],
  measure(pair) {
    if (pair.kind !== 'categorical') return unmeasured('for categorical columns');
    const test = goodnessOfFit(pair.counts);
    if (test === null) return unmeasured('needs two levels');
    const unseen = unseenLevelNote(pair.counts);
    const note = unseen === null ? NO_DEFAULT : `${unseen}; ${NO_DEFAULT}`;
    return { ...significance(test.pValue, null), note };
  },
};

/**
 * Azure Machine Learning's model monitoring: both sides in bins over their common range, as many as the smaller side
 * asks for. A feature is reported when its value exceeds the threshold; there is no rule for a whole data set.
 */
export const AZURE: Tool = {
  name: 'azure',
  methods: [WASSERSTEIN, JENSEN_SHANNON, PSI, KS, CHI_SQUARE],
  choose: (pair) => (pair.kind === 'numeric' ? WASSERSTEIN : JENSEN_SHANNON),
  emptyNote: 'a side has no values: Azure fails there',
  infinityNote: 'infinite values are left out; Azure fails on them',
  datasetShare: null,
};

function above(value: number, threshold: number): MethodResult {
  return { value, threshold, drifted: value > threshold };
}

function unjudged(value: number): MethodResult {
  return { value, threshold: null, drifted: null, note: NO_DEFAULT };
}

function cellsOf(
  pair: ColumnPair,
): { reference: Float64Array; current: Float64Array; n: number; m: number } | null {
  if (pair.kind === 'categorical') return pair.counts;
  const histogram = dualHistogram(pair.reference, pair.current);
  return histogram === null ? null : { ...histogram, n: pair.reference.n, m: pair.current.n };
}
