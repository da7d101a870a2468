import type { Acknowledgement, Snooze } from '../../core/alerts/alert-hold.ts';
import type { Tx } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';

export const ATTENTION_COLUMNS =
  'acknowledged_by, acknowledged_until, acknowledged_types, snoozed_by, snoozed_until';

export interface AttentionColumns {
  acknowledged_by: string | null;
  acknowledged_until: Date | null;
  acknowledged_types: string[] | null;
  snoozed_by: string | null;
  snoozed_until: Date | null;
}

export function attentionOf(row: AttentionColumns): Pick<AlertAttention, 'acknowledgement' | 'snooze'> {
  const { acknowledged_by: owner, snoozed_by: sleeper, snoozed_until: until } = row;
  return {
    acknowledgement:
      owner === null
        ? null
        : {
            by: owner,
            untilMs: row.acknowledged_until?.getTime() ?? null,
            types: row.acknowledged_types ?? [],
          },
    snooze: sleeper === null || until === null ? null : { by: sleeper, untilMs: until.getTime() },
  };
}

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
  const found = await tx.query<
    AttentionColumns & {
      model_version_id: number;
      state: AlertAttention['state'];
      types: string[];
      told_types: string[];
      told_at: Date | null;
      last_window_id: string;
    }
  >(
    `select model_version_id, state, types, told_types, told_at, last_window_id::text as last_window_id, ${ATTENTION_COLUMNS}
     from alert where id = $1 for update`,
    [alertId],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  return {
    modelVersionId: row.model_version_id,
    state: row.state,
    types: row.types,
    toldTypes: row.told_types,
    toldAtMs: row.told_at?.getTime() ?? null,
    lastWindowId: row.last_window_id,
    ...attentionOf(row),
  };
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
