-- How predictions are made: what was found of each window, and how large a version is.
alter table verdict
  -- Figures and breaches as they are printed; null where nothing says how predictions were made.
  add column operational jsonb,
  -- The counts behind them, of all rows and of each segment: some hundred bytes, so that windows can be added up into a
  -- reference or into a version's figures without reading all that was counted of them.
  add column operational_counts bytea;

alter table model_version
  -- As said with a baseline; `versions` in the configuration goes before.
  add column size_bytes bigint check (size_bytes > 0);
