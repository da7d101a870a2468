import { setAside } from '../core/columns/feature-settings.ts';
import type { FeatureSetting } from '../core/columns/feature-settings.ts';
import type { FeatureComparison } from '../core/findings.ts';
import {
  OPERATIONAL_METRICS,
  type Operational,
  type OperationalFigure,
  type OperationalLimit,
  type OperationalMetric,
  type OperationalSpec,
} from '../core/operational.ts';
import { movedTo } from './direction.ts';
import { effectOf } from './effect.ts';
import { leastChange } from './operation/operational.ts';
import { DEFAULT_COMPARE_OPTIONS } from './options.ts';

/*
 * How near something that is within its thresholds still is to them: 0 far away, 1 on the threshold. An open incident
 * ends well below 1 only, or figures on a threshold would end it and begin it again.
 */

/** Of a floor of nothing at all. */
const LEAST_FLOOR = 1e-6;

/**
 * A drift needs effect and significance; the lesser of the two says how near it is. Evidence is counted in logarithms. What
 * moved in a direction that nobody asks for is no nearer for that.
 */
export function featureNearness(feature: FeatureComparison, setting: FeatureSetting = {}): number {
  const { floors, q } = DEFAULT_COMPARE_OPTIONS;
  if (feature.q_value === null || setAside(setting) !== null) return 0;
  const { direction = 'both', minEffect = floors.info } = setting;
  if (direction !== 'both' && movedTo(feature) !== direction) return 0;
  const effect = (effectOf(feature) ?? 0) / Math.max(LEAST_FLOOR, minEffect);
  return Math.max(0, Math.min(effect, Math.log(feature.q_value) / Math.log(q)));
}

/** The nearest of these metrics to its limits, or to a drift for the worse. */
export function operationNearness(
  operational: Operational,
  { limits, minChange }: Pick<OperationalSpec, 'limits' | 'minChange'>,
  metrics: ReadonlySet<string>,
): number {
  const nearness = OPERATIONAL_METRICS.filter((metric) => metrics.has(metric)).map((metric) => {
    const figure = figureOf(operational, metric);
    if (figure === undefined || figure.current === null) return 0;
    const change = shareOfChange(metric, figure, minChange);
    return Math.max(
      limitNearness(figure, figure.current, limits[metric], change),
      driftNearness(figure, change),
    );
  });
  return Math.max(0, ...nearness);
}

/**
 * A figure that is what it usually is has come back, however near its limit that may be. Where nothing is usual yet, one
 * that is certainly within its limit has.
 */
function limitNearness(
  { interval }: OperationalFigure,
  current: number,
  limit: OperationalLimit | undefined,
  change: number | null,
): number {
  const { max, min } = limit ?? {};
  const [low, high] = interval ?? [-Infinity, Infinity];
  const ofMax = max === undefined || (change === null && high < max) ? 0 : share(current, max);
  const ofMin = min === undefined || (change === null && low > min) ? 0 : share(min, current);
  return change === null ? Math.max(ofMax, ofMin) : Math.min(Math.max(ofMax, ofMin), change);
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : part > 0 ? Infinity : 0;
}

/** How far a figure is above its reference, as a share of the least change that matters. Null: no reference. */
function shareOfChange(
  metric: OperationalMetric,
  { reference, current }: OperationalFigure,
  minChange: number,
): number | null {
  if (reference === null || current === null) return null;
  return Math.max(0, share(current - reference, leastChange(metric, reference, minChange)));
}

function driftNearness({ p_value: pValue }: OperationalFigure, change: number | null): number {
  if (change === null || pValue === null) return 0;
  return Math.max(0, Math.min(change, Math.log(pValue) / Math.log(DEFAULT_COMPARE_OPTIONS.q)));
}

function figureOf(operational: Operational, metric: OperationalMetric): OperationalFigure | undefined {
  switch (metric) {
    case 'latency_p50_ms':
      return operational.latency_ms?.p50;
    case 'latency_p95_ms':
      return operational.latency_ms?.p95;
    case 'latency_p99_ms':
      return operational.latency_ms?.p99;
    case 'latency_mean_ms':
      return operational.latency_ms?.mean;
    case 'throughput_per_s':
      return operational.throughput_per_s;
    case 'cost_per_prediction':
      return operational.cost?.mean;
    case 'energy_per_prediction_j':
      return operational.energy_j?.mean;
    case 'error_rate':
      return operational.error_rate;
    default:
      return metric satisfies never;
  }
}
