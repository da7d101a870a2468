-- What is written of windows is kept in partitions by the window's id, which grows with time whatever time a log says it is:
-- dropped as a whole when it is old, and no more of them than we choose. Both bounds are of window ids, the second is not in.
create table history_partition (
  name    text primary key,
  parent  text not null,
  from_id bigint not null,
  to_id   bigint not null,
  check (to_id > from_id)
);
create unique index history_partition_of on history_partition (parent, from_id);

-- All at once or not at all, writers first: somebody who reads for long would have everybody wait behind us, and a writer that we have stopped
-- must not hold what we wait for.
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
      lock table oldest_writer, window_part, measurement, verdict in access exclusive mode;
      exit;
    exception when lock_not_available then perform pg_sleep(0.1);
    end;
  end loop;
  set local lock_timeout = 0;
end
$$;
-- A process that only knows the migration before may go on: it neither reads nor breaks what is new here.
select oldest_writer_becomes(31);

-- What is there becomes the first partition of each. That nothing of it lies beyond is promised now, proved by the next
-- migration while everybody goes on, and used by the one after it: none of them holds a lock for long.
do $$
declare
  bound bigint;
  part  text;
begin
  if not exists (select from "window") then return; end if;
  select last_value + 1000000 into bound from window_id_seq;
  foreach part in array array['window_part', 'measurement', 'verdict'] loop
    execute format('alter table %I add constraint %I check (window_id < %s) not valid', part, part || '_before', bound);
    insert into history_partition values (part || '_before', part, 0, bound);
  end loop;
end
$$;
