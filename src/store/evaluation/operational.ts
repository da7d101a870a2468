import type { WindowToEvaluate } from './evaluations.ts';
import type { Queryable } from '../connection/pool.ts';

/** Among so many times the windows asked for are the healthy ones looked for: the first of a version, not all of it. */
const LOOKED_THROUGH = 5;

/**
 * How predictions were made in the first windows of a version that were healthy: closed, evaluated, of enough rows,
 * without a data fault and within every limit. By segment; a segment with fewer such windows than asked for is not in it.
 * Only windows before this one: which these are does not depend on what is evaluated when, once they are evaluated.
 */
export async function loadHealthyOperations(
  db: Queryable,
  window: Pick<WindowToEvaluate, 'modelVersionId' | 'sizeMs' | 'startMs'>,
  { windows, minRows }: { readonly windows: number; readonly minRows: number },
): Promise<Map<string, Uint8Array[]>> {
  const found = await db.query<{ segment: string; counts: Uint8Array }>(
    `select segment, operational_counts as counts
     from (
       select v.segment, v.operational_counts,
         row_number() over (partition by v.segment order by w.start_at) as place,
         count(*) over (partition by v.segment) as healthy
       from (
         select id, start_at from "window"
         where model_version_id = $1 and size_ms = $2 and start_at < $3 and not pane_only
         order by start_at limit $6
       ) w
       join lateral (
         select distinct on (segment) segment, operational_counts, operational, types, rows
         from verdict where window_id = w.id and series = 'closed' order by segment, revision desc
       ) v on true
       where v.operational_counts is not null and v.rows >= $5 and not 'data_fault' = any(v.types)
         and not jsonb_path_exists(coalesce(v.operational, '{}'), '$.breaches[*] ? (@.kind == "threshold")')
     ) healthy
     where place <= $4 and healthy >= $4
     order by segment, place`,
    [
      window.modelVersionId,
      window.sizeMs,
      new Date(window.startMs),
      windows,
      minRows,
      windows * LOOKED_THROUGH,
    ],
  );
  const bySegment = Map.groupBy(found.rows, ({ segment }) => segment);
  return new Map([...bySegment].map(([segment, rows]) => [segment, rows.map(({ counts }) => counts)]));
}
