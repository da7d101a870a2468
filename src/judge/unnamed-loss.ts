import type { AlertKind } from '../core/alerts/alert.ts';
import type { Diagnosis, Performance } from '../core/findings.ts';
import { performanceFell } from '../diagnose/performance-change.ts';
import type { UndeterminedReason } from '../diagnose/verdict.ts';

/** Something moved, or a fault cannot be told from a change. */
const UNTOLD: ReadonlySet<string | null> = new Set<UndeterminedReason>([
  'conflicting_evidence',
  'fault_or_change',
]);

/** Kinds of an incident that only labels show. */
export const SHOWN_BY_LABELS: ReadonlySet<string> = new Set<AlertKind>([
  'concept_drift',
  'label_shift',
  'performance_loss',
]);

/**
 * Whether the model is worse beyond chance, at 0.1 % for all its figures together, and the rows do not tell why. Nobody can repair or
 * retrain by that, but a model that is wrong more often is told of, whatever the cause.
 *
 * @param diagnosis, performance of the same rows
 * @example isUnnamedLoss({ verdict: 'undetermined', reason: 'conflicting_evidence' }, { metrics: { accuracy: { reference: 0.67, current: 0.59, interval: null, p_value: 1e-6 } } }) // true
 */
export function isUnnamedLoss(
  { verdict, reason }: Pick<Diagnosis, 'verdict' | 'reason'>,
  performance: Pick<Performance, 'metrics' | 'cycle'> | null,
): boolean {
  return verdict === 'undetermined' && UNTOLD.has(reason) && performanceFell(performance);
}
