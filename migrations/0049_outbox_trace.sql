-- Older processes leave it empty, and what they write is in a trace of its own.
select oldest_writer_becomes(39);
select take_tables('outbox');

-- The step that wrote a message, as W3C Trace Context writes it; null: nobody traced it.
alter table outbox add column trace_parent text;
