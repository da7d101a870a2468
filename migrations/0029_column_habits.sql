-- A process that only knows the migration before may go on: it neither reads nor breaks what is new here.
select oldest_writer_becomes(26);

-- What columns did in windows that nobody accused: how much more often than in the baseline a value came, cells were
-- missing, values were new, and how long one stayed; the most of all such windows. What has happened in peace is no fault.
create table column_habit (
  baseline_id bigint not null references baseline (id) on delete cascade,
  size_ms     bigint not null,
  feature     text not null,
  -- Fewest in such a window.
  rows        bigint not null,
  fill        float8 not null,
  missing     float8 not null,
  novel       float8 not null,
  run         bigint not null,
  windows     bigint not null default 1,
  learned_at  timestamptz not null default now(),
  primary key (baseline_id, size_ms, feature)
);
