-- How many deltas each series' newest verdict has seen. One mark served both series: whichever was evaluated first
-- could leave the other older than its parts, for good.

-- 1, or as many as the parts that it replaced: folding does not change the number of deltas that make up a window.
alter table window_part add column deltas bigint not null default 1;

create or replace view window_content as
  select p.window_id as whole_id, p.*
  from window_part p
  union all
  select w.id as whole_id, p.*
  from "window" w
  join "window" n on n.model_version_id = w.model_version_id and n.size_ms = w.pane_ms
    and n.start_at >= w.start_at and n.end_at <= w.end_at
    and n.baseline_id is not distinct from w.baseline_id
  join window_part p on p.window_id = n.id;

alter table "window"
  -- Null: not evaluated yet. Fewer than the window's parts hold: the verdict is older than they are.
  add column closed_deltas bigint,
  -- Those of the closed evaluation that it followed. Fewer than `closed_deltas`: it is to be made again.
  add column matured_deltas bigint;

-- Windows that were evaluated count as up to date, but for those that are waiting, those whose newest verdict has another
-- number of rows or labels than their parts, and those whose matured verdict came before the closed one: it may have
-- missed what the closed one cleared the mark of. Those are evaluated once more.
with content as (
  select w.id, count(c.id) as deltas,
    coalesce(sum(c.rows) filter (where c.segment = '' and c.kind = 'input'), 0) as rows,
    -- Where rows were held out their labels are what is judged.
    coalesce(
      nullif(sum(c.rows) filter (where c.segment = ':holdout:' and c.kind = 'label'), 0),
      sum(c.rows) filter (where c.segment = '' and c.kind = 'label'), 0) as labelled
  from "window" w left join window_content c on c.whole_id = w.id
  where w.state <> 'open' and not w.pane_only
  group by w.id
), newest as (
  select distinct on (v.window_id, v.series) v.window_id, v.series, v.created_at, v.rows,
    coalesce((v.performance->'labelled'->>'current')::bigint, 0) as labelled
  from verdict v where v.segment = '' order by v.window_id, v.series, v.revision desc
), judged as (
  select c.id, c.deltas,
    w.dirty or w.evaluation_due_at is not null
      or closed.rows <> c.rows or closed.labelled <> c.labelled as closed_behind,
    w.dirty or w.evaluation_due_at is not null
      or matured.rows <> c.rows or matured.labelled <> c.labelled
      or matured.created_at < closed.created_at as matured_behind
  from content c
  join "window" w on w.id = c.id
  left join newest closed on closed.window_id = c.id and closed.series = 'closed'
  left join newest matured on matured.window_id = c.id and matured.series = 'matured'
)
update "window" w set
  closed_deltas = case when w.closed_revision = 0 then null when j.closed_behind then 0 else j.deltas end,
  matured_deltas = case when w.matured_revision = 0 then null when j.closed_behind or j.matured_behind then 0
    else j.deltas end,
  evaluation_due_at = case when j.closed_behind or j.matured_behind then now() end
from judged j where j.id = w.id;

-- Its index goes with it.
alter table "window" drop column dirty;
create index window_evaluation_due on "window" (evaluation_due_at) where evaluation_due_at is not null;
