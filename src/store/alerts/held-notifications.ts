import type { HoldReason } from '../../core/alerts/alert-hold.ts';
import type { IncidentKind } from '../../core/alerts/alert.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Tx } from '../connection/pool.ts';
import { storableJson } from '../connection/storable-json.ts';
import { readNotification } from '../connection/read-notification.ts';

/** A message that people have still to get, or something of it. */
export interface HeldNotification {
  readonly id: string;
  readonly kind: IncidentKind;
  readonly windowId: string | null;
  readonly reason: HoldReason;
  readonly untilMs: number | null;
  readonly by: string;
  /** Null: how things stand is told when it is told. */
  readonly notification: IncidentNews | null;
}

/** What an incident's people have still to hear, corrections last; the incident is locked by the caller. */
export async function loadHeld(tx: Tx, alertId: string): Promise<HeldNotification[]> {
  const found = await tx.query<HeldNotification>(
    `select id::text as id, kind, window_id::text as "windowId", reason, ${epochMs('until_at')} as "untilMs", by,
       notification
     from held_notification where alert_id = $1 order by kind = 'corrected', held_notification.id`,
    [alertId],
  );
  return found.rows.map((held) => ({
    ...held,
    notification: held.notification && (readNotification(held.notification) as IncidentNews),
  }));
}

/** An incident owes one message, and one correction of each window: a newer one takes the older one's place. */
export async function saveHeld(
  tx: Tx,
  alertId: string,
  held: Omit<HeldNotification, 'id'>,
  nowMs: number,
): Promise<void> {
  const conflict =
    held.kind === 'corrected'
      ? `(alert_id, window_id) where kind = 'corrected'`
      : `(alert_id) where kind <> 'corrected'`;
  await tx.query(
    `insert into held_notification (alert_id, kind, window_id, reason, until_at, by, held_at, notification)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict ${conflict} do update set kind = excluded.kind, window_id = excluded.window_id,
       reason = excluded.reason, until_at = excluded.until_at, by = excluded.by, notification = excluded.notification`,
    [
      alertId,
      held.kind,
      held.windowId,
      held.reason,
      held.untilMs === null ? null : new Date(held.untilMs),
      held.by,
      new Date(nowMs),
      held.notification === null ? null : storableJson(held.notification),
    ],
  );
}

export async function dropHeld(tx: Tx, id: string): Promise<void> {
  await tx.query('delete from held_notification where id = $1', [id]);
}

/** Incidents that owe a message, in order of their ids and locked; those another process works on are left out. */
export async function lockOwing(tx: Tx, afterId: string, limit: number): Promise<string[]> {
  const found = await tx.query<{ id: string }>(
    `select id::text as id from alert a
     where id > $1 and exists (select 1 from held_notification h where h.alert_id = a.id)
     order by a.id limit $2 for update skip locked`,
    [afterId, limit],
  );
  return found.rows.map((row) => row.id);
}
