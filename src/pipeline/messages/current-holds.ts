import type { MuteSchedule } from '../../core/alerts/mute-schedule.ts';
import type { Matcher } from '../../core/alerts/silence.ts';
import type { Held } from '../../core/alerts/alert-hold.ts';
import { holdNotification } from '../../decide/hold-notification.ts';
import type { MessageFacts } from '../../decide/notification-parts.ts';
import { loadOpenIncidents, type StoredIncident } from '../../store/alerts/open-incidents.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadActiveSilences } from '../../store/alerts/silences.ts';

/** What would hold back a reminder of each incident now; those that nothing holds are left out. */
export async function currentHolds(
  db: Queryable,
  schedulesOf: (model: string) => readonly MuteSchedule[],
  nowMs: number,
): Promise<Map<string, Held>> {
  const incidents = await loadOpenIncidents(db, null);
  const silences = await loadActiveSilences(db, nowMs);
  const holds = new Map<string, Held>();
  for (const incident of incidents) {
    const others = incidents.filter(({ modelVersionId }) => modelVersionId === incident.modelVersionId);
    const { acknowledgement, snooze } = incident;
    const schedules = schedulesOf(incident.model);
    const decision = holdNotification(
      reminderOf(incident),
      { silences, schedules, others, acknowledgement, snooze },
      nowMs,
    );
    if (decision.held) holds.set(incident.id, decision);
  }
  return holds;
}

export interface SilencedIncident {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly segment: string;
  readonly types: readonly string[];
  /** Whether nothing would be told of it; else these features would be left out. */
  readonly held: boolean;
  readonly features: readonly string[];
}

/** What a silence would do to the incidents that are open now. */
export async function previewSilence(
  db: Queryable,
  matchers: readonly Matcher[],
  nowMs: number,
): Promise<SilencedIncident[]> {
  const silence = { id: '0', matchers, startsAtMs: nowMs, endsAtMs: nowMs + 1, author: '' };
  const incidents = await loadOpenIncidents(db, null);
  return incidents.flatMap((incident) => {
    const decision = holdNotification(
      reminderOf(incident),
      { silences: [silence], schedules: [], others: [], acknowledgement: null, snooze: null },
      nowMs,
    );
    const features = decision.held ? [] : decision.muted.map(({ feature }) => feature);
    if (!decision.held && features.length === 0) return [];
    const { id, model, version, segment, types } = incident;
    return [{ id, model, version, segment, types, held: decision.held, features }];
  });
}

function reminderOf({ id, ...incident }: StoredIncident): MessageFacts {
  return { ...incident, kind: 'reminder', endsIncident: false, incidentId: id };
}
