import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';
import type { Tx } from '../connection/pool.ts';

/** Why a delivery is not sent again. */
export type ReplayRefusal =
  | 'unknown'
  | 'not_dead'
  /** It would be given up at once. */
  | 'endpoint_disabled'
  /** Another retraining of the same version is under way. */
  | 'run_open'
  /** The pipeline has reported on the retraining: it was asked after all. */
  | 'run_reached';

/**
 * Puts a dead delivery back into the line, under the same message id and with all its attempts ahead of it. Other
 * recipients of the same message are left alone. A retraining that was given up is open again.
 */
export async function replayDelivery(
  tx: Tx,
  id: string,
  nowMs: number,
): Promise<Result<'queued', ReplayRefusal>> {
  const found = await tx.query<DeadRow>(
    `select d.state, o.id::text as "outboxId", o.payload -> 'request' ->> 'runId' as "runId",
       exists (select 1 from disabled_endpoint e
         where (e.section = 'channels' and e.name = o.payload ->> 'channel')
           or (e.section = 'webhooks' and e.name = o.payload ->> 'webhook')) as "isDisabled"
     from delivery d join outbox o on o.id = d.outbox_id where d.id = $1 for update of d, o`,
    [id],
  );
  const dead = found.rows[0];
  if (dead === undefined) return fail('unknown');
  if (dead.state !== 'dead') return fail('not_dead');
  if (dead.isDisabled) return fail('endpoint_disabled');
  const refused = dead.runId === null ? null : await reopenRun(tx, dead.runId);
  if (refused !== null) return fail(refused);
  await tx.query(
    `update delivery set state = 'queued', attempts_before = attempts, last_error = null, replayed_at = $2,
       updated_at = $2 where id = $1`,
    [id, new Date(nowMs)],
  );
  // While other recipients are still being tried the message has its job, which finds this one queued.
  await tx.query(
    `update outbox set done_at = null, outcome = null, enqueued_at = null, available_at = $2
     where id = $1 and done_at is not null`,
    [dead.outboxId, new Date(nowMs)],
  );
  await tx.query(`select pg_notify($1, '')`, [OUTBOX_CHANNEL]);
  return ok('queued');
}

interface DeadRow {
  state: string;
  outboxId: string;
  runId: string | null;
  isDisabled: boolean;
}

async function reopenRun(tx: Tx, runId: string): Promise<'run_open' | 'run_reached' | null> {
  const reopened = await tx.query(
    `update retrain_run r set state = 'requested', closed_at = null, detail = null
     where id = $1 and state in ('failed', 'dead') and not exists (
       select 1 from retrain_run other
       where other.model_version_id = r.model_version_id and other.state in ('awaiting_approval', 'requested', 'sent', 'running'))`,
    [runId],
  );
  if (reopened.rowCount === 1) return null;
  const found = await tx.query<{ givenUp: boolean }>(
    `select state in ('failed', 'dead') as "givenUp" from retrain_run where id = $1`,
    [runId],
  );
  return found.rows[0]?.givenUp === true ? 'run_open' : 'run_reached';
}
