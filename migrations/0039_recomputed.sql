-- Revisions of verdicts that somebody asked for, and why. All others came of rows or labels that were late.
create table recomputed (
  window_id bigint not null,
  series    text not null check (series in ('closed', 'matured')),
  revision  integer not null,
  note      text,
  constraint recomputed_once primary key (window_id, series, revision)
);
