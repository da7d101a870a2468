-- Samples of rows are parts of a window like its counts, so that faults are named by rows whether or not predictions
-- are kept. They are of the whole window; their rows carry the names of their segments.
alter table window_part drop constraint window_part_kind_check;
alter table window_part add constraint window_part_kind_check check (kind in ('input', 'label', 'rows'));

-- What only all features together show, beside the verdict they belong to.
alter table verdict add column multivariate jsonb;
