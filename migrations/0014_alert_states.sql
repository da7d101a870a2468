-- Incidents by what they are about, windows in which nothing came, and how each series stands.

-- A model can be slow, silent and fed with drifted data at once: each is an incident of its own.
alter table alert add column cause text not null default 'shift'
  check (cause in ('shift', 'no_data', 'operational'));
-- Features of a shift, metrics of operation; the gravest of the newest window first.
alter table alert add column subjects text[] not null default '{}';
drop index alert_open;
create unique index alert_open on alert (model_version_id, size_ms, segment, series, cause) where state <> 'resolved';

-- How the series stands about shifts after its newest decided window, and why.
alter table alert_cursor add column state text not null default 'ok'
  check (state in ('ok', 'pending', 'firing', 'recovering', 'insufficient', 'no_data', 'undetermined'));
alter table alert_cursor add column reason text;
alter table alert_cursor add column window_id bigint references "window" (id);

-- Null: a row opened the window. Else the clock did, because none had come, and this is how it was taken then.
alter table "window" add column silence text
  check (silence in ('unexpected', 'usual', 'served_elsewhere'));

-- What channels were told of an incident last: a channel that forgets is told again.
create index outbox_by_incident on outbox ((payload -> 'notification' ->> 'incidentId'), id) where kind = 'notify';
