-- Reads what is there, and holds nobody up meanwhile. Processes of before may go on.
do $$
declare
  part text;
begin
  for part in select parent from history_partition loop
    execute format('alter table %I validate constraint %I', part, part || '_before');
  end loop;
end
$$;

-- Said last: whoever writes waits from here on.
select oldest_writer_becomes(31);
