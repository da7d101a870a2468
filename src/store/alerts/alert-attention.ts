import type { Acknowledgement, Snooze } from '../../core/alerts/alert-hold.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Tx } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';

/** `acknowledgement` and `snooze` of an alert. */
export const ATTENTION_COLUMNS = `
  case when acknowledged_by is not null then json_build_object('by', acknowledged_by,
    'untilMs', ${epochMs('acknowledged_until')}, 'types', coalesce(acknowledged_types, '{}')) end as acknowledgement,
  case when snoozed_by is not null and snoozed_until is not null then json_build_object('by', snoozed_by,
    'untilMs', ${epochMs('snoozed_until')}) end as snooze`;

/** What people know of an incident and have said about it, locked with it until the end of the transaction. */
export interface AlertAttention {
  readonly modelVersionId: number;
  readonly state: 'pending' | 'firing' | 'recovering' | 'resolved';
  readonly types: readonly string[];
  /** Kinds that it showed in one of its messages, held back or not. */
  readonly toldTypes: readonly string[];
  /** When people last heard of it. */
  readonly toldAtMs: number | null;
  readonly lastWindowId: string;
  readonly acknowledgement: Acknowledgement | null;
  readonly snooze: Snooze | null;
}

/** Null: there is no such incident. */
export async function lockAttention(tx: Tx, alertId: string): Promise<AlertAttention | null> {
  const found = await tx.query<AlertAttention>(
    `select model_version_id as "modelVersionId", state, types, told_types as "toldTypes",
       ${epochMs('told_at')} as "toldAtMs", last_window_id::text as "lastWindowId", ${ATTENTION_COLUMNS}
     from alert where id = $1 for update`,
    [alertId],
  );
  return found.rows[0] ?? null;
}

export async function markTold(tx: Tx, alertId: string, nowMs: number): Promise<void> {
  await tx.query('update alert set told_at = $2 where id = $1', [alertId, new Date(nowMs)]);
}

export async function saveAcknowledgement(
  tx: Tx,
  alertId: string,
  {
    by,
    untilMs,
    types,
    comment,
    atMs,
  }: Acknowledgement & { readonly comment: string; readonly atMs: number },
): Promise<void> {
  await tx.query(
    `update alert set acknowledged_at = $2, acknowledged_by = $3, acknowledged_comment = $4, acknowledged_until = $5,
       acknowledged_types = $6 where id = $1`,
    [alertId, new Date(atMs), storableText(by), storableText(comment), timeOrNull(untilMs), types],
  );
}

export async function clearAcknowledgement(tx: Tx, alertId: string): Promise<void> {
  await tx.query(
    `update alert set acknowledged_at = null, acknowledged_by = null, acknowledged_comment = null,
       acknowledged_until = null, acknowledged_types = null where id = $1`,
    [alertId],
  );
}

export async function saveSnooze(
  tx: Tx,
  alertId: string,
  { by, untilMs, comment, atMs }: Snooze & { readonly comment: string; readonly atMs: number },
): Promise<void> {
  await tx.query(
    `update alert set snoozed_at = $2, snoozed_by = $3, snoozed_comment = $4, snoozed_until = $5 where id = $1`,
    [alertId, new Date(atMs), storableText(by), storableText(comment), new Date(untilMs)],
  );
}

export async function clearSnooze(tx: Tx, alertId: string): Promise<void> {
  await tx.query(
    `update alert set snoozed_at = null, snoozed_by = null, snoozed_comment = null, snoozed_until = null
     where id = $1`,
    [alertId],
  );
}

function timeOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
