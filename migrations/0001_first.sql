-- The first schema.
--
-- Conventions: half-open ranges [start_at, end_at); timestamptz everywhere; text, never varchar(n);
-- counts are bigint; closed sets are check constraints, so that a wrong word fails loudly here.

-- Models and versions ------------------------------------------------------------------------------------

create table model (
  id          integer generated always as identity primary key,
  name        text not null unique,
  task        text not null check (task in ('classification', 'regression')),
  -- The resolved configuration this row was last written from, secrets left out.
  spec        jsonb not null default '{}',
  created_at  timestamptz not null default now()
);

create table model_version (
  id            integer generated always as identity primary key,
  model_id      integer not null references model (id),
  name          text not null,
  state         text not null default 'active' check (state in ('active', 'shadow', 'retired')),
  first_seen_at timestamptz not null default now(),
  unique (model_id, name)
);

-- A baseline is immutable. The newest revision of a version applies to windows opened after it.
create table baseline (
  id               bigint generated always as identity primary key,
  model_version_id integer not null references model_version (id),
  revision         integer not null,
  created_at       timestamptz not null default now(),
  -- Where it came from: {"file": "...", "sha256": "...", "rows": n}
  source           jsonb not null,
  rows             bigint not null,
  -- SHA-256 of `profile`: windows carry it, so results across baselines are never mixed unnoticed.
  checksum         text not null,
  -- Readable summary: features with kind, rows, missing, levels or range.
  summary          jsonb not null,
  profile          bytea not null,
  -- A bounded sample of the training rows, for the tests that need rows.
  sample           bytea,
  unique (model_version_id, revision)
);
alter table baseline alter column profile set storage external;
alter table baseline alter column sample set storage external;

-- Sources: how far each log was read, and how far time has come in it -------------------------------------

create table source_position (
  source           text not null,
  partition        integer not null,
  -- The next record to read. Moved by compare-and-swap in the transaction that stores what was read.
  next_offset      bigint not null,
  -- End of the log when last asked; next_offset >= high_offset means no lag.
  high_offset      bigint not null default 0,
  high_checked_at  timestamptz,
  progressed_at    timestamptz not null default now(),
  -- Label logs never hold a window open.
  holds_watermark  boolean not null default true,
  owner            text,
  primary key (source, partition)
);

create table watermark (
  source        text not null,
  partition     integer not null,
  model_id      integer not null references model (id),
  max_event_at  timestamptz not null,
  -- Wall clock of the last record of this model: one that fell silent in a busy log stops holding it.
  seen_at       timestamptz not null default now(),
  primary key (source, partition, model_id)
);

-- Every event read ends in exactly one of these counters: the conservation equation.
create table event_count (
  source      text not null,
  partition   integer not null,
  event_type  text not null,
  outcome     text not null,
  count       bigint not null,
  primary key (source, partition, event_type, outcome)
);

create table event_batch (
  idempotency_key text primary key,
  body_sha256     text not null,
  response        jsonb not null,
  created_at      timestamptz not null default now()
);

create table dead_letter (
  id            bigint generated always as identity primary key,
  source        text not null,
  partition     integer not null,
  "offset"      bigint not null,
  received_at   timestamptz not null default now(),
  reason        text not null,
  detail        text not null,
  event_type    text,
  model         text,
  bytes         bytea not null,
  byte_length   bigint not null,
  replayed_at   timestamptz
);
create index dead_letter_by_reason on dead_letter (reason, id desc);

-- Windows -------------------------------------------------------------------------------------------------

create table "window" (
  id                bigint generated always as identity primary key,
  model_version_id  integer not null references model_version (id),
  size_ms           bigint not null,
  start_at          timestamptz not null,
  end_at            timestamptz not null,
  grace_ms          bigint not null,
  -- Null: no baseline when the window opened.
  baseline_id       bigint references baseline (id),
  state             text not null default 'open' check (state in ('open', 'closed', 'matured')),
  -- Something arrived after the last evaluation.
  dirty             boolean not null default false,
  late_rows         bigint not null default 0,
  created_at        timestamptz not null default now(),
  closed_at         timestamptz,
  matured_at        timestamptz,
  evaluation_due_at timestamptz,
  closed_revision   integer not null default 0,
  matured_revision  integer not null default 0,
  unique (model_version_id, size_ms, start_at)
);
create index window_open on "window" (end_at) where state = 'open';
create index window_unmatured on "window" (end_at) where state = 'closed';
create index window_dirty on "window" (evaluation_due_at) where dirty;

-- Append-only signed deltas. Adding up all parts of a window gives its profile, whatever the order.
create table window_part (
  id           bigint generated always as identity primary key,
  window_id    bigint not null references "window" (id),
  segment      text not null,
  kind         text not null check (kind in ('input', 'label')),
  source       text not null,
  partition    integer not null,
  from_offset  bigint not null,
  to_offset    bigint not null,
  rows         bigint not null,
  delta        bytea not null,
  unique (window_id, segment, kind, source, partition, from_offset)
);
alter table window_part alter column delta set storage external;

-- Predictions and labels ----------------------------------------------------------------------------------

-- First one wins: the row that claims the key. Kept narrow, and split by hash, so that look-ups by id stay fast.
create table prediction_key (
  model_id     integer not null,
  kind         smallint not null,            -- 0 prediction, 1 features logged apart
  id_hash      bigint not null,
  event_at     timestamptz not null,
  primary key (model_id, kind, id_hash)
) partition by hash (id_hash);
create table prediction_key_0 partition of prediction_key for values with (modulus 4, remainder 0);
create table prediction_key_1 partition of prediction_key for values with (modulus 4, remainder 1);
create table prediction_key_2 partition of prediction_key for values with (modulus 4, remainder 2);
create table prediction_key_3 partition of prediction_key for values with (modulus 4, remainder 3);

-- What joining a label needs, and nothing else. One partition a day, made on demand, dropped by retention.
create table prediction (
  model_version_id integer not null,
  id_hash          bigint not null,
  prediction_id    text,
  event_at         timestamptz not null,
  class            text,
  value            double precision,
  score            double precision,
  holdout          boolean not null default false,
  segments         text[] not null default '{}',
  chunk_id         bigint,
  chunk_row        integer,
  label            text,
  label_value      double precision,
  -- The effective label is the greatest by (source, final, time, position): arrival order never matters.
  label_source     smallint,
  label_final      boolean,
  label_at         timestamptz,
  label_position   text
) partition by range (event_at);
create index prediction_by_id on prediction (id_hash);
create index prediction_by_time on prediction (model_version_id, event_at);

-- Features logged apart from predictions, found by the same hash.
create table prediction_features (
  model_version_id integer not null,
  id_hash          bigint not null,
  event_at         timestamptz not null,
  chunk_id         bigint not null,
  chunk_row        integer not null
) partition by range (event_at);
create index prediction_features_by_id on prediction_features (id_hash);

-- Full feature values, many rows a chunk, compressed.
create table prediction_chunk (
  id               bigint generated always as identity,
  model_version_id integer not null,
  event_day        date not null,
  rows             integer not null,
  data             bytea not null,
  primary key (id, event_day)
) partition by range (event_day);

create table pending_label (
  id            bigint generated always as identity primary key,
  model_id      integer not null references model (id),
  id_hash       bigint not null,
  prediction_id text not null,
  label         text,
  label_value   double precision,
  label_source  smallint not null,
  label_final   boolean not null,
  label_at      timestamptz not null,
  label_position text not null,
  received_at   timestamptz not null default now(),
  next_try_at   timestamptz not null default now(),
  tries         integer not null default 0
);
create index pending_label_by_id on pending_label (model_id, id_hash);
create index pending_label_due on pending_label (next_try_at);

-- Names deltas that no log offset names: joined labels, HTTP batches, folded parts.
create sequence delta_seq;

-- What was found ------------------------------------------------------------------------------------------

create table measurement (
  window_id         bigint not null references "window" (id),
  series            text not null check (series in ('closed', 'matured')),
  segment           text not null,
  -- What was measured: a feature, or the prediction, the score, the label.
  subject           text not null check (subject in ('feature', 'prediction', 'score', 'label')),
  name              text not null,
  revision          integer not null,
  kind              text not null,
  status            text not null,
  severity          text not null,
  drifted           boolean not null,
  reason            text not null,
  rows_reference    bigint not null,
  rows_current      bigint not null,
  missing_reference double precision not null,
  missing_current   double precision not null,
  invalid_reference double precision not null,
  invalid_current   double precision not null,
  psi               double precision,
  ks                double precision,
  ks_p_value        double precision,
  chi_square        double precision,
  chi_square_p_value double precision,
  jensen_shannon    double precision,
  wasserstein       double precision,
  p_value           double precision,
  q_value           double precision,
  faults            text[] not null default '{}',
  -- The whole comparison as printed by `compare --json`, counts included.
  details           jsonb not null,
  primary key (window_id, series, segment, subject, name)
);

-- The newest revision of each (window, series, segment). Earlier ones stay, so a changed mind is visible.
create table verdict (
  id            bigint generated always as identity primary key,
  window_id     bigint not null references "window" (id),
  series        text not null check (series in ('closed', 'matured')),
  segment       text not null,
  revision      integer not null,
  verdict       text not null,
  types         text[] not null,
  not_tested    text[] not null,
  confidence    double precision not null,
  advice        text not null,
  summary       text not null,
  reason        text,
  rows          bigint not null,
  diagnosis     jsonb not null,
  performance   jsonb,
  baseline_id   bigint references baseline (id),
  created_at    timestamptz not null default now(),
  unique (window_id, series, segment, revision)
);

-- One incident per model, version, segment and series.
create table alert (
  id               bigint generated always as identity primary key,
  model_version_id integer not null references model_version (id),
  size_ms          bigint not null,
  segment          text not null,
  series           text not null check (series in ('closed', 'matured')),
  state            text not null check (state in ('pending', 'firing', 'recovering', 'resolved')),
  verdict          text not null,
  types            text[] not null default '{}',
  -- What it fired with: the incident's name in every message about it.
  fired_verdict    text,
  -- Kinds of shift people have been told about in this incident.
  told_types       text[] not null default '{}',
  windows_in_a_row integer not null,
  verdict_in_a_row integer not null,
  clean_in_a_row   integer not null default 0,
  since_at         timestamptz not null,
  last_window_id   bigint not null references "window" (id),
  fired_at         timestamptz,
  resolved_at      timestamptz,
  last_notified_at timestamptz,
  next_reminder_at timestamptz,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now()
);
create unique index alert_open on alert (model_version_id, size_ms, segment, series) where state <> 'resolved';
create index alert_reminders on alert (next_reminder_at) where state in ('firing', 'recovering');

create table alert_event (
  id         bigint generated always as identity primary key,
  alert_id   bigint not null references alert (id),
  at         timestamptz not null,
  kind       text not null,
  reason     text not null,
  window_id  bigint references "window" (id),
  details    jsonb not null default '{}'
);
create index alert_event_by_alert on alert_event (alert_id, id);

-- How far each alert series has been decided: windows are decided strictly in order of their start.
create table alert_cursor (
  model_version_id integer not null references model_version (id),
  size_ms          bigint not null,
  segment          text not null,
  series           text not null,
  decided_until    timestamptz not null,
  primary key (model_version_id, size_ms, segment, series)
);

-- What is done about it -----------------------------------------------------------------------------------

create table outbox (
  id           bigint generated always as identity primary key,
  kind         text not null check (kind in ('evaluate', 'notify', 'retrain')),
  -- Two decisions with one key are one message.
  key          text not null unique,
  payload      jsonb not null,
  created_at   timestamptz not null default now(),
  available_at timestamptz not null default now(),
  enqueued_at  timestamptz,
  enqueues     integer not null default 0,
  done_at      timestamptz,
  outcome      text
);
create index outbox_waiting on outbox (available_at) where done_at is null and enqueued_at is null;
create index outbox_enqueued on outbox (enqueued_at) where done_at is null;

-- One row for each message and target: this, not the queue, is what makes a notification idempotent.
create table delivery (
  id            uuid primary key,
  outbox_id     bigint not null references outbox (id),
  kind          text not null check (kind in ('email', 'webhook')),
  target        text not null,
  state         text not null check (state in ('queued', 'sending', 'sent', 'failed', 'dead')),
  -- Message-ID or webhook-id: the same on every attempt.
  message_id    text not null,
  attempts      integer not null default 0,
  last_error    text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  sent_at       timestamptz,
  unique (outbox_id, target)
);

create table delivery_attempt (
  delivery_id uuid not null references delivery (id),
  attempt     integer not null,
  at          timestamptz not null default now(),
  outcome     text not null,
  status      integer,
  detail      text,
  duration_ms integer not null,
  primary key (delivery_id, attempt)
);

create table retrain_run (
  id               uuid primary key,
  model_version_id integer not null references model_version (id),
  state            text not null check (state in ('requested', 'sent', 'running', 'succeeded', 'failed', 'dead')),
  trigger          text not null check (trigger in ('schedule', 'performance', 'drift')),
  reason           text not null,
  webhook          text not null,
  window_id        bigint references "window" (id),
  request          jsonb not null,
  requested_at     timestamptz not null default now(),
  sent_at          timestamptz,
  closed_at        timestamptz,
  external_id      text,
  new_version      text,
  detail           text,
  metrics          jsonb
);
create unique index retrain_run_open on retrain_run (model_version_id) where state in ('requested', 'sent', 'running');
create index retrain_run_by_version on retrain_run (model_version_id, requested_at desc);

-- Schedule triggers: up to when each has been honoured, so that a restart neither skips nor repeats one.
create table retrain_schedule (
  model_version_id integer primary key references model_version (id),
  cron             text not null,
  last_due_at      timestamptz not null
);

create table api_token (
  id           uuid primary key,
  name         text not null,
  prefix       text not null,
  sha256       bytea not null unique,
  scopes       text[] not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
