-- What was noticed about events that are read all the same: in which unit timestamps that are numbers came, bare NaN
-- and Infinity, names that were left out. Counted with the events, so that producers can be told.
create table event_notice (
  source    text not null,
  partition integer not null,
  notice    text not null,
  count     bigint not null,
  newest_at timestamptz not null default now(),
  primary key (source, partition, notice)
);
