import type {
  Breach,
  OperationalFigure,
  OperationalLimit,
  OperationalMetric,
} from '../../core/operational.ts';
import type { OperationalProfile } from '../../stats/profile/operational-profile.ts';
import { binomialUpperTail } from '../../stats/significance/binomial-tail.ts';
import { countBeyond, meanBeyond, quantileAbove, quantileBelow } from './operational-tests.ts';
import { limitClaim } from './operational-words.ts';

/** One-sided. A window has few limits, and each is somebody's promise. */
const LEVEL = 0.001;

export interface LimitOptions {
  readonly minRows: number;
  readonly seconds: number | null;
}

/** The limit that a figure is significantly beyond; a figure beyond it by chance is none. */
export function limitBreach(
  metric: OperationalMetric,
  { current, interval }: OperationalFigure,
  profile: OperationalProfile,
  limit: OperationalLimit | undefined,
  options: LimitOptions,
): Breach[] {
  if (limit === undefined || current === null) return [];
  return ([1, -1] as const).flatMap((sign) => {
    const threshold = sign === 1 ? limit.max : limit.min;
    if (threshold === undefined || sign * (current - threshold) <= 0) return [];
    const pValue = beyond(metric, profile, threshold, sign, options);
    if (pValue === null || pValue > LEVEL) return [];
    const claim = limitClaim(metric, current, threshold, sign);
    return { metric, kind: 'threshold', threshold, value: current, interval, p_value: pValue, claim };
  });
}

/** One-sided p of "not beyond the limit"; null with too few rows. Few rows are themselves the news of throughput. */
function beyond(
  metric: OperationalMetric,
  { rows, errors, latencyMs, cost, energyJ }: OperationalProfile,
  limit: number,
  sign: 1 | -1,
  { minRows, seconds }: LimitOptions,
): number | null {
  const quantile = (q: number): number | null =>
    latencyMs.n < minRows ? null : (sign === 1 ? quantileAbove : quantileBelow)(latencyMs, q, limit);
  const mean = (amounts: typeof latencyMs): number | null =>
    amounts.n < minRows ? null : meanBeyond(amounts, limit, sign);
  switch (metric) {
    case 'latency_p50_ms':
      return quantile(0.5);
    case 'latency_p95_ms':
      return quantile(0.95);
    case 'latency_p99_ms':
      return quantile(0.99);
    case 'latency_mean_ms':
      return mean(latencyMs);
    case 'cost_per_prediction':
      return mean(cost);
    case 'energy_per_prediction_j':
      return mean(energyJ);
    case 'throughput_per_s':
      return seconds === null ? null : countBeyond(rows, limit * seconds, sign);
    case 'error_rate':
      if (rows < minRows) return null;
      return sign === 1
        ? binomialUpperTail(errors.total, rows, limit)
        : binomialUpperTail(rows - errors.total, rows, 1 - limit);
    default:
      return metric satisfies never;
  }
}
