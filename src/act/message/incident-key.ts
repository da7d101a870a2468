import type { Consequence } from '../../core/alerts/consequence.ts';
import type { VerdictKind } from '../../core/findings.ts';
import type { IncidentNews, Notification, RunKind } from '../../core/jobs.ts';

/**
 * Names an incident to the outside, the same in all that is said about it. With its beginning, because a second
 * installation counts its incidents from 1 as well.
 */
export function incidentKey({ about, incidentId, sinceMs }: Notification): string {
  const id = incidentId.replaceAll(/[^\w-]/g, '-').slice(0, 100);
  return `shiftwatch-${about}-${id}-${Math.floor(sinceMs / 1000)}`;
}

/**
 * What a receiver with levels of its own is told; it depends on what people were told first, or first paged for, so it
 * never changes.
 */
export function incidentSeverity(news: Notification): 'critical' | 'warning' {
  const pagedFor = news.routed?.pagedFor ?? null;
  if (pagedFor !== null) return SEVERITIES[pagedFor];
  if (news.about === 'incident') return ofIncident(news);
  return news.about === 'retrain' || news.about === 'log' ? 'critical' : 'warning';
}

function ofIncident({ cause, firedVerdict, diagnosis }: IncidentNews): 'critical' | 'warning' {
  if (cause !== 'shift') return cause === 'no_data' ? 'critical' : 'warning';
  const verdict = firedVerdict ?? diagnosis.verdict;
  return GRAVE.has(verdict) ? 'critical' : 'warning';
}

/** What is told of and undetermined costs the model its success. */
const GRAVE: ReadonlySet<string> = new Set<VerdictKind>([
  'data_fault',
  'concept_drift',
  'mixed',
  'undetermined',
]);

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

type IncidentState = 'open' | 'over' | 'untouched';

/** Of runs: what opens and ends no incident is to answer, if at all, by a decision and not by a repair. */
const RUN_STATES: Readonly<Record<RunKind, IncidentState>> = {
  retrain_failed: 'open',
  retrain_silent: 'open',
  retrain_recovered: 'over',
  retrain_outcome: 'untouched',
  retrain_awaiting_approval: 'untouched',
  retrain_expired: 'untouched',
  retrain_dry_run: 'untouched',
};

/**
 * What a receiver that keeps incidents of its own has to do with this one. `untouched`: it is told nothing, because it
 * would open an incident that is over, or none that people have to answer.
 */
export function incidentState(news: Notification): IncidentState {
  if (news.about === 'digest') return 'untouched';
  if (news.about === 'retrain') return RUN_STATES[news.kind];
  if (news.about !== 'incident') return 'open';
  if (news.kind === 'resolved') return 'over';
  const standing = news.correction?.incident ?? 'open';
  return standing === 'over' ? 'untouched' : standing === 'withdrawn' ? 'over' : 'open';
}
