import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Result } from '../../../src/core/result.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { createReadModels, type ReadModels } from '../../../src/store/read-models.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const NOW_MS = Date.parse('2027-01-01T00:00:00Z');
const HOURS = 90 * 24;
const FEATURES = 200;

/** What a panel answers; a refusal fails the test. */
async function answered<T>(result: Promise<Result<T, unknown>>): Promise<T> {
  const read = await result;
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

/**
 * Ninety days of hours of two hundred features, nothing on the tenth day. `f000` has a fault in the last hour, `f001` an alarm in
 * the hour before, `f002` too few rows throughout; the others are as in training.
 */
async function seedMonths(pool: Pool): Promise<void> {
  await pool.query(
    `with m as (insert into model (name, task, spec) values ('wide', 'classification',
       '{"features": {"f001": {"importance": "high"}, "f003": {"importance": "low"}}}') returning id)
     insert into model_version (model_id, name) select id, v from m, unnest('{1,2}'::text[]) v order by v`,
  );
  await pool.query(
    `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms, state, closed_at, closed_revision, late_rows)
     select (select id from model_version where name = case when n < 1440 then '1' else '2' end), $1::bigint,
       to_timestamp($2::float8 / 1000) + n * interval '1 hour', to_timestamp($2::float8 / 1000) + (n + 1) * interval '1 hour', 0,
       'closed', now(), 1, n % 2
     from generate_series(0, $3::int - 1) n where n / 24 <> 10`,
    [HOUR_MS, START_MS, HOURS],
  );
  await pool.query(
    `insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice, summary, reason, rows, diagnosis)
     select w.id, 'closed', '', 1, case when w.n = 1 then 'data_fault' when w.n = 2 then 'covariate_shift' else 'none' end, '{}', '{}', 0.9,
       case when w.n = 1 then 'fix_pipeline' else 'none' end, 'said', null, 100, '{}'
     from (select id, row_number() over (order by start_at desc) as n from "window") w`,
  );
  await pool.query(
    `insert into window_part (window_id, segment, kind, source, partition, from_offset, to_offset, rows, delta)
     select id, '', 'input', 'a', 0, 0, 1, 100, '' from "window"`,
  );
  await pool.query(
    `insert into measurement (window_id, series, segment, subject, name, revision, kind, status, severity, drifted, reason, rows_reference,
       rows_current, missing_reference, missing_current, invalid_reference, invalid_current, psi, jensen_shannon, q_value, faults)
     select w.id, 'closed', '', s.subject, s.name, 1, 'numeric',
       case when s.f = 0 and w.n = 1 then 'fault' when s.f = 1 and w.n = 2 then 'drift' when s.f = 2 then 'insufficient' else 'ok' end,
       case when s.f = 1 and w.n = 2 then 'alarm' else 'none' end, s.f = 1 and w.n = 2, 'r', 1000, 100, 0.01, 0.01 + s.f / 1e4, 0, 0,
       0.1, case when s.f = 1 and w.n = 2 then 0.4 else 0.02 end, 0.5,
       case when s.f = 0 and w.n = 1 then '{missing_spike}'::text[] else '{}' end
     from (select id, row_number() over (order by start_at desc) as n from "window") w,
       (select n as f, 'feature' as subject, 'f' || lpad(n::text, 3, '0') as name from generate_series(0, $1::int - 1) n
        union all select -1, 'prediction', 'prediction') s`,
    [FEATURES],
  );
  await pool.query('analyze');
}

describeWith(['postgres'], 'the screen of a model, on ninety days of hours', () => {
  let pool: Pool;
  let read: ReadModels;
  const all = { model: 'wide', from: 'latest-90d', nowMs: NOW_MS };

  beforeAll(async () => {
    const { url } = await createDatabase('model-screen');
    pool = createPool({
      connectionString: url,
      max: 2,
      applicationName: 'test',
      log: silentLog,
      statementTimeoutMs: 120_000,
    });
    await seedMonths(pool);
    read = createReadModels(pool);
  });

  afterAll(async () => {
    await pool.end();
  });

  it('sends two hundred features of ninety days as four hundred columns at most', async () => {
    const map = await answered(read.modelHeatmap({ ...all, limit: 500 }));
    expect(map.columns.length).toBeGreaterThan(300);
    expect(map.columns.length).toBeLessThanOrEqual(400);
    expect(map.columns.reduce((sum, { windows }) => sum + windows, 0)).toBe(HOURS - 24);
    expect(map.features).toHaveLength(FEATURES);
    expect(JSON.stringify(map).length).toBeLessThan(500_000);
    for (const { effects, states } of map.features) {
      expect(effects).toHaveLength(map.columns.length);
      expect(states).toHaveLength(map.columns.length);
    }
  });
});
