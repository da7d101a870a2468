-- Ids met lately, as blocks of hashes instead of an index entry each: what tells a repeated prediction from a new one.
-- Keys stay for predictions that are kept: they are how labels find them.

create table id_block (
  id         bigint generated always as identity primary key,
  model_id   integer not null references model (id),
  kind       smallint not null,              -- 0 prediction, 1 features logged apart
  ids        integer not null,
  -- 64-bit hashes, little-endian, in the order they came.
  hashes     bytea not null,
  created_at timestamptz not null default now()
);
alter table id_block alter column hashes set storage external;
create index id_block_newest on id_block (model_id, kind, id desc);

-- A label knows its prediction's version and time by the key, so that one index serves it and the rows of a window.
-- Times only grow: this index is appended to, where one by id alone is written all over.
alter table prediction_key add column model_version_id integer;
update prediction_key k set model_version_id = p.model_version_id
from prediction p join model_version v on v.id = p.model_version_id
where p.id_hash = k.id_hash and p.event_at = k.event_at and v.model_id = k.model_id and k.kind = 0;
drop index prediction_by_id;
drop index prediction_by_time;
create index prediction_by_time on prediction (model_version_id, event_at, id_hash);
