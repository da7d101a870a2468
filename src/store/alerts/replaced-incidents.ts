import type { AlertKind } from '../../core/alerts/alert.ts';
import type { RetrainOutcome, RetrainOutcomeKind } from '../../core/retrain/retrain.ts';
import type { Queryable } from '../connection/pool.ts';
import { HAS_ROWS } from '../history/measured.ts';

/** An open incident about a shift of a version, and a retraining of that version which was judged by its new one. */
export interface JudgedIncident {
  readonly alertId: string;
  readonly modelName: string;
  readonly modelVersionId: number;
  readonly sizeMs: number;
  /** Shown by any of its views, or told. */
  readonly kinds: readonly AlertKind[];
  readonly runId: string;
  readonly newVersion: string;
  readonly newVersionId: number;
  readonly outcome: RetrainOutcomeKind;
  readonly summary: RetrainOutcome['summary'];
}

/** By incident, the newest outcome first. Few: only open incidents are looked at. */
export async function listJudgedIncidents(db: Queryable, alertId?: string): Promise<JudgedIncident[]> {
  const found = await db.query<JudgedIncident>(
    `select a.id::text as "alertId", m.name as "modelName", a.model_version_id as "modelVersionId", a.size_ms as "sizeMs",
       array(select distinct unnest(a.types || a.told_types) union select unnest(i.types) from alert_view i
         where i.alert_id = a.id and i.state <> 'resolved') as kinds,
       r.id as "runId", n.name as "newVersion", n.id as "newVersionId", r.outcome,
       r.outcome_details ->> 'summary' as summary
     from alert a
     join retrain_run r on r.model_version_id = a.model_version_id
     join model_version v on v.id = a.model_version_id
     join model m on m.id = v.model_id
     join model_version n on n.model_id = v.model_id and n.name = r.new_version and n.id <> v.id
     where a.cause = 'shift' and a.state in ('firing', 'recovering') and a.merged_into is null
       and r.state = 'succeeded' and r.outcome is not null and ($1::bigint is null or a.id = $1)
     order by a.model_version_id, a.id, r.outcome_at desc, r.id`,
    [alertId ?? null],
  );
  return found.rows;
}

/** Of what is told apart by time at all the finest, though nobody watches it: when the last rows came. */
const LAST_ROWS = `(select w.end_at from "window" w
  where w.model_version_id = $1 and ${HAS_ROWS} and w.size_ms = (
    select size_ms from "window" where model_version_id = $1 order by size_ms > 0 desc, abs(size_ms) limit 1)
  order by w.start_at desc limit 1)`;

/** What has come of both versions; see `Successor` of `src/decide`. At most `most` windows of the new one are counted, of `inSizeMs`. */
export async function loadTakenOver(
  db: Queryable,
  {
    modelVersionId,
    newVersionId,
    sizeMs,
  }: Pick<JudgedIncident, 'modelVersionId' | 'newVersionId' | 'sizeMs'>,
  inSizeMs: number,
  most: number,
): Promise<{ readonly windowsAfter: number; readonly isOldOpen: boolean }> {
  const found = await db.query<{ windowsAfter: number; isOldOpen: boolean }>(
    `select exists (
         select 1 from "window" where model_version_id = $1 and size_ms = $3 and state = 'open' and not pane_only
       ) as "isOldOpen",
       (select count(*)::int from (
         select 1 from "window" w
         where w.model_version_id = $2 and w.size_ms = $4 and w.state <> 'open' and not w.pane_only
           and w.start_at >= coalesce(${LAST_ROWS}, '-infinity') and ${HAS_ROWS}
         order by w.start_at desc limit $5
       ) n) as "windowsAfter"`,
    [modelVersionId, newVersionId, sizeMs, inSizeMs, most],
  );
  return found.rows[0] ?? { windowsAfter: 0, isOldOpen: true };
}
