select take_tables('oldest_writer', 'verdict');
-- A process that knows less would leave here the name of a feature that it forgets: it stops.
select oldest_writer_becomes(46);

-- What a heat map shows of the features of a segment: a name each, and two bytes (src/store/history/heat-cells.ts). A window is one row
-- of them instead of hundreds. Null in the series `matured`, and where the verdict is from before: then measurements say it.
alter table verdict add column heat_names text[], add column heat_cells bytea;
