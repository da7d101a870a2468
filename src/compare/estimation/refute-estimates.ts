import type {
  EstimatedLabels,
  EstimatedMetric,
  Performance,
  PerformanceMetric,
} from '../../core/findings.ts';
import { Z_95 } from '../../stats/performance/make-figure.ts';
import { twoProportionTest } from '../../stats/significance/two-proportion.ts';

/** Two-sided: an estimate that holds is refuted by chance once in a thousand. */
export const REFUTED_AT = 1e-3;
/** The same in standard errors. */
const REFUTED_BEYOND = 3.29;

/** How many labels of each class came. */
export interface ClassRows {
  readonly labelled: number;
  rowsOf(name: string): number;
}

/**
 * The estimates that were made before labels came, beside what labels now say: values and intervals stay as they were;
 * `valid` becomes false (`refuted_by_labels`) where the realised figure lies further away than both may err by chance.
 * Fewer than `minLabelled` labels refute nothing.
 */
export function withRealised(
  performance: Performance,
  earlier: Pick<Performance, 'estimated' | 'estimated_labels'>,
  labels: ClassRows | null,
  minLabelled: number,
): Performance {
  const { estimated, estimated_labels: shares } = earlier;
  const enough = performance.labelled.current >= minLabelled;
  return {
    ...performance,
    ...(estimated !== undefined && {
      estimated: Object.fromEntries(
        Object.entries(estimated).map(([name, metric]) => [
          name,
          enough ? refuteMetric(metric, performance.metrics[name]) : metric,
        ]),
      ),
    }),
    ...(shares !== undefined && {
      estimated_labels: shares.map((each) =>
        labels === null ? each : refuteShares(each, labels, minLabelled),
      ),
    }),
  };
}

function refuteMetric(estimate: EstimatedMetric, realised: PerformanceMetric | undefined): EstimatedMetric {
  if (!estimate.valid || estimate.value === null || estimate.interval === null) return estimate;
  if (realised === undefined || realised.current === null || realised.interval === null) return estimate;
  const error = Math.hypot(halfOf(estimate.interval), halfOf(realised.interval)) / Z_95;
  const off = Math.abs(realised.current - estimate.value) - (realised.bound ?? 0);
  return off > REFUTED_BEYOND * error ? { ...estimate, valid: false, reason: 'refuted_by_labels' } : estimate;
}

function halfOf([low, high]: readonly [number, number]): number {
  return (high - low) / 2;
}

/** Labels that came later have the last word, if enough came. */
export function refuteShares(
  shares: EstimatedLabels,
  { labelled, rowsOf }: ClassRows,
  minLabelled: number,
): EstimatedLabels {
  if (!shares.valid || labelled < minLabelled) return shares;
  const refuted = shares.classes.some(({ class: name, estimated, interval }) => {
    if (estimated === null || interval === null) return false;
    // The estimate counts as the sample that its interval is worth.
    const error = halfOf(interval) / Z_95;
    const worth = error > 0 ? (estimated * (1 - estimated)) / error ** 2 : labelled;
    return twoProportionTest(estimated * worth, worth, rowsOf(name), labelled).p_value < REFUTED_AT;
  });
  return refuted ? { ...shares, valid: false, reason: 'refuted_by_labels' } : shares;
}
