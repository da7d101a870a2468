-- Takes tables for itself, all at once or not at all, writers first: somebody who reads for long is asked again, and whoever waits behind us waits for a
-- moment at most. For this migration and those to come.
create function take_tables(variadic tables text[]) returns void language plpgsql as $$
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
      execute (select format('lock table %s in access exclusive mode', string_agg(quote_ident(name), ', ' order by at))
        from unnest(tables) with ordinality as t (name, at));
      exit;
    exception when lock_not_available then perform pg_sleep(0.1);
    end;
  end loop;
  set local lock_timeout = 0;
end
$$;
select take_tables('oldest_writer', 'window');
-- A process that knows less would drop counts without adding them up: it stops.
select oldest_writer_becomes(36);

-- When its counts were added to those of its day, all that there were. What comes later is added too, and is no other window.
alter table "window" add column added_at timestamptz;

-- Counts of windows that are kept no longer, added up by UTC day, and those of days that are kept no longer by week (its Monday).
create sequence day_profile_seq;
create table day_profile (
  id               bigint not null default nextval('day_profile_seq'),
  model_version_id integer not null,
  -- Null: counted without one.
  baseline_id      bigint,
  every            text not null check (every in ('day', 'week')),
  start_at         date not null,
  segment          text not null,
  kind             text not null check (kind in ('input', 'label')),
  rows             bigint not null,
  windows          bigint not null,
  -- The newest of the windows in it.
  stored_at        timestamptz not null,
  profile          bytea not null
) partition by list (every);
-- Each has its own size.
create table day_profile_day partition of day_profile for values in ('day');
create table day_profile_week partition of day_profile for values in ('week');
create unique index day_profile_once on day_profile
  (model_version_id, every, start_at, segment, kind, coalesce(baseline_id, 0));
create index day_profile_by_id on day_profile (id);
