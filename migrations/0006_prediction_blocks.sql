-- Predictions as blocks of packed rows instead of a row and an index entry each. What was kept before is dropped:
-- nothing was released, and the counts of windows stay.

drop table prediction_key;
drop table prediction_key_generation;
drop table prediction_features;
drop table prediction;

create sequence prediction_block_seq;

-- A block holds what one checkpoint stored of one model, kind and UTC day, or several of them merged.
create table prediction_block (
  id              bigint primary key default nextval('prediction_block_seq'),
  model_id        integer not null references model (id),
  kind            smallint not null,          -- 0 prediction, 1 features logged apart
  event_day       date not null,
  rows            integer not null,
  -- Rows are dealt to 2^bits packs by the first bits of their hash.
  bits            smallint not null,
  from_at         timestamptz not null,
  to_at           timestamptz not null,
  -- The oldest `id_block` that was stored with one of its rows: younger ones are known to who remembers it.
  oldest_id_block bigint,
  -- Says of most ids that they are not here, without reading a pack.
  filter          bytea not null,
  created_at      timestamptz not null default now()
);
alter table prediction_block alter column filter set storage external;
create index prediction_block_of_day on prediction_block (model_id, kind, event_day);

-- Rows of a block with like hashes, a kilobyte or two: what a label reads to find its prediction.
create table prediction_pack (
  event_day date not null,
  block_id  bigint not null,
  bucket    integer not null,
  data      bytea not null,
  primary key (block_id, bucket, event_day)
) partition by range (event_day);
alter table prediction_pack alter column data set storage external;

-- The label that counts, of predictions that have one. A row is also what two labels of one prediction wait at.
create table prediction_label (
  model_id         integer not null,
  id_hash          bigint not null,
  event_day        date not null,
  model_version_id integer not null,
  event_at         timestamptz not null,
  label            text,
  label_value      double precision,
  -- The effective label is the greatest by (source, final, time, position): arrival order never matters.
  label_source     smallint not null,
  label_final      boolean not null,
  label_at         timestamptz not null,
  label_position   text not null,
  primary key (model_id, id_hash, event_day)
) partition by range (event_day);

-- Packed rows as rows, for people and tests; no part of the line reads them so. The layout is described in
-- src/window/prediction-pack.ts.
create function packed_int(data bytea, first integer, bytes integer) returns bigint
language sql immutable strict parallel safe
return (('x' || lpad(encode(substring(data from first + 1 for bytes), 'hex'), 16, '0'))::bit(64))::bigint;

create function packed_double(bits bigint) returns double precision
language sql immutable strict parallel safe
return case
  when (bits & 9218868437227405312) = 9218868437227405312 then
    case when bits & 4503599627370495 <> 0 then 'NaN' when bits < 0 then '-Infinity' else 'Infinity' end::double precision
  when bits & 9218868437227405312 = 0 then
    (case when bits < 0 then -1 else 1 end) * (bits & 4503599627370495)::double precision * power(2::double precision, -537)
      * power(2::double precision, -537)
  else
    (case when bits < 0 then -1 else 1 end) * (1 + (bits & 4503599627370495)::double precision / 4503599627370496)
      * power(2::double precision, ((bits >> 52) & 2047) - 1023)
end;

create view prediction as
select b.model_id, (r.tail->'v'->>packed_int(r.record, 12, 2)::integer)::integer as model_version_id,
  packed_int(r.record, 0, 8) as id_hash,
  (b.event_day::timestamp at time zone 'UTC') + (r.word & 134217727) * interval '1 millisecond' as event_at,
  case when r.word >> 28 & 1 = 1 then r.tail->'c'->>packed_int(r.record, 32, 4)::integer end as class,
  case when r.word >> 29 & 1 = 1 then packed_double(packed_int(r.record, 32, 8)) end as value,
  case when r.word >> 30 & 1 = 1 then packed_double(packed_int(r.record, 24, 8)) end as score,
  r.word >> 27 & 1 = 1 as holdout,
  r.tail->'s'->packed_int(r.record, 14, 2)::integer as segments,
  packed_int(r.record, 16, 5) as chunk_id, packed_int(r.record, 21, 3)::integer as chunk_row,
  l.label, l.label_value, l.label_source, l.label_final, l.label_at
from prediction_block b
join prediction_pack p on p.block_id = b.id and p.event_day = b.event_day
cross join lateral (
  select record, packed_int(record, 8, 4) as word, tail
  from (select convert_from(substring(p.data from 5 + 40 * packed_int(p.data, 1, 3)::integer), 'UTF8')::jsonb as tail) t
  cross join generate_series(0, packed_int(p.data, 1, 3)::integer - 1) as n
  cross join lateral (select substring(p.data from 5 + 40 * n for 40) as record) as s
) as r
left join prediction_label l
  on l.model_id = b.model_id and l.event_day = b.event_day and l.id_hash = packed_int(r.record, 0, 8)
where b.kind = 0;
