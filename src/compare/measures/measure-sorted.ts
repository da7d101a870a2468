import type { Metrics } from '../../core/columns/figures.ts';
import { robustScaleSorted } from '../../stats/distances/robust-scale.ts';
import { binSorted } from '../../stats/profile/grids/grid-counts.ts';
import { mergePair } from '../../stats/table/merged-pair.ts';
import { sortedBinEdges } from '../../stats/table/sorted-bins.ts';
import type { SortedColumn } from '../../stats/table/sorted-column.ts';
import { columnDeviation } from '../../stats/table/spread.ts';
import { andersonDarlingOf } from '../../stats/significance/anderson-darling.ts';
import { cramerVonMisesOf, reportedCramerVonMises } from '../../stats/significance/cramer-von-mises.ts';
import { ksReportedPValue } from '../../stats/significance/ks.ts';
import { mannWhitneyOf } from '../../stats/significance/mann-whitney.ts';
import { wassersteinMetrics } from './measure-numeric.ts';
import type { Measures } from './measures.ts';

/**
 * Two numeric columns by their values: exact, with the statistics that need every row, from one walk over both. The
 * figures are those of `measureNumericColumns`, which takes a walk for each. O(n + m).
 */
export function measureSorted(reference: SortedColumn, current: SortedColumn): Measures {
  const edges = sortedBinEdges(reference.sorted);
  return {
    name: reference.name,
    kind: 'numeric',
    rows: { reference: reference.rows, current: current.rows },
    missing: { reference: reference.missing, current: current.missing },
    invalid: {
      reference: reference.invalid + reference.infinite,
      current: current.invalid + current.infinite,
    },
    newLevels: null,
    counts: {
      bins: [...edges, null],
      reference: binSorted(edges, reference.sorted),
      current: binSorted(edges, current.sorted),
    },
    metrics: sortedMetrics(reference.sorted, current.sorted),
  };
}

function sortedMetrics(before: Float64Array, now: Float64Array): Metrics {
  const n = before.length;
  const m = now.length;
  if (n === 0 || m === 0) return { ks: { statistic: 0, p_value: 1 } };
  const pair = mergePair(before, now);
  const d = pair.largestGap / (n * m);
  const metrics: Metrics = {
    ks: { statistic: d, p_value: ksReportedPValue(d, n, m) },
    anderson_darling: andersonDarlingOf(before, now, () => pair.weightedGaps),
    cramer_von_mises: reportedCramerVonMises(cramerVonMisesOf(pair.twelveU, n, m), before, now),
    mann_whitney: mannWhitneyOf(pair.pairsWon, pair.tieTerm, n, m),
  };
  const energy = Math.sqrt(2 * pair.squaredArea);
  if (Number.isFinite(energy)) metrics.energy_distance = energy;
  return {
    ...metrics,
    ...wassersteinMetrics(pair.area, columnDeviation(before), robustScaleSorted(before)),
  };
}
