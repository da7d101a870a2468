-- What exactly-once needs beside positions: logs that lose records or begin anew, a count of what was read that does
-- not come from where events ended, and keys against repeated ids that do not grow for ever.

-- A topic that was deleted and created again counts its offsets from 0: its position begins a new epoch. Swaps
-- compare the epoch too, so a process that still holds the old log cannot take a smaller offset for its own.
alter table source_position add column epoch integer not null default 0;
-- The last record stored and a hash of it. Read once more when reading goes on: is it still the same log?
alter table source_position add column last_offset bigint;
alter table source_position add column last_hash bigint;

-- Stretches of a log that can never be read, written in the transaction that steps over them.
create table log_incident (
  id          bigint generated always as identity primary key,
  source      text not null,
  partition   integer not null,
  kind        text not null check (kind in ('records_lost', 'log_recreated')),
  -- Of the position: the first offset not read.
  from_offset bigint not null,
  -- Where reading went on; below from_offset in a log that began anew.
  to_offset   bigint not null,
  -- Offsets stepped over, as far as they are known. Compacted and control records count among them.
  records     bigint not null,
  epoch       integer not null,
  found_at    timestamptz not null default now()
);
create index log_incident_newest on log_incident (found_at desc, id desc);

-- How many events were read, by what they were taken for. `event_count` says where they ended; the two agree, or
-- something was lost on the way.
create table event_read (
  source     text not null,
  partition  integer not null,
  event_type text not null,
  count      bigint not null,
  primary key (source, partition, event_type)
);
insert into event_read (source, partition, event_type, count)
select source, partition, event_type, sum(count) from event_count
where outcome not in ('joined', 'superseded', 'expired')
group by source, partition, event_type;

-- Ids claimed, split by event time into generations of 30 days (counted from 1970) and dropped generation by
-- generation, when nothing was claimed in one for as long as ids are remembered. Few and wide, because finding an id
-- without its time looks into each of them.
alter table prediction_key rename to prediction_key_first;
alter table prediction_key_first rename constraint prediction_key_pkey to prediction_key_first_pkey;
create table prediction_key (
  model_id   integer not null,
  kind       smallint not null,            -- 0 prediction, 1 features logged apart
  id_hash    bigint not null,
  generation integer not null,
  event_at   timestamptz not null,
  primary key (model_id, kind, id_hash, generation)
) partition by list (generation);

create table prediction_key_generation (
  generation   integer primary key,
  last_used_at timestamptz not null default now()
);

do $$
declare
  g integer;
begin
  for g in select distinct floor(extract(epoch from event_at) / (30 * 86400))::integer from prediction_key_first
  loop
    execute format('create table %I partition of prediction_key for values in (%s)',
      'prediction_key_g' || replace(g::text, '-', 'm'), g);
    insert into prediction_key_generation (generation) values (g);
  end loop;
end
$$;
insert into prediction_key (model_id, kind, id_hash, generation, event_at)
select model_id, kind, id_hash, floor(extract(epoch from event_at) / (30 * 86400))::integer, event_at
from prediction_key_first;
drop table prediction_key_first;
