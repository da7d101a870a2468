import { epochMs } from '../connection/epoch-ms.ts';
import type { Tx } from '../connection/pool.ts';

/**
 * Locks a version's schedule and says up to when it has been honoured. A schedule seen for the first time, or
 * changed since, begins now: it never asks for what it would have asked for earlier.
 */
export async function lockRetrainSchedule(
  tx: Tx,
  modelVersionId: number,
  cron: string,
  nowMs: number,
): Promise<{ readonly lastDueMs: number }> {
  const locked = await tx.query<{ lastDueMs: number }>(
    `insert into retrain_schedule as s (model_version_id, cron, last_due_at) values ($1, $2, $3)
     on conflict (model_version_id) do update set cron = excluded.cron,
       last_due_at = case when s.cron = excluded.cron then s.last_due_at else excluded.last_due_at end
     returning ${epochMs('last_due_at')} as "lastDueMs"`,
    [modelVersionId, cron, new Date(nowMs)],
  );
  return locked.rows[0] ?? { lastDueMs: nowMs };
}

export async function honourRetrainSchedule(tx: Tx, modelVersionId: number, dueAtMs: number): Promise<void> {
  await tx.query(
    `update retrain_schedule set last_due_at = $2, held_by = null, held_since = null where model_version_id = $1`,
    [modelVersionId, new Date(dueAtMs)],
  );
}

/** Notes what keeps a schedule that has come due from being honoured; true when that is news. */
export async function holdRetrainSchedule(
  tx: Tx,
  modelVersionId: number,
  reason: string,
  nowMs: number,
): Promise<boolean> {
  const changed = await tx.query(
    `update retrain_schedule set held_by = $2, held_since = $3
     where model_version_id = $1 and held_by is distinct from $2`,
    [modelVersionId, reason, new Date(nowMs)],
  );
  return changed.rowCount === 1;
}
