-- Formats such as CloudEvents say in a record's headers and key what its value is: without them a dead letter could
-- not be read again.
alter table dead_letter
  add column key bytea,
  -- name → value in base64
  add column headers jsonb;
