import { energyDistanceSorted } from '../../../stats/distances/energy-distance.ts';
import { hellinger } from '../../../stats/distances/hellinger.ts';
import { wassersteinSorted } from '../../../stats/distances/wasserstein.ts';
import { sum } from '../../../stats/elementary.ts';
import type { ColumnPair } from '../column-pair.ts';
import { jensenShannonNats, rawPsi } from '../divergences.ts';
import { distance, NO_BINS, unmeasured } from '../method.ts';
import type { MethodResult, Method } from '../method.ts';
import { binnedCounts, filledShares, inBins, pooledEdges } from './binned-counts.ts';
import type { CellPair } from './binned-counts.ts';

const THRESHOLD = 0.1;
/** A reference that hardly varies is divided by this instead of by its standard deviation. */
const SMALLEST_DEVIATION = 0.001;

function binned(name: string, measure: (cells: CellPair) => number): Method {
  return {
    name,
    kinds: ['numeric', 'categorical'],
    measure(pair) {
      const cells = binnedCounts(pair);
      return cells === null ? unmeasured(NO_BINS) : distance(measure(cells), THRESHOLD);
    },
  };
}

export const PSI = binned('psi', (cells) =>
  rawPsi(filledShares(cells.reference), filledShares(cells.current)),
);

/** The filled shares are scaled to 1 again, which SciPy's entropy does by itself. */
export const KL_DIVERGENCE = binned('kl_div', (cells) => {
  const p = filledShares(cells.reference);
  const q = filledShares(cells.current);
  const sumP = sum(p);
  const sumQ = sum(q);
  let total = 0;
  for (const [i, share] of p.entries()) {
    total += (share / sumP) * Math.log((share * sumQ) / ((q[i] ?? 0) * sumP));
  }
  return total;
});

export const JENSEN_SHANNON = binned('jensenshannon', (cells) =>
  jensenShannonNats(cells.reference, cells.current),
);

export const WASSERSTEIN: Method = {
  name: 'wasserstein',
  aliases: ['wasserstein_normed'],
  kinds: ['numeric'],
  measure(pair) {
    if (pair.kind !== 'numeric') return unmeasured('for numeric columns');
    const unit = Math.max(pair.reference.standardDeviation(0), SMALLEST_DEVIATION);
    return distance(wassersteinSorted(pair.reference.sorted, pair.current.sorted) / unit, THRESHOLD);
  },
};

/** Numbers: Sturges bins for as many rows as there are distinct values on both sides together. */
export const HELLINGER: Method = {
  name: 'hellinger',
  kinds: ['numeric', 'categorical'],
  measure(pair) {
    const cells = hellingerCells(pair);
    return cells === null
      ? unmeasured(NO_BINS)
      : distance(hellinger(cells.reference, cells.current), THRESHOLD);
  },
};

function hellingerCells(pair: ColumnPair): CellPair | null {
  if (pair.kind === 'categorical') return pair.counts;
  const edges = pooledEdges(pair, distinctValues(pair.reference.sorted, pair.current.sorted));
  return edges === null ? null : inBins(pair, edges);
}

/** How many different values two sorted samples have together. */
function distinctValues(a: Float64Array, b: Float64Array): number {
  let distinct = 0;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (i < a.length && a[i] === x) i++;
    while (j < b.length && b[j] === x) j++;
    distinct += 1;
  }
  return distinct;
}

export const ENERGY_DISTANCE: Method = {
  name: 'ed',
  aliases: ['energy_distance'],
  kinds: ['numeric'],
  measure(pair): MethodResult {
    if (pair.kind !== 'numeric') return unmeasured('for numeric columns');
    const value = energyDistanceSorted(pair.reference.sorted, pair.current.sorted);
    // The one distance of this tool that has to exceed its threshold.
    return { value, threshold: THRESHOLD, drifted: value > THRESHOLD };
  },
};
