-- A process that only knows the migration before may go on: it neither reads nor breaks what is new here.
select oldest_writer_becomes(26);

-- A message whose handler asked to see it again goes back to the outbox, however often.
alter table outbox add column postpones integer not null default 0;
alter table outbox add column postponed_for text;

-- What processes do again and again, and how it went: told every few seconds by those that run, dropped with those that
-- do not. Nothing else goes by it.
create table duty (
  process         text not null,
  name            text not null,
  role            text not null,
  every_ms        bigint not null,
  since           timestamptz not null,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_error      text,
  -- In a row.
  failures        integer not null,
  seen_at         timestamptz not null,
  primary key (process, name)
);

-- Which process does what one of a fleet is enough for. It only saves work.
create table duty_lease (
  name       text primary key,
  process    text not null,
  expires_at timestamptz not null
);

-- Parts of windows that do not decode: left where they are, and out of every sum. Of interest while the part is there.
create table unreadable_part (
  part_id   bigint primary key,
  window_id bigint not null,
  segment   text not null,
  kind      text not null,
  error     text not null,
  seen_at   timestamptz not null default now()
);
