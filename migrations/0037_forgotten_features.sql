-- A process that knows less would count a forgotten feature again, and could not read what is left of a baseline that had it: it stops.
select take_tables('oldest_writer');
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
