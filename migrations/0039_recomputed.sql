-- A process that knows less would store what it counted on the baseline that a window had before: it stops.
select oldest_writer_becomes(39);

-- Revisions of verdicts that somebody asked for, and why. All others came of rows or labels that were late.
create table recomputed (
  window_id bigint not null,
  series    text not null check (series in ('closed', 'matured')),
  revision  integer not null,
  note      text,
  constraint recomputed_once primary key (window_id, series, revision)
);
