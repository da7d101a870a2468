import { estimatePerformance, withEstimates } from '../compare/estimation/estimate.ts';
import type { EstimateOptions } from '../compare/estimation/estimates.ts';
import type { Performance } from '../core/findings.ts';
import type { Table } from '../core/table.ts';
import { sampleRows } from '../stats/table/sample-rows.ts';
import type { JudgePolicy } from './policy.ts';

export interface EstimateFacts extends EstimateOptions {
  readonly minRows: number;
  readonly isWhole: boolean;
  /** Null where no rows are kept. */
  readonly reference: Table | null;
  readonly current: Table | null;
  /** Of all rows of the baseline. */
  readonly labelledReference: number;
}

/** What is expected of the performance without labels, beside what they say. */
export function addEstimates(
  performance: Performance | null,
  { reference, current, ...facts }: EstimateFacts,
  policy: JudgePolicy,
): Performance | null {
  if (reference === null || current === null) return performance;
  if (!policy.figuresOfFewRows && current.rows < facts.minRows) return performance;
  const hasLoss = facts.task === 'regression';
  if (hasLoss && !facts.isWhole && !policy.lossOfSegments) return performance;
  const estimates = estimatePerformance(
    hasLoss ? sampleRows(reference, policy.lossRows) : reference,
    policy.labelsRefute ? current : { ...current, label: null },
    facts,
  );
  return withEstimates(performance, estimates, facts.labelledReference);
}
