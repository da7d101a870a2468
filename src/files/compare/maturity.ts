import type { ArrivalBias, Performance } from '../../core/findings.ts';
import type { Table } from '../../core/table.ts';
import { arrivalBias } from '../../diagnose/arrival-bias.ts';

/** Whether the rows of a file that have a label differ from those that have none; null where all have one, or none. */
export function arrivalIn(performance: Performance | null, sample: Table): ArrivalBias | null {
  if (performance === null) return null;
  const { share, current } = performance.labelled;
  return current === 0 || share >= 1 ? null : arrivalBias(sample);
}

/** What a file shows of its labels' arrival. How many are still to come it cannot show. */
export function withArrival(
  performance: Performance | null,
  arrival: ArrivalBias | null,
): Performance | null {
  if (performance === null || arrival === null) return performance;
  return {
    ...performance,
    maturity: {
      labelled_share: performance.labelled.share,
      expected_share: null,
      expected_interval: null,
      expected_labels: null,
      state: performance.mature ? 'mature' : 'provisional',
      reason: 'file',
      arrival_bias: arrival,
    },
  };
}
