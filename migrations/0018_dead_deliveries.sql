-- A delivery that was given up may be asked for again; its attempts are then counted from there.
alter table delivery add column attempts_before integer not null default 0;
alter table delivery add column replayed_at timestamptz;
create index delivery_by_time on delivery (created_at desc, id desc);
create index delivery_dead on delivery (created_at desc) where state = 'dead';

-- Of an attempt whose process ended before it was written down nobody knows how long it took.
alter table delivery_attempt alter column duration_ms drop not null;

-- Receivers that said they are gone for good (HTTP 410). Nothing is sent to them until somebody enables them, or their
-- address in the configuration is another one.
create table disabled_endpoint (
  section      text not null check (section in ('channels', 'webhooks')),
  name         text not null,
  -- SHA-256: addresses hold secrets.
  address_hash text not null,
  delivery_id  uuid references delivery (id),
  detail       text not null,
  disabled_at  timestamptz not null,
  primary key (section, name)
);
