-- Older processes may go on: what they put aside is read again by when it was received, as before.
select oldest_writer_becomes(28);

-- Of the record in its log. An event without a time of its own has this one, also when it is read again later. Null: it was
-- posted, or put aside by an older release; then received_at is all that is known.
alter table dead_letter add column recorded_at timestamptz;
