import type { Performance } from '../../core/findings.ts';
import type { Table } from '../../core/table.ts';
import { estimateClasses } from './estimate-classes.ts';
import { estimateErrors } from './estimate-errors.ts';
import type { EstimateOptions, Estimates } from './estimates.ts';

/**
 * Estimates without labels: CBPE for classification, with the labels' shares by BBSE and EM; a loss model for
 * regression. Labels of present rows are used only to refute what was estimated, never to estimate. Null where the
 * baseline has no labels, or the rows have neither scores nor predictions. docs/estimation.md says what to believe.
 *
 * Where a window's counts say more than its sample of rows, the estimate is from all its rows.
 *
 * Features matter for regression only: tables without them give the baseline's own error.
 */
export function estimatePerformance(
  reference: Table,
  current: Table,
  options: EstimateOptions,
): Estimates | null {
  if (current.rows === 0 || reference.label === null) return null;
  const estimates =
    options.task === 'regression'
      ? { metrics: estimateErrors(reference, current, options), labels: [] }
      : estimateClasses(reference, current, options);
  return Object.keys(estimates.metrics).length + estimates.labels.length === 0 ? null : estimates;
}

/** Puts estimates beside what labels say, or in their place while there are none. */
export function withEstimates(
  performance: Performance | null,
  estimates: Estimates | null,
  labelledReference: number,
): Performance | null {
  if (estimates === null) return performance;
  return {
    ...(performance ?? withoutLabels(labelledReference)),
    ...(Object.keys(estimates.metrics).length > 0 && { estimated: estimates.metrics }),
    ...(estimates.labels.length > 0 && { estimated_labels: estimates.labels }),
  };
}

/** What can be said before any label: nothing, yet in the same shape. */
export function withoutLabels(labelledReference: number): Performance {
  return { labelled: { reference: labelledReference, current: 0, share: 0 }, mature: false, metrics: {} };
}
