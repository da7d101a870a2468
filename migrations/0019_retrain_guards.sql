-- Retraining requests that wait for a person, that are only rehearsed, and that people make themselves.

alter table retrain_run drop constraint retrain_run_state_check;
alter table retrain_run add constraint retrain_run_state_check check (state in (
  'awaiting_approval', 'requested', 'sent', 'running', 'succeeded', 'failed', 'dead', 'rejected', 'expired', 'dry_run'));
alter table retrain_run drop constraint retrain_run_trigger_check;
alter table retrain_run add constraint retrain_run_trigger_check check (trigger in (
  'schedule', 'performance', 'drift', 'manual'));

alter table retrain_run
  -- Who asked, of requests made by hand.
  add column requested_by text,
  -- Until when a run may be approved; null: it needs no approval.
  add column expires_at timestamptz,
  add column decided_by text,
  add column decided_at timestamptz,
  add column decision_comment text;

-- A run that waits for a person is open: nothing else is asked for meanwhile.
drop index retrain_run_open;
create unique index retrain_run_open on retrain_run (model_version_id)
  where state in ('awaiting_approval', 'requested', 'sent', 'running');
create index retrain_run_awaiting on retrain_run (expires_at) where state = 'awaiting_approval';

alter table retrain_schedule
  -- What keeps a schedule that has come due from being honoured; null: it waits for its time.
  add column held_by text,
  add column held_since timestamptz;
