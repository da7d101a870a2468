-- Packs of version 2 hold the probabilities of several classes between their rows and their texts.
create function pack_texts(data bytea) returns jsonb
language sql immutable strict parallel safe
return convert_from(
  substring(data from (
    5 + 40 * packed_int(data, 1, 3)
    + case when get_byte(data, 0) = 2 then 4 + packed_int(data, 4 + 40 * packed_int(data, 1, 3)::integer, 4) else 0 end
  )::integer),
  'UTF8')::jsonb;

create or replace view prediction as
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
  from (select pack_texts(p.data) as tail) t
  cross join generate_series(0, packed_int(p.data, 1, 3)::integer - 1) as n
  cross join lateral (select substring(p.data from 5 + 40 * n for 40) as record) as s
) as r
left join prediction_label l
  on l.model_id = b.model_id and l.event_day = b.event_day and l.id_hash = packed_int(r.record, 0, 8)
where b.kind = 0;
