-- A process that knows less would count a forgotten feature again, and could not read what is left of a baseline that had it: it stops.
do $$
declare
  tries integer := 0;
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
      lock table oldest_writer in access exclusive mode;
      exit;
    exception when lock_not_available then perform pg_sleep(0.1);
    end;
  end loop;
  set local lock_timeout = 0;
end
$$;
select oldest_writer_becomes(37);

-- Read by every transaction that writes, as it begins: what was made of an older number may hold what is forgotten since.
alter table oldest_writer add column forgotten bigint not null default 0;

-- Without it a mark says nothing of a name: names are short, and could be guessed.
create table forgotten_secret (
  only_row boolean primary key default true check (only_row),
  secret   bytea not null
);
insert into forgotten_secret (secret)
values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

create table forgotten_feature (
  model_id     integer not null references model (id),
  mark         bytea not null,
  forgotten_at timestamptz not null default now(),
  primary key (model_id, mark)
);
comment on column forgotten_feature.mark is 'HMAC-SHA-256 of the name by the secret';
