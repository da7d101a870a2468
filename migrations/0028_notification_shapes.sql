-- What is to be told is written in five shapes, of which a process that only knows the migration before cannot read four.
select oldest_writer_becomes(28);
