/** A database as it looks after some days of work: what the pages and the API are tested on. */
import type { Pool } from 'pg';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { Diagnosis, FeatureComparison, VerdictKind } from '../../src/core/findings.ts';

export const NOW_MS = Date.parse('2026-03-10T12:07:00Z');
const LAST_END_MS = Date.parse('2026-03-10T12:00:00Z');
export const RUN_ID = '0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f';
/** What an attacker who controls a log may call a model. */
export const HOSTILE_NAME = `<script>alert('x')</script>"`;

const SUMMARIES: Record<VerdictKind, string> = {
  none: 'Nothing moved beyond what chance explains.',
  covariate_shift: 'The inputs moved: age is 9 years higher on average; performance is as before.',
  label_shift: 'More approvals than in training (61 % instead of 48 %), while each class looks as it did.',
  concept_drift:
    'The same inputs lead to other outcomes: accuracy fell from 86 % to 71 %, the mix explains 1 point.',
  data_fault: 'amount is 100 times larger than in training, as if euros had become cents.',
  mixed: 'Inputs and outcomes moved together: neither alone explains the loss.',
  undetermined: 'Too few rows to judge: 41 of the 200 needed.',
};

export async function seed(pool: Pool): Promise<void> {
  const credit = await version(pool, 'credit-risk', '3', 'classification');
  await baseline(pool, credit, 1);
  await baseline(pool, credit, 2);
  const kinds: VerdictKind[] = Array.from({ length: 26 }, () => 'none');
  kinds[4] = 'undetermined';
  kinds[12] = 'label_shift';
  kinds.splice(21, 5, 'covariate_shift', 'covariate_shift', 'mixed', 'concept_drift', 'concept_drift');
  const windows = await windowRun(pool, credit, HOUR_MS, kinds, 1_240);
  await windowRun(
    pool,
    credit,
    24 * HOUR_MS,
    ['none', 'none', 'none', 'label_shift', 'concept_drift'],
    29_800,
  );
  await openWindow(pool, credit, HOUR_MS);
  const alertId = await alert(pool, credit, 'firing', 'concept_drift', windows.at(-1) ?? 0, 'matured');
  await alert(pool, credit, 'pending', 'covariate_shift', windows.at(-1) ?? 0, 'closed', 'country=DE');
  await pool.query(
    `update alert set subjects = '{age,income}', next_reminder_at = '2026-03-11T12:05:00Z' where id = $1`,
    [alertId],
  );
  await pool.query(
    `insert into alert_cursor (model_version_id, size_ms, segment, series, decided_until, state, reason, window_id)
     values ($1, 3600000, '', 'closed', '2026-03-10T11:00:00Z', 'insufficient', 'insufficient', $2),
       ($1, 3600000, '', 'matured', '2026-03-10T11:00:00Z', 'firing', 'enough_windows', $2)`,
    [credit, windows.at(-1) ?? 0],
  );
  await alertEvents(pool, alertId, windows.at(-1) ?? 0);
  await measurements(pool, windows.at(-1) ?? 0);
  await retrains(pool, credit);

  const churn = await version(pool, 'churn', '2026-02', 'classification');
  await baseline(pool, churn, 1);
  await windowRun(
    pool,
    churn,
    HOUR_MS,
    Array.from({ length: 24 }, () => 'none' as const),
    410,
  );

  const fraud = await version(pool, 'fraud', '11', 'classification');
  await baseline(pool, fraud, 1);
  const faults = await windowRun(pool, fraud, HOUR_MS, ['none', 'none', 'none', 'data_fault'], 9_120);
  await alert(pool, fraud, 'pending', 'data_fault', faults.at(-1) ?? 0, 'closed');

  await version(pool, HOSTILE_NAME, '1', 'regression');
  await pipeline(pool);
}

/** A run that is under way, and one that was judged, of the first version of a model that is there. */
export async function retrainStory(pool: Pool, model: string): Promise<void> {
  await retrains(
    pool,
    await one(
      pool,
      'select min(v.id) as id from model_version v join model m on m.id = v.model_id where m.name = $1',
      [model],
    ),
  );
}

async function retrains(pool: Pool, versionId: number): Promise<void> {
  await retrain(pool, versionId, RUN_ID, 'running', 'drift', null);
  await retrain(pool, versionId, '01950000-0000-7000-8000-000000000001', 'succeeded', 'schedule', '3');
  await curve(pool, RUN_ID);
  await outcome(pool, '01950000-0000-7000-8000-000000000001');
}

async function one(pool: Pool, text: string, values: unknown[]): Promise<number> {
  const result = await pool.query<{ id: number }>(text, values);
  return Number(result.rows[0]?.id);
}

async function version(pool: Pool, model: string, name: string, task: string): Promise<number> {
  const modelId = await one(
    pool,
    `insert into model (name, task, spec, created_at) values ($1, $2, '{"min_rows":200}', '2026-01-01T00:00:00Z') returning id`,
    [model, task],
  );
  return one(
    pool,
    `insert into model_version (model_id, name, first_seen_at) values ($1, $2, '2026-02-01T00:00:00Z') returning id`,
    [modelId, name],
  );
}

async function baseline(pool: Pool, versionId: number, revision: number): Promise<void> {
  await pool.query(
    `insert into baseline (model_version_id, revision, created_at, source, rows, checksum, summary, profile)
     values ($1, $2::integer, '2026-02-20T09:00:00Z', '{"file":"training.csv","rows":60000}', 60000, 'sum' || $2::integer,
       '{"features":[{"name":"age","kind":"numeric"}]}', '\\x00')`,
    [versionId, revision],
  );
}

async function windowRun(
  pool: Pool,
  versionId: number,
  sizeMs: number,
  kinds: readonly VerdictKind[],
  rows: number,
): Promise<number[]> {
  const lastEndMs = Math.floor(LAST_END_MS / sizeMs) * sizeMs;
  const ids: number[] = [];
  for (const [index, kind] of kinds.entries()) {
    const endMs = lastEndMs - (kinds.length - 1 - index) * sizeMs;
    const id = await window(pool, versionId, sizeMs, endMs - sizeMs, 'closed', index === 7 ? 12 : 0);
    await part(pool, id, rows + ((index * 37) % 90));
    await verdict(pool, id, kind, rows);
    ids.push(id);
  }
  return ids;
}

async function openWindow(pool: Pool, versionId: number, sizeMs: number): Promise<void> {
  const id = await window(pool, versionId, sizeMs, LAST_END_MS, 'open', 0);
  await part(pool, id, 131);
}

async function window(
  pool: Pool,
  versionId: number,
  sizeMs: number,
  startMs: number,
  state: string,
  lateRows: number,
): Promise<number> {
  return one(
    pool,
    `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, state, late_rows, closed_revision, closed_at)
     values ($1, $2::bigint, to_timestamp($3::bigint / 1000.0), to_timestamp(($3::bigint + $2::bigint) / 1000.0), 600000, $4::text, $5, ($4::text = 'closed')::integer,
       case when $4::text = 'closed' then to_timestamp(($3::bigint + $2::bigint + 600000) / 1000.0) end) returning id`,
    [versionId, sizeMs, startMs, state, lateRows],
  );
}

async function part(pool: Pool, windowId: number, rows: number): Promise<void> {
  // The second segment counts some of the same rows again: they must not be added up.
  await pool.query(
    `insert into window_part (window_id, segment, kind, source, partition, from_offset, to_offset, rows, delta)
     select $1, segment, 'input', 'kafka:ml.predictions', 0, 0, 1, rows, '\\x00'
     from (values ('', $2::bigint), ('country=DE', $2::bigint / 2)) as t (segment, rows)`,
    [windowId, rows],
  );
}

async function verdict(pool: Pool, windowId: number, kind: VerdictKind, rows: number): Promise<void> {
  const diagnosis: Diagnosis = {
    verdict: kind,
    types: kind === 'concept_drift' ? ['concept_drift'] : [],
    not_tested: kind === 'concept_drift' ? [] : ['concept_drift'],
    confidence: kind === 'undetermined' ? 0 : 0.98,
    evidence: [{ claim: 'accuracy fell', statistic: 'score_test', value: 31.2, p_value: 2e-8 }],
    faults: [],
    summary: SUMMARIES[kind],
    advice: kind === 'concept_drift' ? 'retrain' : kind === 'data_fault' ? 'fix_pipeline' : 'none',
    reason: kind === 'undetermined' ? 'too_few_rows' : null,
  };
  await pool.query(
    `insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice,
       summary, reason, rows, diagnosis, created_at)
     values ($1, 'closed', '', 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '2026-03-10T12:05:00Z')`,
    [
      windowId,
      kind,
      diagnosis.types,
      diagnosis.not_tested,
      diagnosis.confidence,
      diagnosis.advice,
      diagnosis.summary,
      diagnosis.reason,
      rows,
      JSON.stringify(diagnosis),
    ],
  );
}

async function alert(
  pool: Pool,
  versionId: number,
  state: string,
  kind: VerdictKind,
  windowId: number,
  series: string,
  segment = '',
): Promise<number> {
  const id = await one(
    pool,
    `insert into alert (model_version_id, size_ms, segment, series, state, verdict, types, windows_in_a_row,
       verdict_in_a_row, since_at, last_window_id, fired_at, created_at, updated_at)
     values ($1, 3600000, $2, $3, $4, $5::text, array[$5::text], 2, 2, '2026-03-10T10:00:00Z', $6, '2026-03-10T12:05:00Z',
       '2026-03-10T11:05:00Z', '2026-03-10T12:05:00Z') returning id`,
    [versionId, segment, series, state, kind, windowId],
  );
  await pool.query(
    `insert into alert_view (alert_id, series, state, verdict, types, windows_in_a_row, verdict_in_a_row, since_at, last_window_id)
     select id, series, state, verdict, types, windows_in_a_row, verdict_in_a_row, since_at, last_window_id from alert where id = $1`,
    [id],
  );
  return id;
}

async function alertEvents(pool: Pool, alertId: number, windowId: number): Promise<void> {
  await pool.query(
    `insert into alert_event (alert_id, at, kind, reason, window_id) values
       ($1::bigint, '2026-03-10T11:05:00Z', 'pending', 'shift_seen', $2::bigint),
       ($1::bigint, '2026-03-10T12:05:00Z', 'firing', 'windows_in_a_row', $2)`,
    [alertId, windowId],
  );
}

async function measurements(pool: Pool, windowId: number): Promise<void> {
  for (const name of ['age', 'country', 'income']) {
    const details = comparison(name);
    await pool.query(
      `insert into measurement (window_id, series, segment, subject, name, revision, kind, status, severity, drifted,
         reason, rows_reference, rows_current, missing_reference, missing_current, invalid_reference, invalid_current,
         psi, ks, ks_p_value, jensen_shannon, wasserstein, p_value, q_value, details)
       values ($1, 'closed', '', 'feature', $2, 1, 'numeric', 'drift', 'alarm', true, 'shifted', 60000, 1240,
         0, 0.25, 0, 0, 0.41, 0.31, 1e-9, 0.2, 8.1, 1e-9, 1e-7, $3)`,
      [windowId, name, JSON.stringify(details)],
    );
  }
}

function comparison(name: string): FeatureComparison {
  return {
    name,
    kind: 'numeric',
    status: 'drift',
    rows: { reference: 60_000, current: 1_240 },
    missing: { reference: 0, current: 0.25 },
    invalid: { reference: 0, current: 0 },
    metrics: { psi: 0.41, ks: { statistic: 0.31, p_value: 1e-9 } },
    threshold: { psi: 0.031 },
    p_value: 1e-9,
    q_value: 1e-7,
    severity: 'critical',
    drifted: true,
    faults: [],
    reason: 'shifted',
  };
}

async function retrain(
  pool: Pool,
  versionId: number,
  id: string,
  state: string,
  trigger: string,
  newVersion: string | null,
): Promise<void> {
  await pool.query(
    `insert into retrain_run (id, model_version_id, state, trigger, reason, webhook, request, requested_at, new_version)
     values ($1, $2, $3::text, $4, $5, 'airflow-retrain', '{"summary":"retrain"}',
       case when $3::text = 'running' then timestamptz '2026-03-10T12:05:00.123456Z' else '2026-03-01T03:00:00Z' end, $6)`,
    [id, versionId, state, trigger, trigger === 'drift' ? 'concept_drift' : 'schedule_due', newVersion],
  );
}

async function curve(pool: Pool, runId: string): Promise<void> {
  await pool.query(
    `insert into retrain_progress (run_id, metric, value, epoch, elapsed_s, energy_j, received_at)
     select $1, 'accuracy', 0.9 - 0.35 / (n + 1), n, 8 * n, 900 * n + 60 * n * n, '2026-03-10T12:06:00Z'
     from generate_series(0, 12) n`,
    [runId],
  );
  await pool.query(
    `update retrain_run set target_metric = 'accuracy', target_value = 0.86, target_lower_is_better = false,
       target_source = 'baseline', heard_at = '2026-03-10T12:06:00Z' where id = $1`,
    [runId],
  );
}

async function outcome(pool: Pool, runId: string): Promise<void> {
  await pool.query(
    `update retrain_run set outcome = 'kept', outcome_reason = 'nothing_was_lost', outcome_at = '2026-03-05T03:00:00Z',
       outcome_details = $2 where id = $1`,
    [
      runId,
      JSON.stringify({
        summary: 'Nothing had been lost, and the new version is no worse: version 3 has accuracy 0.86.',
        metric: 'accuracy',
        basis: 'before',
        new: { version: '3', value: 0.86, interval: [0.84, 0.88], labelled: 1_240, windows: 1 },
        old: { version: '2', value: 0.857, interval: [0.837, 0.875], labelled: 1_240, windows: 1 },
        reference: 0.86,
        limit: null,
        difference: { value: 0.003, interval: [-0.02, 0.03], p_value: 0.8 },
        evidence: [],
        seen: { fingerprint: '3 2-2', labelled: 1_240 },
      }),
    ],
  );
}

async function pipeline(pool: Pool): Promise<void> {
  await pool.query(
    `insert into source_position (source, partition, next_offset, high_offset, high_checked_at, progressed_at) values
       ('kafka:ml.predictions', 0, 9007199254740993, 9007199254741033, '2026-03-10T12:06:58Z', '2026-03-10T12:06:57Z'),
       ('kafka:ml.predictions', 1, 51200, 51200, '2026-03-10T12:06:58Z', '2026-03-10T12:06:50Z')`,
  );
  await pool.query(
    `insert into watermark (source, partition, model_id, max_event_at)
     select 'kafka:ml.predictions', p, id, timestamptz '2026-03-10T12:06:30Z' - p * interval '1 minute'
     from model cross join (values (0), (1)) as t (p) where name in ('credit-risk', 'churn')`,
  );
  await pool.query(
    `insert into event_count (source, partition, event_type, outcome, count) values
       ('kafka:ml.predictions', 0, 'prediction', 'windowed', 148320), ('kafka:ml.predictions', 1, 'prediction', 'windowed', 1),
       ('kafka:ml.predictions', 0, 'prediction', 'duplicate', 17), ('http', 0, 'label', 'parked', 4),
       ('labels', 0, 'label', 'joined', 4)`,
  );
  await pool.query(
    `insert into event_read (source, partition, event_type, count)
     select source, partition, event_type, sum(count) from event_count where outcome <> 'joined' group by 1, 2, 3`,
  );
  await pool.query(
    `insert into dead_letter (source, partition, "offset", received_at, reason, detail, event_type, model, bytes, byte_length)
     select 'kafka:ml.predictions', 0, 9007199254740993 + n, timestamptz '2026-03-10T11:00:00Z' + n * interval '1 minute',
       case when n < 4 then 'malformed_json' else 'missing_model' end, 'unexpected end after 17 bytes', 'prediction',
       case when n < 2 then 'credit-risk' end, convert_to('{"model":"credit-', 'UTF8'), 17
     from generate_series(1, 5) as n`,
  );
  await pool.query(
    `insert into outbox (kind, key, payload, created_at, available_at)
     values ('notify', 'n1', '{}', '2026-03-10T12:05:00Z', '2026-03-10T12:05:00Z')`,
  );
}
