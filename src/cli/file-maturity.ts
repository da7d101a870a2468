import type { Performance } from '../core/findings.ts';
import type { Table } from '../core/table.ts';
import { arrivalBias } from '../diagnose/arrival-bias.ts';

/**
 * What a file shows of its labels' arrival: whether the rows that have one differ from those that have none. How many
 * are still to come it cannot show. Files with all labels or none say nothing here.
 */
export function withArrival(performance: Performance | null, sample: Table): Performance | null {
  if (performance === null) return null;
  const { share, current } = performance.labelled;
  if (current === 0 || share >= 1) return performance;
  return {
    ...performance,
    maturity: {
      labelled_share: share,
      expected_share: null,
      expected_interval: null,
      expected_labels: null,
      state: performance.mature ? 'mature' : 'provisional',
      reason: 'file',
      arrival_bias: arrivalBias(sample),
    },
  };
}
