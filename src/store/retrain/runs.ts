import type { RetrainRequest, RetrainTrigger } from '../../core/jobs.ts';
import { fail, ok } from '../../core/result.ts';
import type { AbandonedRun } from '../../core/retrain/abandoned-run.ts';
import { OPEN_RETRAIN_STATES, type PolledRun, type RetrainState } from '../../core/retrain/state.ts';
import type { Result } from '../../core/result.ts';
import type { RetrainStatus } from '../../core/retrain/retrain.ts';
import { appendOutbox, finishOutbox } from '../outbox/outbox.ts';
import { inTransaction } from '../connection/pool.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Pool, Queryable, Tx } from '../connection/pool.ts';
import { openRetrainIncident } from './incidents.ts';
import { storableJson, storableText } from '../connection/storable-json.ts';

export interface RetrainRun {
  readonly id: string;
  readonly modelVersionId: number;
  readonly state: RetrainState;
  readonly trigger: RetrainTrigger;
  readonly reason: string;
  readonly webhook: string;
  readonly requestedAtMs: number;
  readonly closedAtMs: number | null;
}

/** How a run begins: sent at once, kept for a person until then, or kept for the record alone. */
export type RunBegin =
  | { readonly state: 'requested' }
  | { readonly state: 'awaiting_approval'; readonly expiresAtMs: number }
  | { readonly state: 'dry_run' };

/**
 * Opens a run, unless one of the same model version is open: then that is the answer, with its id. Any number of
 * evaluators may ask at once; the partial unique index lets one through.
 */
export async function createRetrainRun(
  db: Queryable,
  modelVersionId: number,
  webhook: string,
  request: RetrainRequest,
  begin: RunBegin = { state: 'requested' },
): Promise<Result<{ readonly id: string }, { readonly reason: 'open_run'; readonly id: string | null }>> {
  const created = await db.query(
    // A dry run is over as soon as it is recorded.
    `insert into retrain_run (id, model_version_id, state, trigger, reason, webhook, window_id, request, requested_at,
       requested_by, expires_at, closed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, case when $3 = 'dry_run' then $9::timestamptz end)
     on conflict do nothing`,
    [
      request.runId,
      modelVersionId,
      begin.state,
      request.trigger,
      request.reason,
      webhook,
      request.window?.id ?? null,
      storableJson(request),
      new Date(request.requestedAtMs),
      request.requestedBy ?? null,
      begin.state === 'awaiting_approval' ? new Date(begin.expiresAtMs) : null,
    ],
  );
  if (created.rowCount === 1) return ok({ id: request.runId });
  const open = await openRetrainRun(db, modelVersionId);
  // Null when it closed in the meantime: the next window asks again.
  return fail({ reason: 'open_run', id: open?.id ?? null });
}

export async function openRetrainRun(db: Queryable, modelVersionId: number): Promise<RetrainRun | null> {
  const states = OPEN_RETRAIN_STATES.map((state) => `'${state}'`).join(', ');
  return await findRun(db, `model_version_id = $1 and state in (${states})`, modelVersionId);
}

export async function loadRetrainRun(db: Queryable, id: string): Promise<RetrainRun | null> {
  return await findRun(db, 'id = $1', id);
}

/** The pipeline has taken the request. A status callback may have been faster: then nothing changes. */
export async function markRetrainSent(
  db: Queryable,
  id: string,
  externalId: string | null,
  nowMs: number,
): Promise<void> {
  await db.query(
    `update retrain_run set sent_at = coalesce(sent_at, $2), external_id = coalesce(external_id, $3),
       state = case when state = 'requested' then 'sent' else state end
     where id = $1`,
    [id, new Date(nowMs), externalId],
  );
}

/** The request could not be delivered: `failed` after all attempts, `dead` when the endpoint is gone for good. */
export async function closeUndelivered(
  db: Queryable,
  id: string,
  state: Extract<RetrainState, 'failed' | 'dead'>,
  detail: string,
  nowMs: number,
): Promise<boolean> {
  const closed = await db.query(
    `update retrain_run set state = $2, detail = $3, closed_at = $4 where id = $1 and state = 'requested'`,
    [id, state, storableText(detail), new Date(nowMs)],
  );
  return closed.rowCount === 1;
}

/** A run as those need it who take reports of it and judge it. */
export interface FullRun extends RetrainRun {
  readonly modelName: string;
  readonly versionName: string;
  readonly newVersion: string | null;
  readonly detail: string | null;
  readonly request: RetrainRequest;
}

/** Locked until the transaction ends. */
export async function lockRetrainRun(tx: Tx, id: string): Promise<FullRun | null> {
  return await findFullRun(tx, id, 'for update of r');
}

export async function loadFullRun(db: Queryable, id: string): Promise<FullRun | null> {
  return await findFullRun(db, id, '');
}

async function findFullRun(db: Queryable, id: string, lock: '' | 'for update of r'): Promise<FullRun | null> {
  const found = await db.query<FullRun>(
    `select ${RUN_COLUMNS}, m.name as "modelName", v.name as "versionName", r.new_version as "newVersion", r.detail,
       r.request
     from retrain_run r join model_version v on v.id = r.model_version_id join model m on m.id = v.model_id
     where r.id = $1 ${lock}`,
    [id],
  );
  return found.rows[0] ?? null;
}

/**
 * What the training pipeline says of its run. Repeating it changes nothing. Success is believed even of a run that was
 * given up here, because only the pipeline knows, and so is any report of one that was closed for its silence, unless
 * another run has begun; anything else said of a closed run is refused.
 */
export async function recordRetrainStatus(
  db: Queryable,
  id: string,
  status: RetrainStatus,
  nowMs: number,
): Promise<Result<'recorded' | 'repeated', 'unknown_run' | 'already_closed'>> {
  const changed = await db.query(
    `update retrain_run r set state = $2, silent_at = null, heard_at = $7,
       external_id = coalesce($3, external_id), new_version = coalesce($4, new_version),
       detail = coalesce($5, case when silent_at is null then detail end), metrics = coalesce($6, metrics),
       closed_at = case when $2 = 'running' then null else $7::timestamptz end
     where id = $1 and (state in ('requested', 'sent') or (state = 'running' and $2 <> 'running')
       or (state in ('failed', 'dead') and $2 = 'succeeded')
       or (silent_at is not null and $2 = 'failed')
       or (silent_at is not null and not exists (
         select 1 from retrain_run o where o.model_version_id = r.model_version_id
           and o.state in ('awaiting_approval', 'requested', 'sent', 'running'))))`,
    [
      id,
      status.status,
      status.externalId === null ? null : storableText(status.externalId),
      status.newVersion === null ? null : storableText(status.newVersion),
      status.detail === null ? null : storableText(status.detail),
      status.metrics === null ? null : storableJson(status.metrics),
      new Date(nowMs),
    ],
  );
  if (changed.rowCount === 1) return ok('recorded');
  const run = await loadRetrainRun(db, id);
  if (run === null) return fail('unknown_run');
  return run.state === status.status ? ok('repeated') : fail('already_closed');
}

/** Open runs that some pipeline has taken, of these webhooks, whom nobody asks after yet. */
export async function listUnpolledRuns(
  db: Queryable,
  webhooks: readonly string[],
): Promise<{ readonly id: string; readonly webhook: string }[]> {
  const found = await db.query<{ id: string; webhook: string }>(
    `select id, webhook from retrain_run r
     where state in ('sent', 'running') and webhook = any($1)
       and not exists (select 1 from outbox where key = 'retrain_poll:' || r.id::text)`,
    [webhooks],
  );
  return found.rows;
}

export async function loadPolledRun(db: Queryable, id: string): Promise<PolledRun | null> {
  const found = await db.query<PolledRun>(
    `select state, external_id as "externalId", ${epochMs('requested_at')} as "requestedAtMs"
     from retrain_run where id = $1`,
    [id],
  );
  return found.rows[0] ?? null;
}

/** The run was heard of: its silence is counted from here. */
export async function markHeard(tx: Tx, id: string, nowMs: number): Promise<void> {
  await tx.query('update retrain_run set heard_at = greatest(heard_at, $2) where id = $1', [
    id,
    new Date(nowMs),
  ]);
}

export interface QuietRun {
  readonly id: string;
  readonly modelName: string;
  /** The newest report or answer, else when the request was taken. */
  readonly lastSignAtMs: number;
}

/** Runs that a pipeline has taken and not closed, and when each was last heard of. */
export async function listQuietRuns(db: Queryable, quietSinceMs: number): Promise<QuietRun[]> {
  const found = await db.query<QuietRun>(
    `select r.id, m.name as "modelName",
       ${epochMs('coalesce(r.heard_at, r.sent_at, r.requested_at)')} as "lastSignAtMs"
     from retrain_run r join model_version v on v.id = r.model_version_id join model m on m.id = v.model_id
     where r.state in ('sent', 'running') and coalesce(r.heard_at, r.sent_at, r.requested_at) < $1`,
    [new Date(quietSinceMs)],
  );
  return found.rows;
}

/**
 * Closes a run that has not been heard of since. Many pipelines never report back, and an open run would keep every
 * later request away. False when it was heard of in the meantime.
 */
export async function closeSilentRun(
  tx: Tx,
  id: string,
  lastSignAtMs: number,
  detail: string,
  nowMs: number,
): Promise<boolean> {
  const closed = await tx.query(
    `update retrain_run set state = 'failed', closed_at = $3, silent_at = $3, detail = $4
     where id = $1 and state in ('sent', 'running') and coalesce(heard_at, sent_at, requested_at) <= $2`,
    [id, new Date(lastSignAtMs), new Date(nowMs), storableText(detail)],
  );
  return closed.rowCount === 1;
}

/** The runs as those who carry out requests see them. */
export function retrainRuns(pool: Pool) {
  return {
    markSent: (id: string, externalId: string | null, nowMs: number) =>
      markRetrainSent(pool, id, externalId, nowMs),
    abandon: (run: AbandonedRun) =>
      inTransaction(pool, async (tx) => {
        const closed = await closeUndelivered(tx, run.runId, run.state, run.detail, run.nowMs);
        // A run that reported in the meantime has been reached after all: nothing to tell.
        if (closed) {
          await openRetrainIncident(tx, run.runId, 'undeliverable', run.detail, run.nowMs);
          for (const { key, message } of run.notices) await appendOutbox(tx, message, key);
        }
        await finishOutbox(tx, run.outboxId, run.state, run.nowMs);
      }),
  };
}

/** A `RetrainRun` of run `r`. */
const RUN_COLUMNS = `r.id, r.model_version_id as "modelVersionId", r.state, r.trigger, r.reason, r.webhook,
  ${epochMs('r.requested_at')} as "requestedAtMs", ${epochMs('r.closed_at')} as "closedAtMs"`;

async function findRun(db: Queryable, condition: string, value: string | number): Promise<RetrainRun | null> {
  const found = await db.query<RetrainRun>(`select ${RUN_COLUMNS} from retrain_run r where ${condition}`, [
    value,
  ]);
  return found.rows[0] ?? null;
}
