-- Windows made of smaller ones, and windows of so many rows.

-- A window of a day is fed by its hours when both are configured: rows are counted once, into the hour. `pane_ms`
-- is the size of the windows that feed this one; null: everything is counted into it directly. It never changes.
alter table "window" add column pane_ms bigint;

-- Only there to feed others: closed, but neither evaluated nor shown.
alter table "window" add column pane_only boolean not null default false;

-- A window of at least n rows has size_ms = -n: it ends with the pane that brings the number, so its length varies,
-- and everything that goes by size (series, alerts, cursors) goes by the number of rows instead.
comment on column "window".size_ms is 'length in milliseconds; negative: at least so many rows, in whole panes';

create index window_by_range on "window" (model_version_id, size_ms, start_at, end_at);

-- Every part that adds up to a window: its own, and those of the windows that feed it. A window that was opened with
-- another baseline is counted on another grid and feeds nothing; its rows were counted directly.
create view window_content as
  select p.window_id as whole_id, p.*
  from window_part p
  union all
  select w.id as whole_id, p.*
  from "window" w
  join "window" n on n.model_version_id = w.model_version_id and n.size_ms = w.pane_ms
    and n.start_at >= w.start_at and n.end_at <= w.end_at
    and n.baseline_id is not distinct from w.baseline_id
  join window_part p on p.window_id = n.id;
