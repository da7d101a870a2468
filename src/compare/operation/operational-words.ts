import type { OperationalMetric } from '../../core/operational.ts';

const WORDS: Readonly<Record<OperationalMetric, readonly [name: string, unit: string]>> = {
  latency_p50_ms: ['median latency', ' ms'],
  latency_p95_ms: ['95th percentile of latency', ' ms'],
  latency_p99_ms: ['99th percentile of latency', ' ms'],
  latency_mean_ms: ['mean latency', ' ms'],
  throughput_per_s: ['throughput', ' predictions a second'],
  cost_per_prediction: ['cost of a prediction', ''],
  energy_per_prediction_j: ['energy of a prediction', ' J'],
  error_rate: ['share of failed predictions', ''],
};

export function limitClaim(metric: OperationalMetric, value: number, limit: number, sign: 1 | -1): string {
  const [name, unit] = WORDS[metric];
  const side = sign === 1 ? 'above the limit of' : 'below the limit of';
  return `${name} is ${shown(value)}${unit}, ${side} ${shown(limit)}${unit}`;
}

export function driftClaim(metric: OperationalMetric, value: number, reference: number): string {
  const [name, unit] = WORDS[metric];
  return `${name} is ${shown(value)}${unit}, in the reference ${shown(reference)}${unit}`;
}

/** Three digits, as a plain number. */
function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
