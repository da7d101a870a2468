import type { Consequence } from '../../core/consequence.ts';
import type { Notification } from '../../core/jobs.ts';

/**
 * Names an incident to the outside, the same in all that is said about it. With its beginning, because a second
 * installation counts its incidents from 1 as well.
 */
export function incidentKey({ kind, incidentId, sinceMs }: Notification): string {
  const about = ABOUT[kind] ?? 'incident';
  const id = incidentId.replaceAll(/[^\w-]/g, '-').slice(0, 100);
  return `shiftwatch-${about}-${id}-${Math.floor(sinceMs / 1000)}`;
}

const ABOUT: Partial<Record<Notification['kind'], string>> = {
  retrain_failed: 'retrain',
  log_incident: 'log',
  endpoint_disabled: 'endpoint',
  test: 'test',
  digest: 'digest',
};

/**
 * What a receiver with levels of its own is told; it depends on what people were told first, or first paged for, so it
 * never changes.
 */
export function incidentSeverity({
  kind,
  cause,
  diagnosis,
  firedVerdict,
  routed,
}: Notification): 'critical' | 'warning' {
  if (routed !== undefined && routed.pagedFor !== null) return SEVERITIES[routed.pagedFor];
  if (kind === 'retrain_failed' || kind === 'log_incident' || cause === 'no_data') return 'critical';
  if (cause === 'operational') return 'warning';
  const verdict = firedVerdict ?? diagnosis.verdict;
  return verdict === 'data_fault' || verdict === 'concept_drift' || verdict === 'mixed'
    ? 'critical'
    : 'warning';
}

const SEVERITIES: Readonly<Record<Consequence, 'critical' | 'warning'>> = {
  data_fault: 'critical',
  performance_loss: 'critical',
  concept_drift: 'critical',
  no_data: 'critical',
  operational_limit: 'warning',
  expected_loss: 'warning',
  operational_drift: 'warning',
  label_shift: 'warning',
  covariate_shift: 'warning',
};

/**
 * What a receiver that keeps incidents of its own has to do with this one. `untouched`: it is told nothing, because it
 * would open an incident that is over, or none that people have to answer.
 */
export function incidentState({ kind, correction }: Notification): 'open' | 'over' | 'untouched' {
  if (kind === 'retrain_requested' || kind === 'digest') return 'untouched';
  if (kind === 'resolved') return 'over';
  if (kind !== 'corrected' || correction === undefined) return 'open';
  if (correction.incident === 'over') return 'untouched';
  return correction.incident === 'withdrawn' ? 'over' : 'open';
}
