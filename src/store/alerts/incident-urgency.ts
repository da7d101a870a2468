import type { Consequence, Urgency } from '../../core/alerts/consequence.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

export interface StoredUrgency {
  readonly pagedFor: Consequence | null;
  /** Of one view. */
  readonly graveInARow: number;
}

/** What the first page about an incident was for; null: nobody was paged. */
export async function loadPagedFor(db: Queryable, incidentId: string): Promise<Consequence | null> {
  const found = await db.query<{ pagedFor: Consequence | null }>(
    `select paged_for as "pagedFor" from incident_urgency where incident_id = $1`,
    [incidentId],
  );
  return found.rows[0]?.pagedFor ?? null;
}

/** How grave an incident is, by the windows of one series. */
export async function loadGravity(
  db: Queryable,
  alertId: string,
  series: EvaluationSeries,
): Promise<StoredUrgency> {
  const found = await db.query<{ graveInARow: number }>(
    `select grave_in_a_row as "graveInARow" from alert_view where alert_id = $1 and series = $2`,
    [alertId, series],
  );
  return {
    pagedFor: await loadPagedFor(db, alertId),
    graveInARow: found.rows[0]?.graveInARow ?? 0,
  };
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

export async function noteGraveWindows(
  tx: Tx,
  alertId: string,
  series: EvaluationSeries,
  graveInARow: number,
): Promise<void> {
  await tx.query('update alert_view set grave_in_a_row = $3 where alert_id = $1 and series = $2', [
    alertId,
    series,
    graveInARow,
  ]);
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
