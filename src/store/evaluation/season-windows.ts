import type { SeasonKind } from '../../core/findings.ts';
import { SEASON_WEEKS, SEASON_YEARS } from '../../core/model.ts';
import type { WindowToEvaluate } from './evaluations.ts';
import type { Queryable } from '../connection/pool.ts';
import type { StoredPart } from '../windows/window-parts.ts';

/** All parts of a season together; newer windows come first. */
const MOST_BYTES = 64 * 2 ** 20;

/** Moments between which windows of the same season begin, one row a past season: season_from, season_to. */
const RANGES: Record<SeasonKind, string> = {
  // The window nearest to the same local time, whatever daylight saving did in between.
  hour_of_week: `
    select t - size / 2 as season_from, t + size / 2 as season_to
    from (select ((start_at at time zone tz) - k * interval '7 days') at time zone tz as t, size
          from this, generate_series(1, ${SEASON_WEEKS}) k) targets`,
  day_of_week: `
    select (day - k * interval '7 days') at time zone tz as season_from,
      (day - k * interval '7 days' + interval '1 day') at time zone tz as season_to
    from (select date_trunc('day', start_at at time zone tz) as day, tz from this) days, generate_series(1, ${SEASON_WEEKS}) k`,
  // A week around the same date, so that it holds every day of the week once.
  previous_year: `
    select t - interval '84 hours' as season_from, t + interval '84 hours' as season_to
    from (select ((start_at at time zone tz) - k * interval '1 year') at time zone tz as t
          from this, generate_series(1, ${SEASON_YEARS}) k) targets`,
};

export interface SeasonParts {
  readonly parts: readonly (StoredPart & { readonly windowId: number })[];
}

/**
 * The inputs of closed windows of the same season in the past: same version, size and baseline, evaluated, and neither
 * with a fault nor different from their own season then, so that a lasting change does not become the season unnoticed.
 * Windows shorter than a day are of the same time of day also where the season is a week of last year.
 */
export async function loadSeason(
  db: Queryable,
  window: WindowToEvaluate,
  { by, timeZone }: { readonly by: SeasonKind; readonly timeZone: string },
): Promise<SeasonParts> {
  const found = await db.query<StoredPart & { windowId: number }>(
    `with this as (
       select $1::timestamptz as start_at, $2::text as tz, $3::bigint * interval '1 millisecond' as size
     ),
     ranges as (${RANGES[by]}),
     season as (
       select distinct w.id, w.start_at
       from ranges r
       join "window" w on w.model_version_id = $4 and w.size_ms = $3
         and w.start_at >= r.season_from and w.start_at < r.season_to and w.start_at < $1
       where w.baseline_id = $5 and w.state <> 'open' and w.closed_revision > 0 and not w.pane_only
         and ($6::boolean or (w.start_at at time zone $2)::time = ($1::timestamptz at time zone $2)::time)
         and not exists (
           select 1 from (
             select diagnosis, types from verdict v
             where v.window_id = w.id and v.series = 'closed' and v.segment = '' order by v.revision desc limit 1
           ) last
           where 'data_fault' = any(last.types)
             or last.diagnosis->'seasonal'->>'reason' = 'differs_from_season')
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
      timeZone,
      window.sizeMs,
      window.modelVersionId,
      window.baselineId,
      by !== 'previous_year' || window.sizeMs >= 86_400_000,
      MOST_BYTES,
    ],
  );
  return { parts: found.rows };
}
