import type { WindowToEvaluate } from './evaluations.ts';
import type { Queryable } from '../connection/pool.ts';
import type { StoredPart } from '../windows/window-parts.ts';

/** All parts of a season together; newer windows come first. */
const MOST_BYTES = 64 * 2 ** 20;

export interface SeasonParts {
  readonly parts: readonly (StoredPart & { readonly windowId: number })[];
}

/**
 * The inputs of closed windows that began in these ranges, before this one: same version, size and baseline, evaluated,
 * and neither with a fault nor different from their own season then, so that a lasting change does not become the season
 * unnoticed.
 */
export async function loadSeason(
  db: Queryable,
  window: WindowToEvaluate,
  ranges: readonly { readonly fromMs: number; readonly toMs: number }[],
): Promise<SeasonParts> {
  const found = await db.query<StoredPart & { windowId: number }>(
    `with season as (
       select distinct w.id, w.start_at
       from unnest($5::timestamptz[], $6::timestamptz[]) as r (season_from, season_to)
       join "window" w on w.model_version_id = $2 and w.size_ms = $3
         and w.start_at >= r.season_from and w.start_at < r.season_to and w.start_at < $1
       where w.baseline_id = $4 and w.state <> 'open' and w.closed_revision > 0 and not w.pane_only
         and not exists (
           select 1 from (
             select diagnosis, types from verdict v
             where v.window_id = w.id and v.series = 'closed' and v.segment = '' order by v.revision desc limit 1
           ) last
           where 'data_fault' = any(last.types)
             or last.diagnosis->'seasonal'->>'reason' = 'differs_from_season'
             or last.diagnosis->'known_event'->>'expected' = 'true')
     ),
     bounded as (
       select s.id, sum(c.bytes) over (order by s.start_at desc) as bytes_so_far
       from season s
       cross join lateral (
         select coalesce(sum(octet_length(p.delta)), 0) as bytes from window_content p
         where p.whole_id = s.id and p.kind = 'input'
       ) c
     )
     select c.whole_id as "windowId", c.id, c.segment, c.kind, c.rows, c.delta
     from bounded b join window_content c on c.whole_id = b.id
     where b.bytes_so_far <= $7 and c.kind = 'input'
     order by c.id`,
    [
      new Date(window.startMs),
      window.modelVersionId,
      window.sizeMs,
      window.baselineId,
      ranges.map(({ fromMs }) => new Date(fromMs)),
      ranges.map(({ toMs }) => new Date(toMs)),
      MOST_BYTES,
    ],
  );
  return { parts: found.rows };
}
