import type {
  Comparison,
  FileComparison,
  Performance,
  PerformanceMetric,
  SegmentComparison,
} from '../../core/findings.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';

type AboutLabels = Omit<Performance, 'metrics'>;

/** Figures by their own names (`accuracy`, `rmse`, …: docs/performance-metrics.md), beside how many labels there were. */
export type PrintedPerformance = AboutLabels &
  Readonly<Record<string, PerformanceMetric | AboutLabels[keyof AboutLabels]>>;

type Printed<Of extends Comparison> = Omit<Of, 'performance' | 'segments'> & {
  performance: PrintedPerformance | null;
};

/** What `compare --json` prints of two files. */
export type PrintedComparison = Printed<FileComparison> & { segments?: Printed<SegmentComparison>[] };

/** What `compare --window --json` prints. */
export type PrintedWindows = Omit<WindowedComparison, 'windows'> & {
  /** [start, end), ISO 8601. */
  windows: (PrintedComparison & { start: string; end: string })[];
};

/**
 * The comparison as `compare --json` prints it: each figure of the performance under its own name, beside how
 * many labels there were.
 */
export function comparisonJson(
  comparison: FileComparison | WindowedComparison,
): PrintedComparison | PrintedWindows {
  if (!('windows' in comparison)) return printed(comparison);
  // The order of the keys is that of the comparison: what is printed stays as it was.
  const windows = comparison.windows.map((window) => ({
    start: window.start,
    end: window.end,
    ...printed(window),
  }));
  return { ...comparison, windows };
}

function printed(comparison: FileComparison): PrintedComparison {
  const { segments, ...others } = comparison;
  const performance = performanceJson(comparison);
  if (segments === undefined) return { ...others, performance };
  return {
    ...comparison,
    performance,
    segments: segments.map((segment) => ({ ...segment, performance: performanceJson(segment) })),
  };
}

function performanceJson({ performance }: Pick<Comparison, 'performance'>): PrintedPerformance | null {
  if (performance === null) return null;
  const { metrics, ...labels } = performance;
  return { ...metrics, ...labels };
}
