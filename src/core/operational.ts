/** How predictions are made, beside what they say: the limits a model is held to, and what was found of a window. */

/** Names of `operational` in the configuration, in findings and in the comparison of versions. */
export const OPERATIONAL_METRICS = [
  'latency_p50_ms',
  'latency_p95_ms',
  'latency_p99_ms',
  'latency_mean_ms',
  'throughput_per_s',
  'cost_per_prediction',
  'energy_per_prediction_j',
  'error_rate',
] as const;
export type OperationalMetric = (typeof OPERATIONAL_METRICS)[number];

/** What people are told of at once: when latency is bad, its quantiles are bad together. */
export const OPERATION_KINDS = ['latency', 'throughput', 'cost', 'energy', 'errors'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

export const KIND_OF_METRIC: Readonly<Record<OperationalMetric, OperationKind>> = {
  latency_p50_ms: 'latency',
  latency_p95_ms: 'latency',
  latency_p99_ms: 'latency',
  latency_mean_ms: 'latency',
  throughput_per_s: 'throughput',
  cost_per_prediction: 'cost',
  energy_per_prediction_j: 'energy',
  error_rate: 'errors',
};

export interface OperationalLimit {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export interface OperationalSpec {
  readonly limits: Readonly<Partial<Record<OperationalMetric, OperationalLimit>>>;
  /** Largest a version may be; judged only where versions are compared. */
  readonly maxSizeBytes: number | null;
  /** A significant change is a drift from this share of the reference on. */
  readonly minChange: number;
  /** Without a baseline of its own: so many healthy windows are one. 0: none. */
  readonly baselineWindows: number;
}

export const DEFAULT_OPERATIONAL: OperationalSpec = {
  limits: {},
  maxSizeBytes: null,
  minChange: 0.1,
  baselineWindows: 10,
};

export interface OperationalFigure {
  reference: number | null;
  current: number | null;
  /** 95 %, of the current figure. */
  interval: [number, number] | null;
  /** Set when a figure comes from buckets: the exact one is no further away than this. */
  bound?: number;
  /** Of "the reference is the same"; null where there is none, or too few rows. */
  p_value: number | null;
  /** Significant, and at least `min_change` away. */
  drifted: boolean;
}

export interface Breach {
  metric: OperationalMetric;
  kind: 'threshold' | 'drift';
  /** The limit, or for a drift the reference. */
  threshold: number;
  value: number;
  interval: [number, number] | null;
  p_value: number;
  /** One sentence with its numbers. */
  claim: string;
}

export interface LatencyFigures {
  p50: OperationalFigure;
  p95: OperationalFigure;
  p99: OperationalFigure;
  mean: OperationalFigure;
}

/** Absent key: the log does not say. */
export interface Operational {
  /** Predictions counted. */
  rows: number;
  latency_ms?: LatencyFigures;
  throughput_per_s?: OperationalFigure;
  cost?: { mean: OperationalFigure; total: number };
  energy_j?: { mean: OperationalFigure; total: number };
  error_rate?: OperationalFigure;
  /** The most frequent errors, as logged. */
  errors?: { error: string; rows: number }[];
  /** What is significantly beyond a limit, or significantly worse than the reference. */
  breaches: Breach[];
}
