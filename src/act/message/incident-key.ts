import type { Consequence } from '../../core/alerts/consequence.ts';
import type { Notification, NotificationKind } from '../../core/jobs.ts';
import { isAboutRun } from '../../words/words.ts';

/**
 * Names an incident to the outside, the same in all that is said about it. With its beginning, because a second
 * installation counts its incidents from 1 as well.
 */
export function incidentKey({ kind, incidentId, sinceMs }: Notification): string {
  const about = isAboutRun(kind) && kind !== 'retrain_requested' ? 'retrain' : (ABOUT[kind] ?? 'incident');
  const id = incidentId.replaceAll(/[^\w-]/g, '-').slice(0, 100);
  return `shiftwatch-${about}-${id}-${Math.floor(sinceMs / 1000)}`;
}

const ABOUT: Partial<Record<Notification['kind'], string>> = {
  log_incident: 'log',
  endpoint_disabled: 'endpoint',
  test: 'test',
  digest: 'digest',
};

const RUN_INCIDENT: ReadonlySet<NotificationKind> = new Set([
  'retrain_failed',
  'retrain_silent',
  'retrain_recovered',
]);

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
  if (RUN_INCIDENT.has(kind) || kind === 'log_incident' || cause === 'no_data') return 'critical';
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
/** News of runs that opens and ends no incident: to answer, if at all, by a decision and not by a repair. */
const UNTOUCHED: ReadonlySet<Notification['kind']> = new Set([
  'retrain_requested',
  'digest',
  'retrain_outcome',
  'retrain_awaiting_approval',
  'retrain_expired',
  'retrain_dry_run',
]);

/**
 * What a receiver that keeps incidents of its own has to do with this one. `untouched`: it is told nothing, because it
 * would open an incident that is over, or none that people have to answer.
 */
export function incidentState({ kind, correction }: Notification): 'open' | 'over' | 'untouched' {
  if (UNTOUCHED.has(kind)) return 'untouched';
  if (kind === 'resolved' || kind === 'retrain_recovered') return 'over';
  if (kind !== 'corrected' || correction === undefined) return 'open';
  if (correction.incident === 'over') return 'untouched';
  return correction.incident === 'withdrawn' ? 'over' : 'open';
}
