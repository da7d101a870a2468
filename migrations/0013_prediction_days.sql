-- When the tables of a day were made. A day without a committed row has no block to say that it is in use: a log that is
-- read long after it was written would find its day dropped between making it and the first commit.
create table prediction_day (
  event_day date primary key,
  made_at   timestamptz not null default now()
);
insert into prediction_day (event_day) select distinct event_day from prediction_block;
