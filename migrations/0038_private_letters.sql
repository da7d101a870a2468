-- Whoever waits behind us waits for a moment at most: who reads dead letters for long is asked again.
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
      lock table dead_letter in access exclusive mode;
      exit;
    exception when lock_not_available then perform pg_sleep(0.1);
    end;
  end loop;
  set local lock_timeout = 0;
end
$$;

-- Of a message in which fields were private: those whose values were hashed before it was put aside. Null: it is as it came.
alter table dead_letter add column hashed text[];
-- Nothing of the message is kept but why it could not be read.
alter table dead_letter add column is_withheld boolean not null default false;

-- Older processes refuse a configuration with `privacy`, and put messages aside as before.
select oldest_writer_becomes(35);
