/** A fleet with months of windows, written as the service stores them but without making a single prediction. */
import { DAY_MS } from '../../../src/core/clock.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { makePartitionsAhead } from '../../../src/store/history/partitions.ts';
import { syncModels } from '../../../src/store/windows/models.ts';
import { type FleetPlan, planFleet } from './plan-fleet.ts';

export interface FleetShape {
  readonly models: number;
  readonly days: number;
  /** End of the newest window, which is open. */
  readonly endMs: number;
  readonly seed: number;
  /** Columns whose measurements are written; none of them is needed to see the fleet. */
  readonly features: number;
}

/** Windows of 90 days to 1 March 2026. */
export const SMALL_FLEET: FleetShape = {
  models: 25,
  days: 90,
  endMs: Date.UTC(2026, 2, 1),
  seed: 17,
  features: 4,
};

/** Fills empty tables. Labels come after a week. @returns what was planned, in the order of the models */
export async function seedFleet(pool: Pool, shape: FleetShape): Promise<FleetPlan[]> {
  const plans = planFleet(shape.models, shape.seed);
  const ids = await syncModels(
    pool,
    plans.map(({ spec }) => spec),
  );
  await pool.query(
    `create unlogged table fleet_plan (model_id int, size interval, size_ms bigint, per_hour float8, quality float8, metric text,
       verdict text, types text[], since timestamptz, until timestamptz, by text, version_id int)`,
  );
  const seen = plans.filter(({ isWaiting }) => !isWaiting);
  await pool.query(
    `insert into fleet_plan
     select p.id, p.size_ms * interval '1 millisecond', p.size_ms, p.per_hour, p.quality, p.metric, p.verdict,
       array(select jsonb_array_elements_text(p.types)), p.since, p.until, p.by
     from jsonb_to_recordset($1) as p (id int, size_ms bigint, per_hour float8, quality float8, metric text, verdict text,
       types jsonb, since timestamptz, until timestamptz, by text)`,
    [JSON.stringify(seen.map((plan) => facts(plan, ids.get(plan.spec.name) ?? 0, shape)))],
  );
  await pool.query(
    `insert into model_version (model_id, name) select model_id, '1' from fleet_plan order by model_id`,
  );
  await pool.query(
    'update fleet_plan p set version_id = v.id from model_version v where v.model_id = p.model_id',
  );
  await pool.query(WINDOWS, [new Date(shape.endMs - shape.days * DAY_MS), new Date(shape.endMs)]);
  await makePartitionsAhead(pool);
  await pool.query(VERDICTS, [shape.seed]);
  if (shape.features > 0) await pool.query(MEASUREMENTS, [shape.seed, shape.features]);
  await pool.query(INCIDENTS);
  await pool.query(VIEWS);
  await pool.query(EVENTS);
  await pool.query('drop table fleet_plan');
  await pool.query('analyze');
  return plans;
}

function facts(plan: FleetPlan, id: number, { endMs }: FleetShape): object {
  const { story, sizeMs, spec } = plan;
  // The newest window is open and says nothing yet.
  const newestMs = endMs - Math.max(sizeMs, DAY_MS);
  const at = (daysAgo: number): string => new Date(newestMs - daysAgo * DAY_MS).toISOString();
  return {
    id,
    size_ms: sizeMs,
    per_hour: plan.rowsPerHour,
    quality: plan.quality,
    metric: spec.task === 'regression' ? 'mae' : 'accuracy',
    verdict: story?.verdict ?? null,
    types: story?.types ?? [],
    since: story === null ? null : at(story.beganDaysAgo),
    until: story === null || story.endedDaysAgo === 0 ? null : at(story.endedDaysAgo),
    by: story?.acknowledgedBy ?? null,
  };
}

const WINDOWS = `
  insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, state, closed_at, matured_at, closed_revision,
    matured_revision, closed_deltas, matured_deltas, silence)
  select p.version_id, p.size_ms, t, t + p.size, 0, case when is_open then 'open' when is_young then 'closed' else 'matured' end,
    case when not is_open then t + p.size end, case when not is_young then t + p.size + interval '7 days' end,
    (not is_open)::int, (not is_young)::int, case when not is_open then 1 end, case when not is_young then 1 end,
    case when p.verdict = 'no_data' and t >= p.since and (p.until is null or t < p.until) then 'unexpected' end
  from fleet_plan p
  cross join lateral generate_series($1::timestamptz, $2::timestamptz - p.size, p.size) t
  cross join lateral (select t + p.size >= $2::timestamptz as is_open, t + p.size > $2::timestamptz - interval '7 days' as is_young) a
  order by t, p.version_id`;

/** A number from 0 to 1 that a window always has. */
const CHANCE = `(abs(hashtext(w.id::text || '/' || $1::text)::bigint) % 10000 / 10000.0)`;
const SAYS = `case when p.verdict is not null and w.start_at >= p.since and (p.until is null or w.start_at < p.until) then p.verdict else 'none' end`;
const FALLS = `case when x.says in ('concept_drift', 'mixed', 'data_fault') then 0.94 else 1 end`;
const FIGURE = `round((p.quality * (0.985 + 0.03 * ${CHANCE}) * ${FALLS})::numeric, 4)`;

const VERDICTS = `
  insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice, summary, reason, rows,
    diagnosis, performance, created_at)
  select w.id, s.series, '', 1, x.verdict, case when x.verdict = 'none' then '{}' else p.types end, '{}',
    case x.verdict when 'undetermined' then 0 else 0.97 end,
    case x.says when 'data_fault' then 'fix_pipeline' when 'concept_drift' then 'retrain' when 'none' then 'none' else 'watch' end,
    x.summary, x.reason, x.rows,
    jsonb_build_object('verdict', x.verdict, 'types', case when x.verdict = 'none' then '{}' else p.types end, 'not_tested', '[]'::jsonb,
      'confidence', 0.97, 'evidence', '[]'::jsonb, 'faults', '[]'::jsonb, 'summary', x.summary, 'advice', 'watch', 'reason', x.reason),
    case when x.rows = 0 then null when s.series = 'matured' then jsonb_build_object(
      'labelled', jsonb_build_object('reference', 50000, 'current', x.rows, 'share', 1), 'mature', true,
      'metrics', jsonb_build_object(p.metric, jsonb_build_object('reference', p.quality, 'current', f.v,
        'interval', jsonb_build_array(round(f.v * 0.99, 4), round(f.v * 1.01, 4)), 'p_value', 0.4)))
    else jsonb_build_object('labelled', jsonb_build_object('reference', 50000, 'current', 0, 'share', 0), 'mature', false,
      'metrics', '{}'::jsonb, 'estimated', jsonb_build_object(p.metric, jsonb_build_object('reference', p.quality, 'value', f.v,
        'interval', jsonb_build_array(round(f.v * 0.98, 4), round(f.v * 1.02, 4)), 'method', 'cbpe', 'valid', true,
        'reason', 'if_concept_stands'))) end,
    w.end_at
  from "window" w
  join fleet_plan p on p.version_id = w.model_version_id
  cross join lateral (values ('closed'), ('matured')) as s (series)
  cross join lateral (select ${SAYS} as says) y
  cross join lateral (select y.says, case y.says when 'no_data' then 'undetermined' else y.says end as verdict,
    case y.says when 'no_data' then 'no_rows' when 'undetermined' then 'conflicting_evidence' end as reason,
    case y.says when 'none' then 'Nothing moved.' when 'no_data' then 'No rows came.' else 'income moved.' end as summary,
    case y.says when 'no_data' then 0 else ceil(p.per_hour * p.size_ms / 3600000 * (0.7 + 0.6 * ${CHANCE})) end::bigint as rows) x
  cross join lateral (select ${FIGURE} as v) f
  where w.closed_revision > 0 and (s.series = 'closed' or w.matured_revision > 0)
  order by w.id`;

const MEASUREMENTS = `
  insert into measurement (window_id, series, segment, subject, name, revision, kind, status, severity, drifted, reason,
    rows_reference, rows_current, missing_reference, missing_current, invalid_reference, invalid_current, psi, ks, p_value, q_value)
  select w.id, 'closed', '', 'feature', case n when 1 then 'income' else 'feature_' || n end, 1, 'numeric',
    case when x.moved then 'drift' else 'ok' end, case when x.moved then 'alarm' else 'none' end, x.moved,
    case when x.moved then 'psi' else 'below_threshold' end, 50000, 1000, 0.01, 0.01, 0, 0, x.psi, x.psi / 2, x.p, x.p
  from "window" w
  join fleet_plan p on p.version_id = w.model_version_id
  cross join generate_series(1, $2::int) n
  cross join lateral (select n = 1 and ${SAYS} not in ('none', 'no_data', 'undetermined') as moved) m
  cross join lateral (select m.moved, case when m.moved then 0.3 else 0.01 end + 0.02 * ${CHANCE} as psi,
    case when m.moved then 1e-9 else 0.2 + 0.7 * ${CHANCE} end as p) x
  where w.closed_revision > 0
  order by w.id`;

/** Of every story that people would have been told of, from its second window on. */
const INCIDENTS = `
  insert into alert (model_version_id, size_ms, segment, series, state, cause, verdict, types, subjects, fired_verdict, told_types,
    windows_in_a_row, verdict_in_a_row, clean_in_a_row, since_at, until_at, last_window_id, fired_at, resolved_at, last_notified_at, told_at,
    acknowledged_at, acknowledged_by, acknowledged_comment, created_at, updated_at)
  select p.version_id, p.size_ms, '', 'closed', case when p.until is null then 'firing' else 'resolved' end,
    case p.verdict when 'no_data' then 'no_data' else 'shift' end, case p.verdict when 'no_data' then 'undetermined' else p.verdict end,
    case p.verdict when 'no_data' then '{no_data}' else p.types end, case p.verdict when 'no_data' then '{}' else '{income}'::text[] end,
    case p.verdict when 'no_data' then 'undetermined' else p.verdict end, case p.verdict when 'no_data' then '{no_data}' else p.types end,
    l.windows, l.windows, 0, p.since, p.until, l.id, p.since + 2 * p.size, p.until, p.since + 2 * p.size, p.since + 2 * p.size,
    case when p.by is not null then p.since + 3 * p.size end, p.by, case when p.by is not null then 'looking at it' end,
    p.since + 2 * p.size, coalesce(p.until, p.since + 2 * p.size)
  from fleet_plan p
  cross join lateral (select max(w.id) as id, count(*) as windows from "window" w where w.model_version_id = p.version_id
    and w.closed_revision > 0 and w.start_at >= p.since and (p.until is null or w.start_at < p.until)) l
  where p.verdict is not null and p.verdict <> 'undetermined' and l.windows > 1
  order by p.since, p.version_id`;

const VIEWS = `
  insert into alert_view (alert_id, series, state, verdict, types, subjects, windows_in_a_row, verdict_in_a_row, since_at, last_window_id)
  select id, series, state, verdict, types, subjects, windows_in_a_row, verdict_in_a_row, since_at, last_window_id from alert`;

const EVENTS = `
  insert into alert_event (alert_id, at, kind, reason, window_id, series)
  select id, fired_at, 'firing', 'enough_windows', last_window_id, series from alert
  union all
  select id, resolved_at, 'resolved', 'enough_clean_windows', last_window_id, series from alert where resolved_at is not null
  order by 2, 1`;
