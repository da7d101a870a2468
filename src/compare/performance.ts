import type { Performance, PerformanceMetric } from '../core/findings.ts';
import { normalInterval, wilsonInterval } from '../stats/intervals.ts';
import { twoProportionTest } from '../stats/tests/two-proportion.ts';
import { welchTest } from '../stats/tests/welch.ts';
import type { SampleMoments } from '../stats/tests/welch.ts';
import type {
  ClassificationCounts,
  PerformanceCounts,
  RegressionCounts,
} from '../stats/profile/feature-reference.ts';

/**
 * Figures of the model's success beside the baseline's, each with the current window's 95 % interval and a two-sided
 * test of the difference with both sample sizes. Null without labelled rows.
 *
 * accuracy: Wilson, two-proportion test. mae: normal interval, Welch on |e|. rmse: delta method (standard error of the
 * mean squared error over 2·rmse), Welch on e². brier: mean squared distance of the score from 0 or 1, as mae.
 */
export function comparePerformance(
  reference: PerformanceCounts | null,
  current: PerformanceCounts | null,
  labelled: { readonly reference: number; readonly current: number },
  rows: number,
  mature: boolean,
): Performance | null {
  if (current === null) return null;
  const metrics =
    current.task === 'classification'
      ? classificationMetrics(reference?.task === 'classification' ? reference : null, current)
      : regressionMetrics(reference?.task === 'regression' ? reference : null, current);
  return {
    labelled: { ...labelled, share: rows > 0 ? Math.min(1, labelled.current / rows) : 0 },
    mature,
    metrics,
  };
}

function classificationMetrics(
  reference: ClassificationCounts | null,
  current: ClassificationCounts,
): Record<string, PerformanceMetric> {
  const metrics: Record<string, PerformanceMetric> = {
    accuracy: {
      reference: reference === null ? null : reference.correct / reference.n,
      current: current.correct / current.n,
      interval: wilsonInterval(current.correct, current.n),
      p_value:
        reference === null
          ? null
          : twoProportionTest(reference.correct, reference.n, current.correct, current.n).p_value,
    },
  };
  const brier = (counts: ClassificationCounts): SampleMoments | null =>
    momentsOf(counts.scored, counts.sumBrier, counts.sumBrierSquared);
  const now = brier(current);
  if (now !== null) metrics['brier'] = meanMetric(reference === null ? null : brier(reference), now);
  return metrics;
}

function regressionMetrics(
  reference: RegressionCounts | null,
  current: RegressionCounts,
): Record<string, PerformanceMetric> {
  const absolute = (counts: RegressionCounts | null): SampleMoments | null =>
    counts === null ? null : momentsOf(counts.n, counts.sumAbsolute, counts.sumSquared);
  const squared = (counts: RegressionCounts | null): SampleMoments | null =>
    counts === null ? null : momentsOf(counts.n, counts.sumSquared, counts.sumFourth);
  const metrics: Record<string, PerformanceMetric> = {};
  const mae = absolute(current);
  const mse = squared(current);
  if (mae !== null) metrics['mae'] = meanMetric(absolute(reference), mae);
  if (mse !== null) metrics['rmse'] = rootMetric(meanMetric(squared(reference), mse), mse);
  return metrics;
}

function meanMetric(reference: SampleMoments | null, current: SampleMoments): PerformanceMetric {
  return {
    reference: finite(reference?.mean),
    current: finite(current.mean),
    interval: finiteInterval(normalInterval(current.mean, standardError(current))),
    p_value: reference === null ? null : finite(welchTest(reference, current).p_value),
  };
}

/** The root of a mean: its standard error is that of the mean over twice the root. */
function rootMetric(mean: PerformanceMetric, moments: SampleMoments): PerformanceMetric {
  const root = Math.sqrt(moments.mean);
  const error = root > 0 ? standardError(moments) / (2 * root) : 0;
  return {
    reference: mean.reference === null ? null : Math.sqrt(mean.reference),
    current: finite(root),
    interval: finiteInterval(normalInterval(root, error)),
    p_value: mean.p_value,
  };
}

function momentsOf(n: number, sum: number, sumOfSquares: number): SampleMoments | null {
  if (!(n > 0)) return null;
  const mean = sum / n;
  const variance = n > 1 ? Math.max(0, (sumOfSquares - n * mean ** 2) / (n - 1)) : 0;
  return { n, mean, variance };
}

function standardError(moments: SampleMoments): number {
  return Math.sqrt(moments.variance / moments.n);
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function finiteInterval(interval: [number, number]): [number, number] | null {
  return interval.every((end) => Number.isFinite(end)) ? interval : null;
}
