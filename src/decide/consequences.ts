import type { AlertCause } from '../core/alerts/alert.ts';
import { CONSEQUENCES, type Consequence } from '../core/alerts/consequence.ts';
import type { Diagnosis, Performance } from '../core/findings.ts';
import type { Operational } from '../core/operational.ts';
import { DROP_LEVEL, metricLoss } from './performance-drop.ts';

/** What is known of a window that people may have to hear of, and of the incident it belongs to. */
export interface WindowFacts {
  /** Absent: a shift. */
  readonly cause?: AlertCause | undefined;
  readonly diagnosis: Pick<Diagnosis, 'types'>;
  readonly performance: Performance | null;
  readonly operational?: Operational | null | undefined;
}

/** What a window means to an incident, gravest first. Nothing for a window without findings. */
export function consequencesOf({ cause = 'shift', ...facts }: WindowFacts): Consequence[] {
  const found = cause === 'shift' ? ofShift(facts) : cause === 'operational' ? ofOperation(facts) : NO_DATA;
  return CONSEQUENCES.filter((consequence) => found.has(consequence));
}

const NO_DATA: ReadonlySet<Consequence> = new Set(['no_data']);

function ofShift({ diagnosis, performance }: WindowFacts): ReadonlySet<Consequence> {
  const found = new Set<Consequence>(diagnosis.types);
  if (performanceLost(performance)) found.add('performance_loss');
  if (lossExpected(performance)) found.add('expected_loss');
  return found;
}

function ofOperation({ operational }: WindowFacts): ReadonlySet<Consequence> {
  const kinds = (operational?.breaches ?? []).map(({ kind }) => kind);
  return new Set(kinds.map((kind) => (kind === 'threshold' ? 'operational_limit' : 'operational_drift')));
}

/** The first of these that is there speaks for the model. */
const HEADLINE_METRICS = ['accuracy', 'roc_auc', 'f1', 'mae', 'rmse'] as const;

/**
 * Whether labels say that the model is worse than in training, beyond chance at 0.1 %. Labels of which more are to
 * come do not: those that come first may be those of the difficult cases.
 */
function performanceLost(performance: Performance | null): boolean {
  if (performance === null) return false;
  if (!performance.mature && performance.maturity?.state !== 'mature') return false;
  for (const name of HEADLINE_METRICS) {
    const metric = performance.metrics[name];
    if (metric === undefined || metric.reference === null || metric.current === null) continue;
    const { p_value: p } = metric;
    return metricLoss(name, metric.reference, metric.current) > 0 && p !== null && p < DROP_LEVEL;
  }
  return false;
}

/** Whether an estimate that holds puts the model below training by more than its own uncertainty. */
function lossExpected(performance: Performance | null): boolean {
  if (performance === null || performance.mature) return false;
  const estimated = performance.estimated ?? {};
  for (const name of HEADLINE_METRICS) {
    const estimate = estimated[name];
    if (estimate === undefined || estimate.reference === null || estimate.interval === null) continue;
    const [low, high] = estimate.interval;
    const best = metricLoss(name, low, high) < 0 ? high : low;
    return estimate.valid && metricLoss(name, estimate.reference, best) > 0;
  }
  return false;
}
