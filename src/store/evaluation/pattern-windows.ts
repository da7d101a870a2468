import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { FeatureComparison, Performance } from '../../core/findings.ts';
import {
  type MeasuredColumn,
  loadComparisons,
  seriesOf,
  type MeasuredSubject,
} from '../history/comparisons.ts';
import { CELLS } from '../history/measured.ts';
import type { WindowToEvaluate } from './evaluations.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';

type Column = Pick<
  FeatureComparison,
  'name' | 'status' | 'rows' | 'missing' | 'invalid' | 'metrics' | 'counts'
>;

interface PastColumn {
  readonly subject: MeasuredSubject;
  readonly column: Column;
}

export interface PastWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly columns: readonly PastColumn[];
  readonly performance: Performance | null;
}

/**
 * What was measured of some columns in the windows of a series before this one, oldest first: same version, size and
 * baseline, because figures against another baseline have other cells. Segments have theirs as long as their comparisons are kept.
 */
export async function loadPastWindows(
  db: Queryable,
  window: WindowToEvaluate,
  series: EvaluationSeries,
  segment: string,
  columns: readonly { readonly subject: MeasuredSubject; readonly name: string }[],
  limit: number,
): Promise<PastWindow[]> {
  const found = await db.query<PastWindow & { readonly id: string }>(
    `select w.id::text as id, ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs", v.performance,
       coalesce(m.columns, '[]') as columns
     from "window" w
     cross join lateral (
       select performance from verdict v
       where v.window_id = w.id and v.series = $5 and v.segment = $6 order by v.revision desc limit 1
     ) v
     left join lateral (
       select jsonb_agg(jsonb_build_object('subject', m.subject, 'column', jsonb_strip_nulls(jsonb_build_object(
         'name', m.name, 'status', m.status,
         'rows', jsonb_build_object('reference', m.rows_reference, 'current', m.rows_current),
         'missing', jsonb_build_object('reference', m.missing_reference, 'current', m.missing_current),
         'invalid', jsonb_build_object('reference', m.invalid_reference, 'current', m.invalid_current),
         'counts', ${CELLS})) || jsonb_build_object('metrics', jsonb_build_object('psi', m.psi)))) as columns
       from unnest($7::text[], $8::text[], $9::text[]) as k (subject, name, series)
       join measurement m on m.window_id = w.id and m.series = k.series and m.segment = $6
         and m.subject = k.subject and m.name = k.name
     ) m on true
     where w.model_version_id = $1 and w.size_ms = $2 and w.start_at < $3 and not w.pane_only
       and w.baseline_id is not distinct from $4
     order by w.start_at desc limit $10`,
    [
      window.modelVersionId,
      window.sizeMs,
      new Date(window.startMs),
      window.baselineId,
      series,
      segment,
      columns.map(({ subject }) => subject),
      columns.map(({ name }) => name),
      columns.map(({ subject }) => seriesOf(subject, series)),
      limit,
    ],
  );
  const past = found.rows.reverse();
  if (segment === '') return past;
  const keys = past.map(({ id }) => ({ windowId: id, series: 'closed' as const, segment }));
  const compared = await loadComparisons(db, keys);
  return past.map((each, n) => ({ ...each, columns: withCells(each.columns, compared[n] ?? []) }));
}

function withCells(columns: readonly PastColumn[], compared: readonly MeasuredColumn[]): PastColumn[] {
  return columns.map(({ subject, column }) => {
    const counts = compared.find(([of, { name }]) => of === subject && name === column.name)?.[1].counts;
    return { subject, column: counts === undefined ? column : { ...column, counts } };
  });
}
