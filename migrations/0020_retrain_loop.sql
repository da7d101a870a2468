-- What happens after a retraining was asked for: how the run gets on, whether it is heard of, and whether the version
-- that came out of it has fixed what the run was asked for.

-- Points of the run's curve. A set: the same point reported twice is one, whatever the order of arrival.
create table retrain_progress (
  id          bigint generated always as identity primary key,
  run_id      uuid not null references retrain_run (id),
  metric      text not null,
  value       double precision not null,
  step        bigint,
  epoch       double precision,
  elapsed_s   double precision,
  energy_j    double precision,
  cost        double precision,
  received_at timestamptz not null
);
-- `nulls not distinct` in the words of PostgreSQL 14. No report can say NaN, or step so low.
create unique index retrain_progress_point on retrain_progress (
  run_id, metric, value, (coalesce(step, -9223372036854775808)), (coalesce(epoch, 'NaN')),
  (coalesce(elapsed_s, 'NaN')), (coalesce(energy_j, 'NaN')), (coalesce(cost, 'NaN'))
);

-- A run that failed, was never taken, or fell silent. Over once the run reports, or a later one of the model succeeds.
create table retrain_incident (
  id          bigint generated always as identity primary key,
  run_id      uuid not null references retrain_run (id),
  kind        text not null check (kind in ('undeliverable', 'failed', 'silent')),
  reason      text not null,
  opened_at   timestamptz not null,
  resolved_at timestamptz,
  resolution  text check (resolution in ('reported', 'later_run_succeeded'))
);
create unique index retrain_incident_open on retrain_incident (run_id) where resolved_at is null;

alter table retrain_run
  -- The newest report or answer that was understood.
  add column heard_at       timestamptz,
  -- Closed for its silence; null again once it reports.
  add column silent_at      timestamptz,
  -- What the curve is measured against, kept from the first point on.
  add column target_metric  text,
  add column target_value   double precision,
  add column target_lower_is_better boolean,
  add column target_source  text check (target_source in ('config', 'baseline')),
  -- Null: not judged yet.
  add column outcome        text check (outcome in ('fixed', 'not_fixed', 'worse', 'kept', 'too_early', 'undecided')),
  add column outcome_reason text,
  add column outcome_details jsonb,
  add column outcome_at     timestamptz;
-- Nobody is to be told today of what succeeded long ago.
update retrain_run set outcome = 'undecided', outcome_reason = 'not_watched', outcome_at = now()
  where state = 'succeeded';
create index retrain_run_to_judge on retrain_run (closed_at)
  where state = 'succeeded' and (outcome is null or outcome = 'too_early');

alter table outbox drop constraint outbox_kind_check;
alter table outbox add constraint outbox_kind_check
  check (kind in ('evaluate', 'notify', 'retrain', 'retrain_poll'));
