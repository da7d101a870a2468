-- How urgent an incident is, and what waits for a daily digest.

-- An incident that somebody was paged about is paged about until its end.
create table incident_urgency (
  incident_id   text primary key,
  -- What the first page was for; null: nobody was paged.
  paged_for     text,
  paged_at      timestamptz,
  grave_in_a_row integer not null default 0
);

-- Until now everybody was told of everything at once.
insert into incident_urgency (incident_id, paged_for, paged_at)
select id::text, case fired_verdict when 'mixed' then 'concept_drift' else fired_verdict end, fired_at
from alert where fired_at is not null and state <> 'resolved'
  and fired_verdict in ('data_fault', 'concept_drift', 'mixed', 'label_shift', 'covariate_shift');

-- Up to when each digest has been sent, so that a restart neither skips nor repeats one.
create table digest_schedule (
  channel     text not null,
  cron        text not null,
  last_due_at timestamptz not null,
  primary key (channel, cron)
);

create table digest (
  id            bigint generated always as identity primary key,
  channel       text not null,
  cron          text not null,
  due_at        timestamptz not null,
  notifications integer not null,
  incidents     integer not null,
  -- Null: there was nothing to say, and nothing was sent.
  outbox_id     bigint references outbox (id),
  unique (channel, cron, due_at)
);

create table digest_entry (
  id          bigint generated always as identity primary key,
  channel     text not null,
  -- Names the decision: taken twice it is one entry.
  key         text not null,
  model       text not null,
  incident_id text not null,
  decided_at  timestamptz not null,
  entry       jsonb not null,
  -- Null: waits for the next one.
  digest_id   bigint references digest (id),
  unique (channel, key)
);
create index digest_entry_waiting on digest_entry (channel, model, id) where digest_id is null;

-- Who hears of each notification, how soon and why; also of those that are only shown.
create table notification_route (
  id          bigint generated always as identity primary key,
  decided_at  timestamptz not null,
  incident_id text not null,
  model       text not null,
  kind        text not null,
  window_id   bigint,
  urgency     text not null check (urgency in ('page', 'digest', 'show')),
  reason      text not null,
  consequence text,
  channels    text[] not null
);
create index notification_route_by_incident on notification_route (incident_id, id);
