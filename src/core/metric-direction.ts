import type { PerformanceMetric } from './findings.ts';

/** A loss, an error or a distance, also as part of a longer name: `val_loss`, `test/rmse`. */
const LOWER_IS_BETTER = /(?:^|[^a-z])(?:loss|error|mae|rmse|mape|mse|brier|ece|perplexity|wer)(?:$|[^a-z])/i;

/**
 * Whether a smaller value of a metric is a better one, as far as its name tells.
 *
 * @example lowerIsBetter('val_log_loss') // true
 */
export function lowerIsBetter(metric: string): boolean {
  return LOWER_IS_BETTER.test(metric);
}

/** What people ask for first, and are shown. */
export const FIRST_METRICS: readonly string[] =
  'accuracy f1 precision recall roc_auc log_loss mae rmse bias r2'.split(' ');

/** 5 % for all six figures that a verdict may quote together. */
export const MAY_BE_WORSE = 0.05 / 6;

/** Whether a figure that is shown is worse, and maybe not by chance. A bias is worse on both sides, which its name does not tell. */
export function mayBeWorse(
  metric: string,
  { reference, current, p_value: p }: Pick<PerformanceMetric, 'reference' | 'current' | 'p_value'>,
): boolean {
  if (metric === 'bias' || !FIRST_METRICS.includes(metric)) return false;
  if (reference === null || current === null || p === null || p >= MAY_BE_WORSE) return false;
  return lowerIsBetter(metric) ? current > reference : current < reference;
}
