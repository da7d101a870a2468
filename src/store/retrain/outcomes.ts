import type { RetrainOutcome } from '../../core/retrain/retrain.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { storableJson } from '../connection/storable-json.ts';

/** A run whose outcome is open, and what was seen at the last look. */
export interface RunToJudge {
  readonly id: string;
  readonly modelId: number;
  readonly closedAtMs: number;
  readonly windowSizeMs: number | null;
  readonly windowStartMs: number | null;
  /** Of the last look; null before the first. */
  readonly seen: SeenLabels | null;
}

/** What had been seen when it was last judged: looks at the same again would say the same. */
export interface SeenLabels {
  /** Changes with every evaluation of labels of either version. */
  readonly fingerprint: string;
  /** Labels of the new version that were last judged by; null while there were none. */
  readonly labelled: number | null;
}

const OPEN = `r.state = 'succeeded' and (r.outcome is null or r.outcome = 'too_early')`;

export async function listRunsToJudge(db: Queryable): Promise<string[]> {
  const found = await db.query<{ id: string }>(
    `select r.id from retrain_run r where ${OPEN} order by r.closed_at, r.id`,
  );
  return found.rows.map(({ id }) => id);
}

/** Locked; null when it is judged, or another process is at it. */
export async function lockRunToJudge(tx: Tx, id: string): Promise<RunToJudge | null> {
  const found = await tx.query<RunToJudge>(
    `select r.id, v.model_id as "modelId", ${epochMs('r.closed_at')} as "closedAtMs", w.size_ms as "windowSizeMs",
       ${epochMs('w.start_at')} as "windowStartMs", r.outcome_details -> 'seen' as seen
     from retrain_run r join model_version v on v.id = r.model_version_id
     left join "window" w on w.id = r.window_id
     where r.id = $1 and ${OPEN} for update of r skip locked`,
    [id],
  );
  return found.rows[0] ?? null;
}

/** The one version of a model that was first seen after a moment; null when there is none, or several. */
export async function onlyVersionSince(
  db: Queryable,
  modelId: number,
  sinceMs: number,
): Promise<string | null> {
  const found = await db.query<{ name: string }>(
    'select name from model_version where model_id = $1 and first_seen_at > $2 limit 2',
    [modelId, new Date(sinceMs)],
  );
  return found.rows.length === 1 ? (found.rows[0]?.name ?? null) : null;
}

export interface JudgedWindows {
  readonly oldId: number;
  readonly newId: number;
  readonly sizeMs: number;
  readonly fromMs: number;
}

/** Whether there is anything new to judge by. `windows`: those that the new version was seen in. */
export async function labelsFingerprint(
  db: Queryable,
  { oldId, newId, sizeMs, fromMs }: JudgedWindows,
): Promise<{ readonly fingerprint: string; readonly windows: number }> {
  const found = await db.query<{ fingerprint: string; windows: number }>(
    `select count(*) || '-' || coalesce(sum(matured_revision), 0) as fingerprint,
       (count(*) filter (where model_version_id = $2))::int as windows
     from "window" where model_version_id in ($1, $2) and size_ms = $3 and not pane_only and start_at >= $4`,
    [oldId, newId, sizeMs, new Date(fromMs)],
  );
  return found.rows[0] ?? { fingerprint: '', windows: 0 };
}

export interface OutcomePart {
  readonly modelVersionId: number;
  readonly startMs: number;
  readonly baselineId: number | null;
  readonly segment: string;
  readonly delta: Uint8Array;
}

/** Labels of both versions' windows that have matured, as stored; of the newest windows at most so many. */
export async function loadOutcomeParts(
  db: Queryable,
  { oldId, newId, sizeMs, fromMs }: JudgedWindows,
  segments: readonly string[],
  windows: number,
): Promise<OutcomePart[]> {
  const found = await db.query<OutcomePart>(
    `select w.model_version_id as "modelVersionId", ${epochMs('w.start_at')} as "startMs",
       w.baseline_id as "baselineId", c.segment, c.delta
     from (
       select * from "window"
       where model_version_id in ($1, $2) and size_ms = $3 and not pane_only and start_at >= $4
         and matured_revision > 0
       order by start_at desc limit $5
     ) w
     join window_content c on c.whole_id = w.id and c.kind = 'label' and c.segment = any($6)`,
    [oldId, newId, sizeMs, new Date(fromMs), windows, segments],
  );
  return found.rows;
}

export async function saveOutcome(
  tx: Tx,
  runId: string,
  outcome: RetrainOutcome,
  newVersion: string | null,
  seen: SeenLabels,
  nowMs: number,
): Promise<void> {
  const { outcome: kind, reason, ...details } = outcome;
  await tx.query(
    `update retrain_run set outcome = $2, outcome_reason = $3, outcome_details = $4, outcome_at = $5,
       new_version = coalesce(new_version, $6) where id = $1`,
    [runId, kind, reason, storableJson({ ...details, seen }), new Date(nowMs), newVersion],
  );
}

/** What is there is too little to look again: it need not be loaded again either. */
export async function keepFingerprint(tx: Tx, runId: string, fingerprint: string): Promise<void> {
  await tx.query(
    `update retrain_run set outcome_details = jsonb_set(outcome_details, '{seen,fingerprint}', to_jsonb($2::text))
     where id = $1`,
    [runId, fingerprint],
  );
}
