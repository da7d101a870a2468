-- How long labels take, and what people were told of a window.

-- First effective labels of a window's predictions, by the bin of their delay (src/stats/delay-bins.ts). Counted
-- in the transaction that joins the label, once a prediction: revisions change the label, not when it first came. Only
-- for the smallest windows, into which rows are counted directly, so that their rows are the other half of the share.
create table label_delay (
  window_id bigint not null references "window" (id) on delete cascade,
  bin       smallint not null,
  labels    bigint not null,
  primary key (window_id, bin)
);

-- A window that is evaluated again asks what was said of it.
create index alert_event_by_window on alert_event (window_id) where window_id is not null;
