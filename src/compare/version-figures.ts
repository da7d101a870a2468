import type { VersionFigure, VersionMetric } from '../core/version-comparison.ts';
import { quantileOfBuckets } from '../stats/bucket-quantile.ts';
import { normalInterval, wilsonInterval } from '../stats/intervals.ts';
import type { PerformanceCounts } from '../stats/profile/feature-reference.ts';
import type { LogHistogram } from '../stats/profile/log-histogram.ts';
import type { OperationalProfile } from '../stats/profile/operational-profile.ts';
import { momentsOf } from './operation/operational-tests.ts';

/** Selected rows of a group, and of everyone else. */
export interface GroupSelection {
  readonly selected: number;
  readonly rows: number;
  readonly othersSelected: number;
  readonly othersRows: number;
}

/** Enough of labelled rows for accuracy or the root mean squared error; sums are over all windows. */
export type QualityCounts =
  | { readonly task: 'classification'; readonly n: number; readonly correct: number }
  | {
      readonly task: 'regression';
      readonly n: number;
      readonly sumSquared: number;
      readonly sumFourth: number;
    };

/** Everything known of a version in the windows that are looked at. */
export interface VersionFacts {
  readonly version: string;
  readonly state: 'active' | 'shadow' | 'retired';
  readonly sizeBytes: number | null;
  readonly windows: number;
  /** Length of all windows together. */
  readonly seconds: number;
  readonly operation: OperationalProfile;
  /** Null without matured labels. */
  readonly quality: QualityCounts | null;
  /** By group. */
  readonly groups: ReadonlyMap<string, GroupSelection>;
}

export type FiguresOf = Partial<Record<VersionMetric, VersionFigure>>;

export function versionFigures(facts: VersionFacts): FiguresOf {
  const { operation, quality, seconds, sizeBytes } = facts;
  const { latencyMs, cost, energyJ, rows, errors } = operation;
  return {
    ...qualityFigure(quality),
    ...fairnessFigure(facts.groups),
    ...quantileFigure(latencyMs, 0.5, 'latency_p50_ms'),
    ...quantileFigure(latencyMs, 0.95, 'latency_p95_ms'),
    ...quantileFigure(latencyMs, 0.99, 'latency_p99_ms'),
    ...meanFigure(latencyMs, 'latency_mean_ms'),
    ...(seconds > 0 && rows > 0 && { throughput_per_s: { value: rows / seconds, interval: null } }),
    ...meanFigure(cost, 'cost_per_prediction'),
    ...meanFigure(energyJ, 'energy_per_prediction_j'),
    ...(rows > 0 && {
      error_rate: { value: errors.total / rows, interval: wilsonInterval(errors.total, rows) },
    }),
    ...(sizeBytes !== null && { size_bytes: { value: sizeBytes, interval: null } }),
  };
}

function qualityFigure(quality: QualityCounts | null): FiguresOf {
  if (quality === null || quality.n <= 0) return {};
  if (quality.task === 'classification') {
    const { n, correct } = quality;
    return { accuracy: { value: correct / n, interval: wilsonInterval(correct, n) } };
  }
  const { mean, variance, n } = squaredErrors(quality);
  const rmse = Math.sqrt(mean);
  // By the delta method: the error of a root is the error of what is under it by twice the root.
  const error = rmse > 0 ? Math.sqrt(variance / n) / (2 * rmse) : 0;
  return { rmse: { value: rmse, interval: normalInterval(rmse, error) } };
}

/** Moments of the squared error of a row. */
export function squaredErrors({ n, sumSquared, sumFourth }: Extract<QualityCounts, { task: 'regression' }>): {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
} {
  const mean = sumSquared / n;
  return { n, mean, variance: n > 1 ? (Math.max(0, sumFourth / n - mean ** 2) * n) / (n - 1) : 0 };
}

/** The group whose share of selected rows differs most from everyone else's. */
function fairnessFigure(groups: VersionFacts['groups']): FiguresOf {
  let worst: VersionFigure | null = null;
  for (const { selected, rows, othersSelected, othersRows } of groups.values()) {
    if (!(rows > 0 && othersRows > 0)) continue;
    const own = { value: selected / rows, interval: wilsonInterval(selected, rows) };
    const others = {
      value: othersSelected / othersRows,
      interval: wilsonInterval(othersSelected, othersRows),
    };
    const difference = Math.abs(own.value - others.value);
    if (worst !== null && difference <= worst.value) continue;
    const [low, high] = intervalOfDifference(own, others) ?? [0, 0];
    const crosses = low <= 0 && high >= 0;
    const sides = [Math.abs(low), Math.abs(high)];
    worst = { value: difference, interval: [crosses ? 0 : Math.min(...sides), Math.max(...sides)] };
  }
  return worst === null ? {} : { fairness_difference: worst };
}

function quantileFigure(amounts: LogHistogram, q: number, metric: VersionMetric): FiguresOf {
  const found = quantileOfBuckets(amounts.buckets(), q);
  return found === null ? {} : { [metric]: found };
}

function meanFigure(amounts: LogHistogram, metric: VersionMetric): FiguresOf {
  if (amounts.n <= 0) return {};
  const { n, mean, variance } = momentsOf(amounts);
  return {
    [metric]: { value: mean, interval: n > 1 ? normalInterval(mean, Math.sqrt(variance / n)) : null },
  };
}

/**
 * 95 % interval of a difference from the intervals of both sides, by the squares of their arms: for shares with
 * Wilson's intervals this is Newcombe's. Source: Zou & Donner, Stat. Med. 27 (2008).
 */
export function intervalOfDifference(a: VersionFigure, b: VersionFigure): [number, number] | null {
  if (a.interval === null || b.interval === null) return null;
  const d = a.value - b.value;
  const [lowA, highA] = a.interval;
  const [lowB, highB] = b.interval;
  return [d - Math.hypot(a.value - lowA, highB - b.value), d + Math.hypot(highA - a.value, b.value - lowB)];
}

/** Adds up labelled rows of several windows; what is counted of them beside is left out. */
export function addQuality(
  sum: QualityCounts | null,
  counts: PerformanceCounts | null,
): QualityCounts | null {
  if (counts === null) return sum;
  if (counts.task === 'classification') {
    const before = sum?.task === 'classification' ? sum : { n: 0, correct: 0 };
    return { task: 'classification', n: before.n + counts.n, correct: before.correct + counts.correct };
  }
  const before = sum?.task === 'regression' ? sum : { n: 0, sumSquared: 0, sumFourth: 0 };
  return {
    task: 'regression',
    n: before.n + counts.n,
    sumSquared: before.sumSquared + counts.sumSquared,
    sumFourth: before.sumFourth + counts.sumFourth,
  };
}
