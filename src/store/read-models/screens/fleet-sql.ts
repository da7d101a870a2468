/** The one statement of the fleet: how every model stands, which of them are asked for, and their windows over time. */
import { iso } from '../../connection/iso.ts';
import { expectedOf } from '../expected-of.ts';

/** Worst first; what a column of a ribbon shows. */
const BY_GRAVITY = `array['data_fault', 'concept_drift', 'mixed', 'label_shift', 'covariate_shift', 'no_data', 'undetermined', 'none', 'open']`;

/** Of model `m`: what it is judged by first. */
export const SHORTEST_SIZE = `coalesce(
  (select coalesce(min(o."sizeMs") filter (where o.rows is null), -min(o.rows))
   from jsonb_to_recordset(m.spec -> 'windows') as o ("sizeMs" bigint, rows bigint)),
  (select w.size_ms from model_version v join "window" w on w.model_version_id = v.id
   where v.model_id = m.id and not w.pane_only order by w.size_ms < 0, abs(w.size_ms) limit 1))`;

/** The newest revision on window `w`: by labels where they have come, and nothing joined twice. */
const VERDICT_OF = (series: string): string =>
  `d.window_id = w.id and d.segment = '' and d.series = ${series}
   and d.revision = case ${series} when 'matured' then w.matured_revision else w.closed_revision end`;
const NEWEST_SERIES = `case when w.matured_revision > 0 then 'matured' else 'closed' end`;

/** Versions that a model is served by; those of before where there is none now. */
const CURRENT = `(v.state <> 'retired' or v.id = (select max(id) from model_version where model_id = v.model_id))`;

/** Newest of model `s` by a look at the index for each version. */
const newestWindow = (which: string): string => `
  select w.*, v.name as version
  from model_version v
  cross join lateral (
    select w.* from "window" w
    where w.model_version_id = v.id and w.size_ms = s.size and not w.pane_only and ${which}
    order by w.start_at desc limit 1
  ) w
  where v.model_id = s.id and ${CURRENT}
  order by w.end_at desc, v.id desc limit 1`;

const INCIDENT = `json_build_object('id', i.id::text, 'cause', i.cause, 'verdict', i.verdict, 'subjects', i.subjects,
  'state', i.state, 'since', ${iso('i.since_at')}, 'looked_after_by', i.by)`;

/** Firing faults and concept drift before other shifts, before operation, before silence; then the same of what does not fire. */
const INCIDENTS = `
  select v.model_id, a.id, a.cause, a.verdict, a.subjects[1:4] as subjects, a.state, a.since_at, x.by, k.class,
    case when a.state = 'firing' then k.class else 4 + least(k.class, 2) end as rank,
    a.state = 'firing' and x.by is null as needs
  from alert a
  join model_version v on v.id = a.model_version_id
  cross join lateral (select case
    when a.snoozed_until > to_timestamp($1 / 1000.0) then a.snoozed_by
    when a.acknowledged_until is null or a.acknowledged_until > to_timestamp($1 / 1000.0) then a.acknowledged_by
  end as by) x
  cross join lateral (select case
    when a.cause = 'no_data' then 3
    when a.cause = 'operational' then 2
    when a.types && array['data_fault', 'concept_drift'] or a.verdict in ('data_fault', 'concept_drift') then 0
    else 1 end as class) k
  where a.state in ('firing', 'recovering') and a.merged_into is null`;

/** Of what does not fire, after everything that does; never judged is last. */
const VERDICT_RANK = `case when j.said ->> 'expected' is not null then 8 when j.reason = 'no_rows' then 6 else case j.verdict
  when 'data_fault' then 4 when 'concept_drift' then 4 when 'mixed' then 5 when 'label_shift' then 5
  when 'covariate_shift' then 5 when 'undetermined' then 7 when 'none' then 8 else 9 end end`;

const RIBBON = `
  select json_agg(json_build_array(c.start_ms, c.end_ms, (${BY_GRAVITY})[c.gravest]) order by c.start_ms) as spans
  from (
    select (extract(epoch from min(w.start_at)) * 1000)::bigint as start_ms,
      (extract(epoch from max(w.end_at)) * 1000)::bigint as end_ms,
      min(array_position(${BY_GRAVITY}, case when d.reason = 'no_rows' then 'no_data' else coalesce(d.verdict, 'open') end)) as gravest
    from model_version v
    join "window" w on w.model_version_id = v.id and w.size_ms = p.size and not w.pane_only
      and w.start_at < b.to_at and w.end_at > b.from_at
      and w.start_at > case when p.size > 0 then b.from_at - p.size * interval '1 millisecond' else '-infinity' end
    left join verdict d on ${VERDICT_OF(NEWEST_SERIES)}
    where v.model_id = p.id
    group by greatest(0, floor(extract(epoch from w.start_at - b.from_at) * 96 / extract(epoch from b.to_at - b.from_at)))
  ) c`;

/** How far back labels are looked for that are in before their window is judged by them. */
const MOST_UNMATURED = 1_000;

/** By labels, as the performance screen says it: of the newest window that they are in of, whether it has matured or not. */
const REALISED = `
  select case when jsonb_typeof(w.figure -> 'current') = 'number' then json_build_object('value', w.figure -> 'current',
    'interval', w.figure -> 'interval', 'start', ${iso('w.start_at')}, 'end', ${iso('w.end_at')}) end as figure
  from (select p.size) s
  cross join lateral (
    select w.* from model_version v
    cross join lateral (
      select w.start_at, w.end_at, d.performance -> 'metrics' -> p.metric as figure
      from (
        select * from "window" w
        where w.model_version_id = v.id and w.size_ms = s.size and not w.pane_only and w.closed_revision > 0
        order by w.start_at desc limit ${MOST_UNMATURED}
      ) w
      join verdict d on ${VERDICT_OF(NEWEST_SERIES)}
      where w.matured_revision > 0 or jsonb_typeof(d.performance -> 'metrics' -> p.metric -> 'current') = 'number'
      order by w.start_at desc limit 1
    ) w
    where v.model_id = p.id and ${CURRENT}
    order by w.end_at desc, v.id desc limit 1
  ) w`;

const ORDER_KEY = `case $8 when 'verdict' then t.rank when 'incidents' then t.open when 'rows' then t.rows_per_hour
  when 'window' then extract(epoch from t.newest_end) end`;

/**
 * One row. Parameters: now, beginning and end of the period (milliseconds, each with whether it is beside the newest data), the shortest period and
 * its windows, order, whether descending, name searched for, verdict, tag, tag grouped by, limit, offset, value of the tag.
 */
export const FLEET = `
with s as materialized (
  select m.id, m.name, m.task, coalesce(m.spec -> 'tags', '{}') as tags,
    coalesce(m.spec -> 'retrain' -> 'performance' ->> 'metric', case m.task when 'regression' then 'mae' else 'accuracy' end) as metric,
    ${SHORTEST_SIZE} as size
  from model m
), incident as (${INCIDENTS}
), told as (
  select i.model_id, count(*) as open, min(i.rank) as rank, bool_or(i.state = 'firing') as fires, bool_or(i.needs) as needs,
    array_agg(i.verdict) as verdicts, (array_agg(${INCIDENT} order by i.rank, i.since_at, i.id))[1] as worst,
    (array_agg(${INCIDENT} order by i.rank, i.since_at, i.id) filter (where i.needs))[1] as worst_needing
  from incident i group by i.model_id
), t as (
  select s.*, n.id as newest_id, n.start_at as newest_start, n.end_at as newest_end, n.state as newest_state,
    j.verdict, j.reason, coalesce(i.open, 0) as open, i.worst, i.worst_needing, coalesce(i.needs, false) as needs,
    coalesce(i.fires, false) as fires, coalesce(i.verdicts, '{}') as verdicts,
    least(i.rank, ${VERDICT_RANK}) as rank, j.said, j.estimated, j.rows_per_hour,
    case when $13::text is not null then s.tags ->> $13::text end as "group"
  from s
  left join lateral (${newestWindow('true')}) n on true
  left join lateral (
    select d.verdict, d.reason, c.rows * 3600.0 / nullif(extract(epoch from w.end_at - w.start_at), 0) as rows_per_hour,
      c.performance -> 'estimated' -> s.metric as estimated,
      json_build_object('verdict', d.verdict, 'reason', d.reason, 'series', d.series, 'expected', ${expectedOf('d')}, 'window_id', w.id::text,
        'version', w.version, 'start', ${iso('w.start_at')}, 'end', ${iso('w.end_at')}) as said
    from (${newestWindow('w.closed_revision > 0')}) w
    join verdict d on ${VERDICT_OF(NEWEST_SERIES)}
    left join verdict c on c.window_id = w.id and c.segment = '' and c.series = 'closed' and c.revision = w.closed_revision
  ) j on true
  left join told i on i.model_id = s.id
), b as (
  select to_timestamp(e.to_ms / 1000.0) as to_at,
    to_timestamp(coalesce($2::float8 + case when $3::bool then e.latest_ms else 0 end, e.to_ms - e.span_ms) / 1000.0) as from_at
  from (
    select l.*, case when $5::bool then l.latest_ms + $4::float8 else $4::float8 end as to_ms
    from (
      select coalesce(extract(epoch from max(newest_end)) * 1000, $1)::float8 as latest_ms,
        greatest($6::float8, $7::float8 * coalesce(percentile_disc(0.5) within group (
          order by extract(epoch from newest_end - newest_start) * 1000), 0))::float8 as span_ms
      from t
    ) l
  ) e
), fitting as (
  select t.* from t
  where ($10::text is null or position(lower($10::text) in lower(t.name)) > 0)
    and ($11::text is null or $11 = any (t.verdicts)
      or $11 = case when t.reason = 'no_rows' then 'no_data' else t.verdict end)
    and ($12::text is null or t.tags ->> $12::text = $16::text)
), p as (
  select t.*, row_number() over () as place from (
    select t.* from fitting t
    order by t."group" nulls last, case when $8 = 'name' and not $9 then t.name end, case when $8 = 'name' and $9 then t.name end desc,
      case when $9::bool then -(${ORDER_KEY}) else ${ORDER_KEY} end nulls last, t.name
    limit $14 offset $15
  ) t
)
select ${iso('b.from_at')} as "from", ${iso('b.to_at')} as "to", (select count(*) from t) as models,
  (select count(*) from t where needs) as needing, (select count(*) from t where fires and not needs) as looked_after,
  (select json_build_object('model', t.name, 'incident', t.worst_needing) from t where needs
   order by t.rank, t.name limit 1) as worst,
  (select coalesce(json_agg(g order by g.name, g.value), '[]') from (
    select e.key as name, e.value, count(*) as models from t cross join lateral jsonb_each_text(t.tags) e
    group by 1, 2 order by 1, 2 limit 500) g) as tags,
  (select coalesce(json_agg(g order by g.value nulls last), '[]') from (
    select t."group" as value, count(*) as models, count(*) filter (where t.needs) as needing
    from fitting t where $13::text is not null group by 1) g) as groups,
  (select count(*) from fitting) as total,
  (select coalesce(json_agg(json_build_object('model', p.name, 'task', p.task, 'tags', p.tags, 'group', p."group", 'verdict', p.said,
      'open_incidents', p.open, 'worst_incident', p.worst, 'metric', p.metric, 'realised', f.figure, 'estimated', p.estimated,
      'rows_per_hour', p.rows_per_hour, 'newest_window', case when p.newest_id is not null then json_build_object('id', p.newest_id::text,
        'start', ${iso('p.newest_start')}, 'end', ${iso('p.newest_end')}, 'state', p.newest_state) end,
      'ribbon', r.spans) order by p.place), '[]')
   from p left join lateral (${RIBBON}) r on true left join lateral (${REALISED}) f on true) as items
from b`;
