/** Versions of a model side by side, as printed and as the API answers. */
/** What versions are chosen by, in the order of the table. All of `OPERATIONAL_METRICS` are among them. */
export const VERSION_METRICS = [
  'accuracy',
  'rmse',
  'fairness_difference',
  'latency_p50_ms',
  'latency_p95_ms',
  'latency_p99_ms',
  'latency_mean_ms',
  'throughput_per_s',
  'cost_per_prediction',
  'energy_per_prediction_j',
  'error_rate',
  'size_bytes',
] as const;
export type VersionMetric = (typeof VERSION_METRICS)[number];

export interface VersionFigure {
  value: number;
  /** 95 %; null for what is no estimate (a size), or with too few rows. */
  interval: [number, number] | null;
  /** The exact figure is no further away than this. */
  bound?: number;
}

export interface VersionDifference {
  /** Of this version less the base. */
  difference: number;
  interval: [number, number] | null;
  /** Of "no difference"; null where it is not tested. Not corrected for the number of versions. */
  p_value: number | null;
}

export interface ComparedVersion {
  version: string;
  state: 'active' | 'shadow' | 'retired';
  /** Predictions counted, and those of them with a label that has matured. */
  rows: number;
  labelled: number;
  windows: number;
  /** Absent metric: nothing says. */
  metrics: Partial<Record<VersionMetric, VersionFigure>>;
  /** To the base; absent for the base itself. */
  differences?: Partial<Record<VersionMetric, VersionDifference>>;
  /** Within every limit it has a figure for. */
  satisfies: boolean;
  violated: { metric: VersionMetric; threshold: number; value: number }[];
  /** Versions that are nowhere worse, and somewhere significantly better. */
  dominated_by: string[];
}

export interface VersionComparison {
  model: string;
  /** Null for windows of so many rows, and without any window. */
  size_ms: number | null;
  /** At least so many rows a window; null for windows of a fixed length. */
  size_rows: number | null;
  from: string | null;
  to: string | null;
  base: string | null;
  /** The metric that the best version is the best in. */
  optimizing: 'accuracy' | 'rmse';
  versions: ComparedVersion[];
  /** Of the versions within every limit the best in the optimizing metric, and those not significantly worse. */
  best: string | null;
  as_good: string[];
}
