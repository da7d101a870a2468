import type { Notification } from '../../core/jobs.ts';

/**
 * Names an incident to the outside, the same in all that is said about it. With its beginning, because a second
 * installation counts its incidents from 1 as well.
 */
export function incidentKey({ kind, incidentId, sinceMs }: Notification): string {
  const about = kind === 'retrain_failed' ? 'retrain' : kind === 'log_incident' ? 'log' : 'incident';
  const id = incidentId.replaceAll(/[^\w-]/g, '-').slice(0, 100);
  return `shiftwatch-${about}-${id}-${Math.floor(sinceMs / 1000)}`;
}

/** What a receiver with levels of its own is told; it depends on what people were told first, so it never changes. */
export function incidentSeverity({
  kind,
  cause,
  diagnosis,
  firedVerdict,
}: Notification): 'critical' | 'warning' {
  if (kind === 'retrain_failed' || kind === 'log_incident' || cause === 'no_data') return 'critical';
  if (cause === 'operational') return 'warning';
  const verdict = firedVerdict ?? diagnosis.verdict;
  return verdict === 'data_fault' || verdict === 'concept_drift' || verdict === 'mixed'
    ? 'critical'
    : 'warning';
}

/**
 * What a receiver that keeps incidents of its own has to do with this one. `untouched`: it is told nothing, because it
 * would open an incident that is over, or none that people have to answer.
 */
export function incidentState({ kind, correction }: Notification): 'open' | 'over' | 'untouched' {
  if (kind === 'retrain_requested') return 'untouched';
  if (kind === 'resolved') return 'over';
  if (kind !== 'corrected' || correction === undefined) return 'open';
  if (correction.incident === 'over') return 'untouched';
  return correction.incident === 'withdrawn' ? 'over' : 'open';
}
