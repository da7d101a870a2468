select take_tables('oldest_writer', 'alert');
-- A process that knows less would open again what somebody has closed, and tell of what was expected: it stops.
select oldest_writer_becomes(40);

-- Somebody has closed the incident. Windows that end up to `closed_until` do not open it again: what they show was known.
alter table alert
  add column closed_by      text,
  add column closed_comment text,
  add column closed_until   timestamptz,
  -- The incident before it, which somebody had closed, and which this one shows again.
  add column follows        bigint;

-- Somebody says that a change was expected. What shows the same from `from_at` on is explained by it.
create table annotation (
  id         bigint generated always as identity primary key,
  model_id   integer not null references model (id),
  -- The incident that it was said of. It may be kept no longer.
  alert_id   bigint not null,
  cause      text not null check (cause in ('shift', 'no_data', 'operational')),
  -- The empty text: of all rows, and so of each segment.
  segment    text not null,
  -- Kinds, what moved and which way, and faults.
  change     jsonb not null,
  from_at    timestamptz not null,
  -- Null: until it is removed.
  until_at   timestamptz,
  author     text not null,
  comment    text not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  removed_by text
);
create index annotation_by_model on annotation (model_id, id);

-- Windows whose verdict an annotation explains, by series and segment.
create table expected_verdict (
  window_id     bigint not null,
  series        text not null check (series in ('closed', 'matured')),
  segment       text not null,
  annotation_id bigint not null,
  constraint expected_once primary key (window_id, series, segment)
);
