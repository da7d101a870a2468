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
    loop
      begin
        set local lock_timeout = '500ms';
        execute format('alter table %I add constraint %I check (window_id < %s) not valid', part, part || '_before', bound);
        exit;
      exception when lock_not_available then perform pg_sleep(0.1);
      end;
    end loop;
    insert into history_partition values (part || '_before', part, 0, bound);
  end loop;
  set local lock_timeout = 0;
end
$$;

-- A process that only knows the migration before may go on: it neither reads nor breaks what is new here. Said last: whoever writes waits from here on.
select oldest_writer_becomes(31);
