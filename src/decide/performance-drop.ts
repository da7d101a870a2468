import type { Performance, PerformanceMetric } from '../core/findings.ts';

const PERFORMANCE_REASONS = [
  'performance_drop',
  'not_configured',
  'no_labels',
  'labels_immature',
  'too_few_labels',
  'metric_unavailable',
  'drop_below_limit',
  'drop_not_significant',
] as const;
export type PerformanceReason = (typeof PERFORMANCE_REASONS)[number];

export interface PerformanceRule {
  readonly metric: string;
  /** Least loss that matters, in the metric's own unit; positive. */
  readonly drop: number;
  readonly minLabelled: number;
  /** Confidence of the drop's interval is 1 − level. */
  readonly level?: number;
}

/**
 * At 5 % a healthy hourly model would lose its nerve every second day: 24 windows a day, 2.5 % on the losing
 * side. A retrain costs more than a mail, so the interval that must exclude zero is the 99.9 % one.
 */
export const DROP_LEVEL = 0.001;

const LOWER_IS_BETTER: ReadonlySet<string> = new Set([
  'mae',
  'rmse',
  'mape',
  'mse',
  'log_loss',
  'brier',
  'ece',
]);

/**
 * How much worse the metric has become, in its own unit; negative when it improved. A bias is worse the further
 * it lies from zero.
 *
 * @example metricLoss('accuracy', 0.86, 0.71) // 0.15
 */
export function metricLoss(metric: string, reference: number, current: number): number {
  if (metric === 'bias') return Math.abs(current) - Math.abs(reference);
  return LOWER_IS_BETTER.has(metric) ? current - reference : reference - current;
}

/**
 * Whether performance has dropped enough, on enough mature labels, and certainly enough. Certain means that the
 * interval of the drop excludes zero: by the two-sample test's p-value where there is one, which also knows how
 * uncertain the reference is; otherwise by the current value's interval excluding the reference.
 */
export function performanceDrop(performance: Performance | null, rule: PerformanceRule): PerformanceReason {
  if (performance === null) return 'no_labels';
  if (!performance.mature || performance.maturity?.state === 'provisional') return 'labels_immature';
  if (performance.labelled.current < rule.minLabelled) return 'too_few_labels';
  const metric = Object.hasOwn(performance.metrics, rule.metric)
    ? performance.metrics[rule.metric]
    : undefined;
  if (metric === undefined || metric.reference === null || metric.current === null)
    return 'metric_unavailable';
  const loss = metricLoss(rule.metric, metric.reference, metric.current);
  // 0.86 − 0.83 is 0.030000000000000027 or 0.02999…, depending on the numbers: a drop on the limit counts.
  if (loss < rule.drop - 1e-12) return 'drop_below_limit';
  return excludesZero(metric, metric.reference, rule.level ?? DROP_LEVEL)
    ? 'performance_drop'
    : 'drop_not_significant';
}

/**
 * How near a loss that may not yet be a drop is to one: 0 none, 1 on the limit. A loss that is not certain is none.
 */
export function performanceNearness(performance: Performance | null, rule: PerformanceRule): number {
  const metric =
    performance !== null && Object.hasOwn(performance.metrics, rule.metric)
      ? performance.metrics[rule.metric]
      : undefined;
  if (metric === undefined || metric.reference === null || metric.current === null) return 0;
  if (!excludesZero(metric, metric.reference, rule.level ?? DROP_LEVEL)) return 0;
  return Math.max(0, metricLoss(rule.metric, metric.reference, metric.current) / rule.drop);
}

function excludesZero(metric: PerformanceMetric, reference: number, level: number): boolean {
  if (metric.p_value !== null) return metric.p_value < level;
  if (metric.interval === null) return false;
  const [low, high] = metric.interval;
  return reference < low || reference > high;
}
