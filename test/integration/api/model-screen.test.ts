import { gzipSync } from 'node:zlib';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Result } from '../../../src/core/result.ts';
import { heatCellsOf } from '../../../src/store/history/heat-cells.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { createReadModels, type ReadModels } from '../../../src/store/read-models.ts';
import { counting } from '../../harness/database/counting.ts';
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
       case when s.f = 1 and w.n = 2 then 'critical' else 'none' end, s.f = 1 and w.n = 2, 'r', 1000, 100, 0.01, 0.01 + s.f / 1e4, 0, 0,
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

  it('shows the gravest of the windows of a column, and marks what is not as in training', async () => {
    const map = await answered(read.modelHeatmap({ ...all, limit: 4 }));
    expect(map.total).toBe(FEATURES);
    const [fault, alarm, ...others] = map.features;
    expect([fault?.name, fault?.states.at(-1), fault?.effects.at(-1)]).toEqual(['f000', 'f', 20]);
    expect([alarm?.name, alarm?.states.at(-1), alarm?.effects.at(-1)]).toEqual(['f001', 'a', 400]);
    expect(others.map(({ name }) => name)).toEqual(['f002', 'f003']);
    expect(new Set(others[0]?.states)).toEqual(new Set('i'));
    expect(new Set(others[1]?.states)).toEqual(new Set('o'));
    // Nothing was logged on the eleventh day: a gap in time, and no column.
    const gap = map.columns.findIndex(({ start }) => start === '2026-01-12T00:00:00.000Z');
    expect(map.columns[gap - 1]?.end).toBe('2026-01-11T00:00:00.000Z');
  });

  it('gives each window a column of its own where there is room, and finds features by name', async () => {
    const map = await answered(read.modelHeatmap({ ...all, from: undefined, q: 'F00', limit: 500 }));
    expect(map.period).toEqual({ from: '2026-03-25T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' });
    expect(map.columns).toHaveLength(7 * 24);
    expect(map.columns.every(({ windows }) => windows === 1)).toBe(true);
    expect(map.features.map(({ name }) => name).sort()).toEqual(
      Array.from({ length: 10 }, (_, n) => `f00${n}`),
    );
    const states = map.features.map(({ name, states: letters }) => [name, letters.slice(-3)]);
    expect(states.slice(0, 3)).toEqual([
      ['f000', 'oof'],
      ['f001', 'oao'],
      ['f002', 'iii'],
    ]);
  });

  it('reads of windows what their verdicts hold, and of those from before what was measured', async () => {
    const asked = { ...all, limit: 500 };
    const measured = await answered(read.modelHeatmap(asked));
    const held = await pool.query(
      `update verdict d set (heat_names, heat_cells) = ${heatCellsOf('d.window_id', 'd.segment')} where d.id % 3 > 0`,
    );
    expect(held.rowCount).toBe(((HOURS - 24) * 2) / 3);
    expect(await answered(read.modelHeatmap(asked))).toEqual(measured);
    // Whatever is measured is not looked at where the verdict says it.
    await pool.query(
      `update verdict set heat_names = '{other}', heat_cells = int2send((700 * 32 + 1 + 2 + 16)::int2)
       where window_id = (select id from "window" order by start_at desc limit 1)`,
    );
    const [first] = (await answered(read.modelHeatmap(asked))).features;
    expect([first?.name, first?.effects.at(-1), first?.states.slice(-2)]).toEqual(['other', 700, '.f']);
    await pool.query(
      `update verdict d set (heat_names, heat_cells) = ${heatCellsOf('d.window_id', 'd.segment')}`,
    );
    expect(await answered(read.modelHeatmap(asked))).toEqual(measured);
  });

  it('asks the database a few times a panel, however much there is, and sends what fits on a screen', async () => {
    let statements = 0;
    const counted = createReadModels(counting(pool, () => (statements += 1)));
    const sent = async (asked: Promise<Result<unknown, unknown>>): Promise<[number, number]> => {
      const body = JSON.stringify(await answered(asked));
      const asking = statements;
      statements = 0;
      return [asking, gzipSync(body, { level: 4 }).length];
    };
    const features = { ...all, sort: 'status', descending: true } as const;
    const panels = {
      overview: await sent(counted.modelOverview(all)),
      ribbon: await sent(counted.modelRibbon(all)),
      heatmap: await sent(counted.modelHeatmap({ ...all, limit: 40 })),
      features: await sent(counted.modelFeatures({ ...features, bins: true, limit: 50 })),
      quadrants: await sent(counted.modelFeatures({ ...features, bins: false, limit: 200 })),
      trends: await sent(counted.modelTrends(all)),
      performance: await sent(counted.modelPerformance(all)),
      parts: await sent(counted.modelPerformanceParts(all)),
      markers: await sent(counted.modelMarkers(all)),
    };
    expect(Object.fromEntries(Object.entries(panels).map(([name, [asked]]) => [name, asked]))).toEqual({
      overview: 4,
      ribbon: 2,
      heatmap: 2,
      features: 3,
      quadrants: 2,
      trends: 2,
      performance: 2,
      parts: 2,
      markers: 3,
    });
    for (const [name, [, bytes]] of Object.entries(panels)) expect(bytes, name).toBeLessThan(20_000);
    const week = await sent(counted.modelHeatmap({ ...all, from: 'latest-7d', limit: 40 }));
    expect(week[0]).toBe(2);
  });

  it('joins verdicts that touch, and never tells of a milder one in a column', async () => {
    const near = await answered(read.modelRibbon({ ...all, from: 'latest-1d' }));
    expect(near.spans.map(({ verdict, windows }) => [verdict, windows])).toEqual([
      ['none', 22],
      ['covariate_shift', 1],
      ['data_fault', 1],
    ]);
    const far = await answered(read.modelRibbon(all));
    expect(far.spans.map(({ verdict, end }) => [verdict, end])).toEqual([
      ['none', '2026-01-11T00:00:00.000Z'],
      ['none', '2026-03-31T18:00:00.000Z'],
      ['data_fault', '2026-04-01T00:00:00.000Z'],
    ]);
    expect((await answered(read.modelRibbon({ ...all, series: 'matured' }))).spans.at(-1)?.verdict).toBe(
      'open',
    );
  });

  it('adds rows up, and lays the period before or another version under', async () => {
    const trends = await answered(read.modelTrends({ ...all, from: 'latest-7d', against: 'before' }));
    expect(trends.points).toHaveLength(7 * 24);
    expect(trends.points.at(-1)).toMatchObject({ rows: 100, late_rows: 1, prediction: 0.02, score: null });
    expect(trends.against).toMatchObject({
      name: 'before',
      period: { from: '2026-03-18T00:00:00.000Z', to: '2026-03-25T00:00:00.000Z' },
      shift_ms: 7 * DAY_MS,
    });
    expect(trends.against?.points).toHaveLength(7 * 24);
    const whole = await answered(read.modelTrends({ ...all, against: { version: '1' } }));
    expect(whole.points.reduce((sum, { rows }) => sum + rows, 0)).toBe((HOURS - 24) * 100);
    expect(whole.against?.points.reduce((sum, { rows }) => sum + rows, 0)).toBe((1_440 - 24) * 100);
  });

  it('lists features of the newest window in any order, with what was said of their importance', async () => {
    const asked = { ...all, bins: true, limit: 3, sort: 'missing', descending: true } as const;
    const { features, total, window, importance_known } = await answered(read.modelFeatures(asked));
    expect(window).toMatchObject({ version: '2', end: '2026-04-01T00:00:00.000Z', rows: 100 });
    expect([total, importance_known]).toEqual([FEATURES, true]);
    expect(features.map(({ name }) => name)).toEqual(['f199', 'f198', 'f197']);
    const byImportance = await answered(read.modelFeatures({ ...asked, sort: 'importance' }));
    expect(byImportance.features.map(({ name, importance }) => [name, importance])).toEqual([
      ['f001', 'high'],
      ['f000', null],
      ['f002', null],
    ]);
    const byStatus = await answered(read.modelFeatures({ ...asked, sort: 'status' }));
    expect(byStatus.features[0]).toMatchObject({ name: 'f000', status: 'fault', faults: ['missing_spike'] });
  });

  it('takes the newest window that tells before one of too few rows', async () => {
    await pool.query(
      `update measurement set status = 'insufficient' where window_id = (select max(id) from "window" where start_at = '2026-03-31T23:00Z')`,
    );
    const asked = { ...all, bins: true, limit: 1, sort: 'name', descending: false } as const;
    const { window } = await answered(read.modelFeatures(asked));
    expect(window?.end).toBe('2026-03-31T23:00:00.000Z');
  });

  it('marks versions where their first window begins', async () => {
    const { items } = await answered(read.modelMarkers(all));
    expect(items).toEqual([
      { at: '2026-01-01T00:00:00.000Z', until: null, kind: 'version', text: 'version 1', id: null },
      { at: '2026-03-02T00:00:00.000Z', until: null, kind: 'version', text: 'version 2', id: null },
    ]);
  });

  it('says what stands since when, and what there is to choose from', async () => {
    const overview = await answered(read.modelOverview(all));
    expect(overview).toMatchObject({
      task: 'classification',
      versions: [{ name: '2' }, { name: '1' }],
      sizes: ['1h'],
      standing: {
        verdict: 'data_fault',
        since: '2026-03-31T23:00:00.000Z',
        windows: 1,
        advice: 'fix_pipeline',
      },
      incidents: [],
      newest_window: { start: '2026-03-31T23:00:00.000Z', state: 'closed' },
    });
    const first = await answered(read.modelOverview({ ...all, version: '1' }));
    expect(first.standing).toMatchObject({
      verdict: 'none',
      windows: 1_000,
      end: '2026-03-02T00:00:00.000Z',
    });
  });

  it('refuses what it does not know, and shows nothing of a size that there is not', async () => {
    expect(await read.modelRibbon({ model: 'nobody', nowMs: NOW_MS })).toMatchObject({
      error: { reason: 'unknown_model' },
    });
    expect(await read.modelRibbon({ ...all, version: '9' })).toMatchObject({
      error: { reason: 'unknown_version' },
    });
    expect(await read.modelRibbon({ ...all, from: 'soon' })).toMatchObject({
      error: { reason: 'no_period' },
    });
    expect(await answered(read.modelRibbon({ ...all, size: DAY_MS }))).toMatchObject({
      size: null,
      spans: [],
    });
  });

  it('marks the dates that the configuration knows of, those in a row as one', async () => {
    const event = (name: string, dates: object[], rest: object = {}): object => ({
      name,
      days: null,
      dates,
      hours: null,
      timeZone: 'Europe/Berlin',
      explains: false,
      ...rest,
    });
    const day = (month: number, of: number, year: number | null = null) => ({ year, month, day: of });
    const calendar = [
      event('fair', [{ from: day(2, 9), to: day(2, 11) }]),
      event('long ago', [{ from: day(2, 9, 2020), to: day(2, 9, 2020) }]),
      event('night', [{ from: day(2, 10), to: day(2, 10) }], { hours: { fromMinute: 1_320, toMinute: 120 } }),
    ];
    await pool.query(
      `update model set spec = spec || jsonb_build_object('calendar', $1::jsonb) where name = 'wide'`,
      [JSON.stringify(calendar)],
    );
    const asked = { model: 'wide', from: '2026-02-01T00:00Z', to: '2026-03-01T00:00Z', nowMs: NOW_MS };
    const { items } = await answered(read.modelMarkers(asked));
    expect(items.filter(({ kind }) => kind === 'calendar')).toEqual([
      {
        at: '2026-02-08T23:00:00.000Z',
        until: '2026-02-11T23:00:00.000Z',
        kind: 'calendar',
        text: 'fair',
        id: null,
      },
      {
        at: '2026-02-10T21:00:00.000Z',
        until: '2026-02-11T01:00:00.000Z',
        kind: 'calendar',
        text: 'night',
        id: null,
      },
    ]);
    expect((await answered(read.modelMarkers({ ...asked, to: '2026-02-05T00:00Z' }))).items).toEqual([]);
  });
});
