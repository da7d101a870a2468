import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { RequestIncident } from '../../core/jobs.ts';
import type { TrainingWindow } from '../../core/retrain/training-range.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';

export interface TrainingHistory {
  /** Oldest first. */
  readonly windows: readonly TrainingWindow[];
  /** Labelled rows and rows of the newest window's baseline; null: there is none, or it has no labels. */
  readonly baseline: { readonly rows: number | null; readonly labels: number | null };
  readonly labelsKnown: boolean;
  /** The day of the oldest predictions that are stored; null: none are. */
  readonly keptSinceMs: number | null;
}

/** An hour's windows of a year, and a bound on what one decision reads. */
const MAX_WINDOWS = 10_000;

/**
 * What a model version's windows of one size hold for a training. Labels are those counted when a window was last
 * evaluated; with a hold-out, those of both parts.
 */
export async function loadTrainingHistory(
  db: Queryable,
  modelVersionId: number,
  sizeMs: number,
): Promise<TrainingHistory> {
  const found = await db.query<TrainingWindow>(
    `select ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", coalesce(c.rows, 0) as rows,
       coalesce(m.labels, 0) as labels, coalesce(m.mature, false) as mature, f.faulty
     from "window" w
     left join lateral (
       select v.rows from verdict v
       where v.window_id = w.id and v.series = 'closed' and v.segment = '' order by v.revision desc limit 1
     ) c on true
     left join lateral (
       select coalesce(
           (v.performance->'holdout'->'labelled'->>'holdout')::bigint
             + (v.performance->'holdout'->'labelled'->>'influenced')::bigint,
           (v.performance->'labelled'->>'current')::bigint) as labels,
         (v.performance->>'mature')::boolean or v.performance->'maturity'->>'state' = 'mature' as mature
       from verdict v
       where v.window_id = w.id and v.series = 'matured' and v.segment = '' order by v.revision desc limit 1
     ) m on true
     cross join lateral (
       select coalesce(bool_or('data_fault' = any(newest.types)), false) as faulty from (
         select distinct on (v.segment, v.series) v.types from verdict v
         where v.window_id = w.id order by v.segment, v.series, v.revision desc
       ) newest
     ) f
     where w.model_version_id = $1 and w.size_ms = $2 and not w.pane_only and w.closed_revision > 0
     order by w.start_at desc limit $3`,
    [modelVersionId, sizeMs, MAX_WINDOWS],
  );
  return { windows: found.rows.toReversed(), ...(await loadSurroundings(db, modelVersionId, sizeMs)) };
}

async function loadSurroundings(
  db: Queryable,
  modelVersionId: number,
  sizeMs: number,
): Promise<Omit<TrainingHistory, 'windows'>> {
  const found = await db.query<{
    rows: number | null;
    labels: number | null;
    labelsKnown: boolean;
    keptSinceMs: number | null;
  }>(
    `select
       (select b.rows from baseline b where b.model_version_id = v.id order by b.revision desc limit 1) as rows,
       (select (d.performance->'labelled'->>'reference')::bigint
        from "window" w join verdict d on d.window_id = w.id and d.series = 'matured' and d.segment = ''
        where w.model_version_id = v.id and w.size_ms = $2 order by w.start_at desc, d.revision desc limit 1) as labels,
       exists (select 1 from prediction_label l where l.model_id = v.model_id)
         or exists (select 1 from pending_label l where l.model_id = v.model_id) as "labelsKnown",
       (select ${epochMs(`min(event_day)::timestamp at time zone 'UTC'`)} from prediction_block p
        where p.model_id = v.model_id and p.kind = 0) as "keptSinceMs"
     from model_version v where v.id = $1`,
    [modelVersionId, sizeMs],
  );
  const { rows = null, labels = null, labelsKnown = false, keptSinceMs = null } = found.rows[0] ?? {};
  return { baseline: { rows, labels }, labelsKnown, keptSinceMs };
}

/** The size of windows that hold the most of a version: the smallest that are evaluated. Null: there are none. */
export async function smallestWindowSize(db: Queryable, modelVersionId: number): Promise<number | null> {
  const found = await db.query<{ sizeMs: number | null }>(
    // Windows of so many rows have a negative size, and are as good where there are no others.
    `select size_ms as "sizeMs" from alert_cursor where model_version_id = $1 order by size_ms < 0, abs(size_ms) limit 1`,
    [modelVersionId],
  );
  return found.rows[0]?.sizeMs ?? null;
}

/** A request names no more of an incident's windows. */
const MAX_INCIDENT_WINDOWS = 20;

/** The shifted windows of a series from the beginning of an incident on. */
export async function loadIncidentWindows(
  db: Queryable,
  key: {
    readonly modelVersionId: number;
    readonly sizeMs: number;
    readonly segment: string;
    readonly series: EvaluationSeries;
  },
  fromMs: number,
  untilMs: number,
): Promise<Pick<RequestIncident, 'windowCount' | 'windows'>> {
  const found = await db.query<RequestIncident['windows'][number] & { total: number }>(
    `select w.id::text, ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", v.verdict,
       count(*) over () as total from "window" w
     cross join lateral (
       select v.verdict from verdict v
       where v.window_id = w.id and v.series = $3 and v.segment = $4 order by v.revision desc limit 1
     ) v
     where w.model_version_id = $1 and w.size_ms = $2 and not w.pane_only and w.start_at >= $5 and w.end_at <= $6
       and v.verdict not in ('none', 'undetermined')
     order by w.start_at desc limit $7`,
    [
      key.modelVersionId,
      key.sizeMs,
      key.series,
      key.segment,
      new Date(fromMs),
      new Date(untilMs),
      MAX_INCIDENT_WINDOWS,
    ],
  );
  return {
    windowCount: found.rows[0]?.total ?? 0,
    windows: found.rows.map(({ id, startMs, endMs, verdict }) => ({ id, startMs, endMs, verdict })).reverse(),
  };
}
