import type { Consequence, Urgency } from '../../core/alerts/consequence.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

export interface StoredUrgency {
  readonly pagedFor: Consequence | null;
  readonly graveInARow: number;
}

/** Of an incident that nothing was noted about: nobody was paged. */
const NOTHING_NOTED: StoredUrgency = { pagedFor: null, graveInARow: 0 };

export async function loadUrgency(db: Queryable, incidentId: string): Promise<StoredUrgency> {
  const found = await db.query<StoredUrgency>(
    `select paged_for as "pagedFor", grave_in_a_row as "graveInARow" from incident_urgency where incident_id = $1`,
    [incidentId],
  );
  return found.rows[0] ?? NOTHING_NOTED;
}

/** What the first page about an incident was for stays. */
export async function noteFirstPage(
  tx: Tx,
  incidentId: string,
  pagedFor: Consequence,
  nowMs: number,
): Promise<void> {
  await tx.query(
    `insert into incident_urgency as u (incident_id, paged_for, paged_at) values ($1, $2, $3)
     on conflict (incident_id) do update set paged_for = excluded.paged_for, paged_at = excluded.paged_at
     where u.paged_for is null`,
    [incidentId, pagedFor, new Date(nowMs)],
  );
}

export async function noteGraveWindows(tx: Tx, incidentId: string, graveInARow: number): Promise<void> {
  await tx.query(
    `insert into incident_urgency (incident_id, grave_in_a_row) values ($1, $2)
     on conflict (incident_id) do update set grave_in_a_row = excluded.grave_in_a_row`,
    [incidentId, graveInARow],
  );
}

export interface NotificationRoute {
  readonly atMs: number;
  readonly incidentId: string;
  readonly model: string;
  readonly kind: string;
  readonly windowId: string | null;
  readonly urgency: Urgency;
  readonly reason: string;
  readonly consequence: Consequence | null;
  readonly channels: readonly string[];
}

export async function appendRoute(tx: Tx, route: NotificationRoute): Promise<void> {
  await tx.query(
    `insert into notification_route (decided_at, incident_id, model, kind, window_id, urgency, reason, consequence, channels)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      new Date(route.atMs),
      route.incidentId,
      route.model,
      route.kind,
      route.windowId,
      route.urgency,
      route.reason,
      route.consequence,
      route.channels,
    ],
  );
}

/** Those of some incidents that somebody has been paged about. */
export async function pagedIncidents(
  db: Queryable,
  incidentIds: readonly string[],
): Promise<Map<string, Consequence>> {
  const found = await db.query<{ id: string; pagedFor: Consequence }>(
    `select incident_id as id, paged_for as "pagedFor" from incident_urgency
     where incident_id = any($1) and paged_for is not null`,
    [incidentIds],
  );
  return new Map(found.rows.map(({ id, pagedFor }) => [id, pagedFor]));
}
