import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { FeatureComparison, Performance } from '../../core/findings.ts';
import type { WindowToEvaluate } from './evaluations.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';

type Column = Pick<
  FeatureComparison,
  'name' | 'status' | 'rows' | 'missing' | 'invalid' | 'metrics' | 'counts'
>;

export interface PastWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly columns: readonly { readonly subject: string; readonly column: Column }[];
  readonly performance: Performance | null;
}

/**
 * What was measured of some columns in the windows of a series before this one, oldest first: same version, size and
 * baseline, because figures against another baseline have other cells.
 */
export async function loadPastWindows(
  db: Queryable,
  window: WindowToEvaluate,
  series: EvaluationSeries,
  segment: string,
  columns: readonly { readonly subject: string; readonly name: string }[],
  limit: number,
): Promise<PastWindow[]> {
  const found = await db.query<PastWindow>(
    `select ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", v.performance,
       coalesce(m.columns, '[]') as columns
     from "window" w
     cross join lateral (
       select performance from verdict v
       where v.window_id = w.id and v.series = $5 and v.segment = $6 order by v.revision desc limit 1
     ) v
     left join lateral (
       select jsonb_agg(jsonb_build_object('subject', m.subject, 'column', jsonb_build_object(
         'name', m.name, 'status', m.status, 'rows', m.details->'rows', 'missing', m.details->'missing',
         'invalid', m.details->'invalid', 'metrics', jsonb_build_object('psi', m.psi),
         'counts', m.details->'counts'))) as columns
       from unnest($7::text[], $8::text[]) as k (subject, name)
       join measurement m on m.window_id = w.id and m.series = $5 and m.segment = $6
         and m.subject = k.subject and m.name = k.name
     ) m on true
     where w.model_version_id = $1 and w.size_ms = $2 and w.start_at < $3 and not w.pane_only
       and w.baseline_id is not distinct from $4
     order by w.start_at desc limit $9`,
    [
      window.modelVersionId,
      window.sizeMs,
      new Date(window.startMs),
      window.baselineId,
      series,
      segment,
      columns.map(({ subject }) => subject),
      columns.map(({ name }) => name),
      limit,
    ],
  );
  return found.rows.reverse();
}
