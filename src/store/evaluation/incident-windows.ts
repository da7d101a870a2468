import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Performance } from '../../core/findings.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';
import { sinceLastIncident } from './earlier-counts.ts';
import type { WindowToEvaluate } from './evaluations.ts';

/** A window of an incident, before the one that is judged. */
export interface IncidentWindow {
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly rows: number;
  /** Its data were broken: it says nothing of what the incident is about. */
  readonly isFaulty: boolean;
}

/**
 * Windows before this one of the incident about a shift in all rows that this series shows, the newest first: against the same
 * baseline, and judged. None where there is no incident.
 */
export async function loadJoinableWindows(
  db: Queryable,
  { modelVersionId, sizeMs, startMs, baselineId }: WindowToEvaluate,
  series: EvaluationSeries,
  most: number,
): Promise<IncidentWindow[]> {
  const found = await db.query<IncidentWindow>(
    `select w.id, ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", v.rows,
       'data_fault' = any(v.types) as "isFaulty"
     from "window" w
     cross join lateral (
       select rows, types from verdict v where v.window_id = w.id and v.series = $5 and v.segment = ''
       order by v.revision desc limit 1
     ) v
     where w.model_version_id = $1 and w.size_ms = $2 and not w.pane_only and w.start_at < $3 and w.baseline_id = $4
       and w.start_at >= (
         select min(i.since_at) from alert a join alert_view i on i.alert_id = a.id
         where a.model_version_id = $1 and a.size_ms = $2 and a.segment = '' and a.cause = 'shift'
           and i.series = $5 and i.state <> 'resolved'
       )
     order by w.start_at desc limit $6`,
    [modelVersionId, sizeMs, new Date(startMs), baselineId, series, most],
  );
  return found.rows;
}

/** Another window before the one that is judged, and how well the model did in it. */
export interface EarlierSuccess extends IncidentWindow {
  /** Some figures, and the p-values of the relation between features and label, and of the labels. */
  readonly success: {
    readonly metrics: Performance['metrics'];
    readonly relation: number | null;
    readonly labels: number | null;
  } | null;
}

/**
 * Windows before this one since the last incident that the series showed was over, the newest first: against the same baseline, and judged.
 *
 * @param figures whose names are wanted
 */
export async function loadEarlierSuccess(
  db: Queryable,
  { modelVersionId, sizeMs, startMs, baselineId }: WindowToEvaluate,
  series: EvaluationSeries,
  { figures, most }: { readonly figures: readonly string[]; readonly most: number },
): Promise<EarlierSuccess[]> {
  const found = await db.query<EarlierSuccess>(
    `select w.id, ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", v.rows,
       'data_fault' = any(v.types) as "isFaulty",
       case when v.performance is not null then jsonb_build_object('metrics', coalesce(
         (select jsonb_object_agg(key, value) from jsonb_each(v.performance->'metrics') where key = any($7)), '{}'::jsonb
       ), 'relation', (
         select said->'p_value' from jsonb_array_elements(v.diagnosis->'evidence') said where said->>'statistic' = 'score_test' limit 1
       ), 'labels', (
         select m.p_value from measurement m
         where m.window_id = w.id and m.series = $5 and m.segment = '' and m.subject = 'label'
           and not 'covariate_shift' = any(v.types) limit 1
       )) end as success
     from "window" w
     cross join lateral (
       select rows, types, diagnosis, performance from verdict v where v.window_id = w.id and v.series = $5 and v.segment = ''
       order by v.revision desc limit 1
     ) v
     where w.model_version_id = $1 and w.size_ms = $2 and not w.pane_only and w.start_at < $3 and w.baseline_id = $4
       and w.start_at >= coalesce((${sinceLastIncident(series)}), '-infinity')
     order by w.start_at desc limit $6`,
    [modelVersionId, sizeMs, new Date(startMs), baselineId, series, most, figures],
  );
  return found.rows;
}

/**
 * Columns that windows said by themselves have moved, as `movedIn` names them, window by window. Inputs are judged when a window closes, labels by the series that is asked.
 */
export async function loadMovedIn(
  db: Queryable,
  windowIds: readonly number[],
  series: EvaluationSeries,
): Promise<string[][]> {
  const found = await db.query<{ id: number; names: string[] }>(
    `select i.id, coalesce(array_agg(distinct m.name) filter (where m.drifted), '{}') as names
     from unnest($1::bigint[]) as i (id)
     left join lateral (
       select distinct on (subject, x.name, series) drifted,
         case subject when 'feature' then x.name else '@' || subject end as name
       from measurement x
       where x.window_id = i.id and segment = '' and series in ('closed', $2)
       order by subject, x.name, series, revision desc
     ) m on true
     group by i.id`,
    [windowIds, series],
  );
  return found.rows.map(({ names }) => names);
}
