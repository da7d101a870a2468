import type { RetrainRequest } from '../../core/jobs.ts';
import type { RetrainState } from '../../core/retrain/state.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Tx } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';

export interface RunToDecide {
  readonly id: string;
  readonly modelVersionId: number;
  readonly modelName: string;
  readonly state: RetrainState;
  readonly webhook: string;
  readonly request: RetrainRequest;
  readonly expiresAtMs: number | null;
}

/** Locks a run, so that of two people one decides. */
export async function lockRunToDecide(tx: Tx, id: string): Promise<RunToDecide | null> {
  const found = await tx.query<RunToDecide>(
    `select ${COLUMNS} from retrain_run r
     join model_version v on v.id = r.model_version_id join model m on m.id = v.model_id
     where r.id = $1 for update of r`,
    [id],
  );
  return found.rows[0] ?? null;
}

export interface RunDecision {
  readonly state: Extract<RetrainState, 'requested' | 'rejected' | 'dry_run'>;
  readonly by: string;
  readonly comment: string | null;
  readonly atMs: number;
}

export async function recordRunDecision(tx: Tx, id: string, decision: RunDecision): Promise<void> {
  await tx.query(
    `update retrain_run set state = $2, decided_by = $3, decision_comment = $4, decided_at = $5,
       closed_at = case when $2 = 'requested' then null else $5::timestamptz end
     where id = $1 and state = 'awaiting_approval'`,
    [
      id,
      decision.state,
      storableText(decision.by),
      decision.comment === null ? null : storableText(decision.comment),
      new Date(decision.atMs),
    ],
  );
}

/** Closes runs that nobody has approved in time, and returns them. Those that somebody is deciding on are left. */
export async function expireRuns(tx: Tx, nowMs: number): Promise<RunToDecide[]> {
  const found = await tx.query<RunToDecide>(
    `select ${COLUMNS} from retrain_run r
     join model_version v on v.id = r.model_version_id join model m on m.id = v.model_id
     where r.state = 'awaiting_approval' and r.expires_at <= $1 for update of r skip locked`,
    [new Date(nowMs)],
  );
  const ids = found.rows.map(({ id }) => id);
  await tx.query(
    `update retrain_run set state = 'expired', closed_at = $2, detail = 'nobody approved it in time'
     where id = any($1::uuid[])`,
    [ids, new Date(nowMs)],
  );
  return found.rows;
}

const COLUMNS = `r.id::text as id, r.model_version_id as "modelVersionId", m.name as "modelName", r.state, r.webhook,
  r.request, ${epochMs('r.expires_at')} as "expiresAtMs"`;
