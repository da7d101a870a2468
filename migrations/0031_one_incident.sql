-- A process that knows less would step an incident as if it had one side only: it stops.
select oldest_writer_becomes(31);

-- An incident seen from one of its two sides: `closed`, inputs and predictions; `matured`, with labels. Each is stepped window by
-- window; the row of the incident is what they say together.
create table alert_view (
  alert_id         bigint not null references alert (id) on delete cascade,
  series           text not null check (series in ('closed', 'matured')),
  state            text not null check (state in ('pending', 'firing', 'recovering', 'resolved')),
  verdict          text not null,
  types            text[] not null default '{}',
  subjects         text[] not null default '{}',
  windows_in_a_row integer not null,
  verdict_in_a_row integer not null,
  clean_in_a_row   integer not null default 0,
  since_at         timestamptz not null,
  last_window_id   bigint not null references "window" (id),
  -- Shifted windows in a row whose consequence pages.
  grave_in_a_row   integer not null default 0,
  primary key (alert_id, series)
);
-- Of incidents that are over too: windows before the end of the last one are not looked at together with those after it.
insert into alert_view
select a.id, a.series, a.state, a.verdict, a.types, a.subjects, a.windows_in_a_row, a.verdict_in_a_row, a.clean_in_a_row,
  a.since_at, a.last_window_id, coalesce(u.grave_in_a_row, 0)
from alert a left join incident_urgency u on u.incident_id = a.id::text;
alter table incident_urgency drop column grave_in_a_row;

-- Of an incident that is over: the start of the first window that shows it no more. What labels show of the time before belongs to it.
alter table alert add column until_at timestamptz;
-- `series` is the side that speaks for the incident now, of those that are open.
comment on column alert.series is 'the view that its verdict and newest window are of';

alter table alert_event add column series text check (series in ('closed', 'matured'));
update alert_event e set series = a.series from alert a where a.id = e.alert_id;

-- Two incidents of one event become one: the one people heard of first goes on, the other ends with one message, sent by
-- the duty that sends reminders.
alter table alert add column merged_into bigint references alert (id);
drop index alert_open;
create temp table merging on commit drop as
select case when m.fired_at < c.fired_at then m.id else c.id end as kept,
  case when m.fired_at < c.fired_at then c.id else m.id end as gone
from alert c
join alert m using (model_version_id, size_ms, segment, cause)
where c.cause = 'shift' and c.series = 'closed' and m.series = 'matured'
  and c.state in ('firing', 'recovering') and m.state in ('firing', 'recovering');
update alert_view v set alert_id = p.kept from merging p where v.alert_id = p.gone;
update alert k set
  state = case when 'firing' in (k.state, g.state) then 'firing' else k.state end,
  types = array(select distinct unnest(k.types || g.types)),
  subjects = array(select distinct unnest(k.subjects || g.subjects) limit 50),
  told_types = array(select distinct unnest(k.told_types || g.told_types))
from merging p join alert g on g.id = p.gone where k.id = p.kept;
insert into incident_urgency (incident_id, paged_for, paged_at)
select p.kept::text, u.paged_for, u.paged_at from merging p join incident_urgency u on u.incident_id = p.gone::text
where u.paged_for is not null
on conflict (incident_id) do update set paged_for = excluded.paged_for, paged_at = excluded.paged_at
  where incident_urgency.paged_for is null;
-- A reminder that is due.
update alert g set merged_into = p.kept, next_reminder_at = g.fired_at from merging p where g.id = p.gone;
insert into alert_event (alert_id, at, kind, reason, details)
select gone, now(), 'merged', 'one_event', jsonb_build_object('into', kept::text) from merging;

create unique index alert_open on alert (model_version_id, size_ms, segment, series, cause)
  where state <> 'resolved' and merged_into is null;
