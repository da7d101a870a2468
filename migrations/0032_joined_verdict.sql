-- A process that only knows the migration before may go on: its windows are judged by themselves, as they were.
select oldest_writer_becomes(31);

-- Of a window of an open incident: the verdict on it and the incident's windows before it together. What the incident goes by.
alter table verdict add column joined jsonb;
