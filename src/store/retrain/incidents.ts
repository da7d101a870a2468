import type { RetrainIncidentKind, RetrainResolution } from '../rows/words.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';

/** A run that failed, was never taken, or fell silent: until it reports, or a later run of the model succeeds. */
export interface RetrainIncident {
  readonly id: string;
  readonly runId: string;
  readonly kind: RetrainIncidentKind;
  readonly reason: string;
  readonly openedAtMs: number;
}

/** Null: one of this run is open already. */
export async function openRetrainIncident(
  tx: Tx,
  runId: string,
  kind: RetrainIncidentKind,
  reason: string,
  nowMs: number,
): Promise<string | null> {
  const opened = await tx.query<{ id: string }>(
    `insert into retrain_incident (run_id, kind, reason, opened_at) values ($1, $2, $3, $4)
     on conflict (run_id) where resolved_at is null do nothing returning id::text`,
    [runId, kind, storableText(reason), new Date(nowMs)],
  );
  return opened.rows[0]?.id ?? null;
}

/** Ends the open incidents of a run; answers them. */
export async function resolveRunIncidents(
  tx: Tx,
  runId: string,
  kinds: readonly RetrainIncidentKind[],
  nowMs: number,
): Promise<RetrainIncident[]> {
  return await resolve(tx, 'run_id = $3 and kind = any($4)', 'reported', nowMs, [runId, kinds]);
}

/** Ends the open incidents of every earlier run of a model whose newer run has succeeded; answers them. */
export async function resolveEarlierIncidents(
  tx: Tx,
  modelVersionId: number,
  beforeRunId: string,
  nowMs: number,
): Promise<RetrainIncident[]> {
  return await resolve(
    tx,
    `run_id in (
       select r.id from retrain_run r
       join model_version v on v.id = r.model_version_id
       join model_version same on same.model_id = v.model_id
       where same.id = $3 and r.requested_at <= (select requested_at from retrain_run where id = $4) and r.id <> $4
     )`,
    'later_run_succeeded',
    nowMs,
    [modelVersionId, beforeRunId],
  );
}

async function resolve(
  tx: Tx,
  condition: string,
  resolution: RetrainResolution,
  nowMs: number,
  values: readonly unknown[],
): Promise<RetrainIncident[]> {
  const ended = await tx.query<RetrainIncident>(
    `update retrain_incident set resolved_at = $1, resolution = $2 where resolved_at is null and ${condition}
     returning id::text, run_id as "runId", kind, reason, ${epochMs('opened_at')} as "openedAtMs"`,
    [new Date(nowMs), resolution, ...values],
  );
  return ended.rows;
}

/** How many incidents a run has had: later ones are conversations of their own. */
export async function countRunIncidents(db: Queryable, runId: string): Promise<number> {
  const found = await db.query<{ n: number }>(
    'select count(*)::int as n from retrain_incident where run_id = $1',
    [runId],
  );
  return found.rows[0]?.n ?? 0;
}
