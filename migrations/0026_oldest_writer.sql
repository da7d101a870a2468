-- Which processes may still write. A process knows the migrations up to some number; one that does not know the migration
-- named here stops at its next transaction. Every migration from this one on says first what it means for processes
-- that are older than itself:
--   select oldest_writer_becomes(27);  -- a process has to know migration 27 to go on
--   select oldest_writer_becomes(26);  -- in migration 27: one that only knows 26 may go on
create table oldest_writer (
  only_row  boolean primary key default true check (only_row),
  migration integer not null
);
insert into oldest_writer (migration) values (0);

-- Writers hold a share of the table's lock until they commit: nobody older is left writing when this returns.
create function oldest_writer_becomes(known integer) returns void language plpgsql as $$
begin
  lock table oldest_writer in access exclusive mode;
  update oldest_writer set migration = greatest(migration, known);
end
$$;
select oldest_writer_becomes(26);

-- Nothing stays in it: writing to it shows whether the database can store anything.
create table write_probe (
  bytes bytea not null
);
alter table write_probe alter column bytes set storage external;
