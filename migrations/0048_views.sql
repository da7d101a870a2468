-- Older processes do not mind.
select oldest_writer_becomes(39);

-- What others may read of what was found, by names that stay. Nothing in it is of one row or one person: no samples, ids of
-- predictions, addresses, comments. A migration that changes a column which one of them shows drops that view first, and makes it anew.
-- May be called again at any time.
create function make_views() returns void language plpgsql as $make$
begin
  create schema if not exists shiftwatch_views;

  create or replace view shiftwatch_views.models as
    select m.name as model, v.name as version, m.task, coalesce(m.spec -> 'tags', '{}') as tags, v.state, v.first_seen_at
    from model m join model_version v on v.model_id = m.id;

  create or replace view shiftwatch_views.windows as
    select w.id as window_id, m.name as model, v.name as version, w.start_at as window_start, w.end_at as window_end,
      case when w.size_ms > 0 then w.size_ms end as size_ms, case when w.size_ms < 0 then -w.size_ms end as size_rows,
      w.state, w.late_rows, w.closed_at, w.matured_at, w.closed_revision, w.matured_revision
    from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
    where not w.pane_only;

  create or replace view shiftwatch_views.verdicts as
    select d.id as verdict_id, w.window_id, w.model, w.version, w.window_start, w.window_end, w.size_ms, w.size_rows, d.series, d.segment,
      d.revision, d.verdict, d.types, d.confidence, d.advice, d.summary, d.reason, d.rows, d.created_at,
      d.series = case when w.matured_revision > 0 then 'matured' else 'closed' end as stands
    from shiftwatch_views.windows w join verdict d on d.window_id = w.window_id
      and d.revision = case d.series when 'matured' then w.matured_revision else w.closed_revision end;

  create or replace view shiftwatch_views.measurements as
    select w.window_id, w.model, w.version, w.window_start, w.window_end, w.size_ms, w.size_rows, x.series, x.segment, x.subject, x.name,
      x.kind, x.status, x.drifted, x.faults, x.jensen_shannon as effect, x.psi, x.p_value as p, x.q_value as q,
      x.rows_reference, x.rows_current, x.missing_reference, x.missing_current, x.invalid_reference, x.invalid_current
    from shiftwatch_views.windows w join measurement x on x.window_id = w.window_id;

  create or replace view shiftwatch_views.performance as
    select d.window_id, d.model, d.version, d.window_start, d.window_end, d.size_ms, d.size_rows, d.segment, f.metric, f.source,
      f.value, f.low, f.high, f.reference
    from shiftwatch_views.verdicts d
    join verdict o on o.window_id = d.window_id and o.id = d.verdict_id
    cross join lateral (
      select e.key as metric, 'realised' as source, (e.value ->> 'current')::float8 as value, (e.value -> 'interval' ->> 0)::float8 as low,
        (e.value -> 'interval' ->> 1)::float8 as high, (e.value ->> 'reference')::float8 as reference
      from jsonb_each(case when d.series = 'matured' then coalesce(o.performance -> 'metrics', '{}') else '{}' end) e
      union all
      select e.key, 'holdout', (e.value ->> 'holdout')::float8, (o.performance -> 'metrics' -> e.key -> 'interval' ->> 0)::float8,
        (o.performance -> 'metrics' -> e.key -> 'interval' ->> 1)::float8, (o.performance -> 'metrics' -> e.key ->> 'reference')::float8
      from jsonb_each(case when d.series = 'matured' then coalesce(o.performance -> 'holdout' -> 'metrics', '{}') else '{}' end) e
      union all
      select e.key, 'estimated', (e.value ->> 'value')::float8, (e.value -> 'interval' ->> 0)::float8,
        (e.value -> 'interval' ->> 1)::float8, (e.value ->> 'reference')::float8
      from jsonb_each(case when d.series = 'closed' then coalesce(o.performance -> 'estimated', '{}') else '{}' end) e
      where e.value -> 'valid' = 'true'
    ) f
    where f.value is not null;

  create or replace view shiftwatch_views.incidents as
    select a.id as incident_id, m.name as model, v.name as version, a.cause, a.verdict, a.types, a.segment, a.subjects, a.state,
      a.since_at, a.fired_at, a.resolved_at, a.acknowledged_at is not null as acknowledged, a.merged_into
    from alert a join model_version v on v.id = a.model_version_id join model m on m.id = v.model_id;

  create or replace view shiftwatch_views.deliveries as
    select d.id as delivery_id, d.kind, coalesce(o.payload ->> 'channel', o.payload ->> 'webhook') as endpoint,
      coalesce(o.payload -> 'notification' ->> 'kind', o.kind) as about,
      coalesce(o.payload -> 'notification' ->> 'model', o.payload -> 'request' ->> 'model') as model,
      coalesce(o.payload -> 'notification' ->> 'modelVersion', o.payload -> 'request' ->> 'modelVersion') as version,
      d.state, d.attempts, d.created_at, d.updated_at, d.sent_at, d.replayed_at
    from delivery d join outbox o on o.id = d.outbox_id;
end
$make$;

-- Who may not make a schema here can have it made later: `shiftwatch grant-views` calls this again.
do $$
begin
  perform make_views();
exception when insufficient_privilege then
  raise notice 'the schema shiftwatch_views was not made: this role may not create schemas';
end
$$;
