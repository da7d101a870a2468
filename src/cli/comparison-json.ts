import type { Comparison, PerformanceMetric } from '../core/findings.ts';

/**
 * The comparison as `compare --json` prints it: each figure of the performance under its own name, beside how
 * many labels there were.
 */
export function comparisonJson(comparison: Comparison): object {
  const { performance } = comparison;
  return { ...comparison, performance: performance === null ? null : flatPerformance(performance) };
}

function flatPerformance({
  metrics,
  ...labels
}: NonNullable<Comparison['performance']>): Record<string, PerformanceMetric | boolean | object> {
  return { ...metrics, ...labels };
}
