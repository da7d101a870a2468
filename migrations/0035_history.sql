-- All at once or not at all: somebody who reads for long would have everybody wait behind us.
do $$
declare
  tries integer := 0;
  -- Autovacuum gives way to who has waited for `deadlock_timeout`, and only then. Who may not change it waits for its second now and then.
  longer text := '500ms';
begin
  begin
    set local deadlock_timeout = '200ms';
  exception when insufficient_privilege then longer := '1100ms';
  end;
  loop
    begin
      tries := tries + 1;
      perform set_config('lock_timeout', case when tries % 20 = 0 then longer else '500ms' end, true);
      lock table oldest_writer, "window", window_part, measurement, verdict in access exclusive mode;
      exit;
    exception when lock_not_available then perform pg_sleep(0.1);
    end;
  end loop;
  set local lock_timeout = 0;
end
$$;
-- A process that knows less would write comparisons where they are no longer read: it stops.
select oldest_writer_becomes(35);

-- Columns of a measurement that were looked up in its comparison. Of windows from before they are null, and `details` says it.
alter table measurement
  alter column details drop not null,
  -- Counts by cell, of all rows of a window when it closed: what windows after it are looked at together with.
  add column cells jsonb,
  add column psi_threshold double precision,
  add column overdispersion double precision,
  -- Of this window and those before it together, where they were looked at.
  add column pooled_windows integer,
  add column pooled_last_window double precision,
  add column pooled_p_value double precision,
  add column pooled_drifted boolean;
comment on column measurement.details is 'of windows from before 0035; then in comparison';

-- Dropped partition by partition, so nothing refers to a window by a key of the database's.
alter table measurement drop constraint measurement_window_id_fkey;
alter table verdict drop constraint verdict_window_id_fkey, drop constraint verdict_baseline_id_fkey;
alter table window_part drop constraint window_part_window_id_fkey;
drop view window_content;

do $$
declare
  part     text;
  counted  text;
  said     record;
  is_empty boolean := not exists (select from history_partition);
  first_id bigint := coalesce((select max(to_id) from history_partition), 1);
begin
  -- Identities of partitions are for newer servers only.
  foreach counted in array array['window_part', 'verdict'] loop
    execute format('create sequence %I', counted || '_seq');
    execute format('select setval(%L, last_value, is_called) from %I', counted || '_seq', counted || '_id_seq');
    execute format('alter table %I alter column id drop identity', counted);
    execute format('alter table %I alter column id set default nextval(%L)', counted, counted || '_seq');
  end loop;
  foreach part in array array['window_part', 'measurement', 'verdict'] loop
    execute format('alter table %I rename to %I', part, part || '_before');
    execute format('create table %I (like %I including defaults including storage including comments)
      partition by range (window_id)', part, part || '_before');
    for said in
      select conname, pg_get_constraintdef(oid) as rule from pg_constraint
      where conrelid = (part || '_before')::regclass and contype = 'c' and conname <> part || '_before'
    loop
      execute format('alter table %I add constraint %I %s', part, said.conname, said.rule);
    end loop;
  end loop;
  alter table window_part add constraint window_part_once unique (window_id, segment, kind, source, partition, from_offset);
  alter table measurement add constraint measurement_once primary key (window_id, series, segment, subject, name);
  alter table verdict add constraint verdict_once unique (window_id, series, segment, revision);
  foreach part in array array['window_part', 'measurement', 'verdict'] loop
    if is_empty then
      execute format('drop table %I', part || '_before');
    else
      execute format('alter table %I attach partition %I for values from (minvalue) to (%s)', part, part || '_before', first_id);
      execute format('alter table %I drop constraint %I', part || '_before', part || '_before');
    end if;
  end loop;
  -- From here on windows are counted where the new partitions begin.
  if not is_empty then perform setval('window_id_seq', first_id, false); end if;
end
$$;

-- The comparisons of a window, of all its columns: a JSON array of what `compare --json` prints of each with its subject, by Zstandard.
create table comparison (
  window_id bigint not null,
  series    text not null check (series in ('closed', 'matured')),
  segment   text not null,
  -- Labels come bit by bit, and what they change is written again without the rest.
  about     text not null check (about in ('inputs', 'label')),
  revision  integer not null,
  columns   bytea not null,
  constraint comparison_once primary key (window_id, series, segment, about)
) partition by range (window_id);
alter table comparison alter column columns set storage external;

-- What is written before somebody has made its partition. It is taken there when that is made.
create table window_part_rest partition of window_part default;
create table measurement_rest partition of measurement default;
create table comparison_rest partition of comparison default;
create table verdict_rest partition of verdict default;
create index on verdict_rest (id);

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

-- When its counts were dropped, and how many rows they were of. Null: they are there.
alter table "window" add column emptied_at timestamptz, add column emptied_rows bigint;
