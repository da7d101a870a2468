import type { Comparison, FileComparison, PerformanceMetric } from '../../core/findings.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';

/**
 * The comparison as `compare --json` prints it: each figure of the performance under its own name, beside how
 * many labels there were.
 */
export function comparisonJson(comparison: FileComparison | WindowedComparison): object {
  if ('windows' in comparison) return { ...comparison, windows: comparison.windows.map(fileJson) };
  return fileJson(comparison);
}

function fileJson(comparison: FileComparison): object {
  const { segments } = comparison;
  return {
    ...comparison,
    performance: performanceJson(comparison),
    ...(segments !== undefined && {
      segments: segments.map((segment) => ({ ...segment, performance: performanceJson(segment) })),
    }),
  };
}

function performanceJson({
  performance,
}: Comparison): Record<string, PerformanceMetric | boolean | object> | null {
  if (performance === null) return null;
  const { metrics, ...labels } = performance;
  return { ...metrics, ...labels };
}
