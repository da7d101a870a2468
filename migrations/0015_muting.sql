-- What is not told while it lasts. Rows stay when they have ended.
create table silence (
  id         bigint generated always as identity primary key,
  -- [{name, operator, value}], all of which have to fit
  matchers   jsonb not null,
  starts_at  timestamptz not null,
  ends_at    timestamptz not null,
  author     text not null,
  comment    text not null,
  created_at timestamptz not null default now(),
  -- Ended by hand before its time.
  expired_at timestamptz,
  expired_by text,
  check (ends_at > starts_at)
);
create index silence_by_end on silence (ends_at);

alter table alert
  -- When people last heard of it. Differs from last_notified_at, which is of decisions, where messages were held back.
  add column told_at timestamptz,
  add column acknowledged_at timestamptz,
  add column acknowledged_by text,
  add column acknowledged_comment text,
  add column acknowledged_until timestamptz,
  -- What it showed at the time: more ends the acknowledgement.
  add column acknowledged_types text[],
  add column snoozed_at timestamptz,
  add column snoozed_by text,
  add column snoozed_comment text,
  add column snoozed_until timestamptz;
update alert set told_at = last_notified_at;

-- What people have still to be told because it was held back: of an incident one message, and corrections of its windows.
create table held_notification (
  id           bigint generated always as identity primary key,
  alert_id     bigint not null references alert (id),
  kind         text not null check (kind in ('firing', 'reminder', 'resolved', 'corrected')),
  window_id    bigint references "window" (id),
  reason       text not null,
  until_at     timestamptz,
  by           text not null,
  held_at      timestamptz not null,
  -- Of messages about what is over; the others say how things stand when they are told.
  notification jsonb
);
create unique index held_notification_owed on held_notification (alert_id) where kind <> 'corrected';
create unique index held_notification_corrected on held_notification (alert_id, window_id) where kind = 'corrected';

create index alert_event_held on alert_event (reason) where kind = 'held';
