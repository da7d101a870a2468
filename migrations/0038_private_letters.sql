select take_tables('dead_letter');

-- Of a message in which fields were private: those whose values were hashed before it was put aside. Null: it is as it came.
alter table dead_letter add column hashed text[];
-- Nothing of the message is kept but why it could not be read.
alter table dead_letter add column is_withheld boolean not null default false;

-- Older processes refuse a configuration with `privacy`, and put messages aside as before.
select oldest_writer_becomes(35);
