import {
  type Breach,
  type LatencyFigures,
  type Operational,
  type OperationalFigure,
  type OperationalMetric,
  type OperationalSpec,
} from '../../core/operational.ts';
import { quantileOfBuckets } from '../../stats/bucket-quantile.ts';
import { benjaminiHochberg } from '../../stats/corrections.ts';
import { normalQuantile } from '../../stats/distributions.ts';
import { normalInterval, wilsonInterval } from '../../stats/intervals.ts';
import type { LogHistogram } from '../../stats/profile/log-histogram.ts';
import type { OperationalProfile } from '../../stats/profile/operational-profile.ts';
import { limitBreach } from './operational-limits.ts';
import { driftClaim } from './operational-words.ts';
import { sameShareTest } from '../../stats/significance/same-share-test.ts';
import { momentsOf, sameMean, sameQuantile } from './operational-tests.ts';

export interface OperationalOptions {
  readonly spec: OperationalSpec;
  readonly minRows: number;
  /** Level at which corrected p-values reject, as for features. */
  readonly q: number;
  /** Length of the window; null where rows come from no stretch of time. */
  readonly seconds: number | null;
}

/** A change of an error rate below this (0.1 percentage points) is no drift, however many rows show it. */
const SMALLEST_RATE_CHANGE = 0.001;
const QUANTILES = [
  ['p50', 0.5, 'latency_p50_ms'],
  ['p95', 0.95, 'latency_p95_ms'],
  ['p99', 0.99, 'latency_p99_ms'],
] as const;
const NAMED_ERRORS = 5;

/**
 * How a window's predictions were made, against a reference and against the model's limits. A quantile is compared by
 * the rows beyond it, a mean by Welch's test, an error rate as two shares; all of a window's tests are one family
 * (Benjamini–Hochberg). A drift is significant, at least `minChange` of the reference away, and beyond what buckets
 * blur; it is a breach when it is for the worse. Throughput has limits only: that traffic changes says nothing of the model.
 *
 * @returns null when neither side says anything
 */
export function compareOperation(
  reference: OperationalProfile | null,
  current: OperationalProfile,
  options: OperationalOptions,
): Operational | null {
  const before = reference === null || reference.isSilent ? null : reference;
  if (current.isSilent && before === null && (options.seconds === null || current.rows <= 0)) return null;
  const figures = new Map<OperationalMetric, OperationalFigure>();
  const rate = rateFigure(before, current, options);
  const { seconds, spec } = options;
  const { latencyMs, cost, energyJ } = current;
  const latency = latencyFigures(before?.latencyMs ?? null, latencyMs, options);
  if (latency !== null) {
    for (const [name, , metric] of QUANTILES) figures.set(metric, latency[name]);
    figures.set('latency_mean_ms', latency.mean);
  }
  const perPrediction = (amounts: LogHistogram, known: LogHistogram | null, metric: OperationalMetric) => {
    if (amounts.n <= 0) return null;
    const mean = meanFigure(known, amounts, options);
    figures.set(metric, mean);
    return { mean, total: amounts.sum };
  };
  const costs = perPrediction(cost, before?.cost ?? null, 'cost_per_prediction');
  const energy = perPrediction(energyJ, before?.energyJ ?? null, 'energy_per_prediction_j');
  if (rate !== null) figures.set('error_rate', rate);
  const throughput = seconds === null ? null : throughputFigure(current.rows, seconds);
  if (throughput !== null) figures.set('throughput_per_s', throughput);
  markDrifts(figures, options);
  return {
    rows: current.rows,
    ...(latency !== null && { latency_ms: latency }),
    ...(throughput !== null && { throughput_per_s: throughput }),
    ...(costs !== null && { cost: costs }),
    ...(energy !== null && { energy_j: energy }),
    ...(rate !== null && { error_rate: rate }),
    ...(current.errors.total > 0 && { errors: namedErrors(current) }),
    breaches: [...figures].flatMap(([metric, figure]) => [
      ...limitBreach(metric, figure, current, spec.limits[metric], options),
      ...driftBreach(metric, figure),
    ]),
  };
}

function latencyFigures(
  reference: LogHistogram | null,
  current: LogHistogram,
  options: OperationalOptions,
): LatencyFigures | null {
  if (current.n <= 0) return null;
  const quantile = (q: number): OperationalFigure => {
    const now = quantileOfBuckets(current.buckets(), q);
    const before = reference === null ? null : quantileOfBuckets(reference.buckets(), q);
    return {
      reference: before?.value ?? null,
      current: now?.value ?? null,
      interval: now?.interval ?? null,
      ...(now !== null && { bound: now.bound }),
      p_value: testable(reference, current, options) ? sameQuantile(reference, current, q) : null,
      drifted: false,
    };
  };
  return {
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    mean: meanFigure(reference, current, options),
  };
}

function meanFigure(
  reference: LogHistogram | null,
  current: LogHistogram,
  options: OperationalOptions,
): OperationalFigure {
  const { n, mean, variance } = momentsOf(current);
  return {
    reference: reference?.mean ?? null,
    current: current.mean,
    interval: n > 1 ? normalInterval(mean, Math.sqrt(variance / n)) : null,
    p_value: testable(reference, current, options) ? sameMean(reference, current) : null,
    drifted: false,
  };
}

function testable(
  reference: LogHistogram | null,
  current: LogHistogram,
  { minRows }: OperationalOptions,
): reference is LogHistogram {
  return reference !== null && Math.min(reference.n, current.n) >= minRows;
}

function rateFigure(
  reference: OperationalProfile | null,
  { rows, errors }: OperationalProfile,
  { minRows }: OperationalOptions,
): OperationalFigure | null {
  if (rows <= 0) return null;
  const known = reference !== null && reference.rows > 0 ? reference : null;
  const enough = known !== null && Math.min(known.rows, rows) >= minRows;
  return {
    reference: known === null ? null : known.errors.total / known.rows,
    current: errors.total / rows,
    interval: wilsonInterval(errors.total, rows),
    p_value: enough ? sameShareTest(known.errors.total, known.rows, errors.total, rows).p_value : null,
    drifted: false,
  };
}

/** Rows in a stretch of time are a Poisson count; √(n + 1/4) is its error on the scale where that is the same for all n. */
function throughputFigure(rows: number, seconds: number): OperationalFigure {
  const half = normalQuantile(0.975) / 2;
  const root = Math.sqrt(Math.max(0, rows) + 0.25);
  const interval: [number, number] = [
    Math.max(0, (Math.max(0, root - half) ** 2 - 0.25) / seconds),
    ((root + half) ** 2 - 0.25) / seconds,
  ];
  return { reference: null, current: rows / seconds, interval, p_value: null, drifted: false };
}

function markDrifts(
  figures: ReadonlyMap<OperationalMetric, OperationalFigure>,
  options: OperationalOptions,
): void {
  const tested = [...figures].filter(([, { p_value }]) => p_value !== null);
  const corrected = benjaminiHochberg(tested.map(([, { p_value }]) => p_value ?? 1));
  for (const [i, [metric, figure]] of tested.entries()) {
    figure.drifted = (corrected[i] ?? 1) <= options.q && isLarge(metric, figure, options.spec.minChange);
  }
}

function isLarge(metric: OperationalMetric, figure: OperationalFigure, minChange: number): boolean {
  const { reference, current, bound = 0 } = figure;
  if (reference === null || current === null) return false;
  const change = Math.abs(current - reference);
  return change >= leastChange(metric, reference, minChange) && change > 2 * bound;
}

/** The least change of a figure that is a drift, however many rows show a smaller one. */
export function leastChange(metric: OperationalMetric, reference: number, minChange: number): number {
  const relative = minChange * reference;
  return metric === 'error_rate' ? Math.max(relative, SMALLEST_RATE_CHANGE) : relative;
}

function driftBreach(metric: OperationalMetric, figure: OperationalFigure): Breach[] {
  const { reference, current, interval, p_value: pValue, drifted } = figure;
  if (!drifted || reference === null || current === null || pValue === null || current <= reference)
    return [];
  return [
    {
      metric,
      kind: 'drift',
      threshold: reference,
      value: current,
      interval,
      p_value: pValue,
      claim: driftClaim(metric, current, reference),
    },
  ];
}

function namedErrors({ errors }: OperationalProfile): NonNullable<Operational['errors']> {
  return errors
    .entries()
    .slice(0, NAMED_ERRORS)
    .map(([error, rows]) => ({ error, rows }));
}
