-- Names that producers make up and of which so many are taken: those that came first, in every process the same and for
-- ever. A scope is `columns/<model>` or `segment/<version>/<feature>`.
create table admitted_name (
  scope       text not null,
  name        text not null,
  admitted_at timestamptz not null default now(),
  primary key (scope, name)
);

-- Feature values of columns that had no place any more, counted with the events they were left out of, and the first of
-- those columns.
create table surplus_column (
  model_id  integer primary key references model (id),
  dropped   bigint not null,
  names     text[] not null,
  newest_at timestamptz not null default now()
);

-- Takes names into a scope while there is room and answers all that are in it. In plpgsql, because what the lock waited
-- for is seen only by statements that begin after it.
create function admit_names(of_scope text, given text[], most integer, free text[]) returns setof text
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('admitted_name/' || of_scope, 0));
  insert into admitted_name (scope, name)
  select of_scope, fresh.name
  from (
    select g.name, min(g.place) as place from unnest(given) with ordinality as g (name, place)
    where not exists (select 1 from admitted_name a where a.scope = of_scope and a.name = g.name)
    group by g.name
  ) as fresh
  order by fresh.place
  limit greatest(0, most - (
    select count(*) from admitted_name a where a.scope = of_scope and not (a.name = any(free))
  ));
  return query select a.name from admitted_name a where a.scope = of_scope;
end
$$;

-- The id of a version, made at first sight while the model has fewer than `most`; else null.
create function admit_version(of_model integer, given text, most integer) returns integer
language plpgsql as $$
declare found integer;
begin
  select v.id into found from model_version v where v.model_id = of_model and v.name = given;
  if found is not null then return found; end if;
  perform pg_advisory_xact_lock(hashtextextended('admit_version/' || of_model, 0));
  insert into model_version (model_id, name)
  select of_model, given where (select count(*) from model_version v where v.model_id = of_model) < most
  on conflict (model_id, name) do nothing;
  select v.id into found from model_version v where v.model_id = of_model and v.name = given;
  return found;
end
$$;
