/** The fleet, of a database that holds 25 models with 90 days of hours or days. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { type FleetRequest, loadFleet } from '../../../src/store/read-models/screens/fleet.ts';
import { modelPerformance } from '../../../src/store/read-models/screens/model-performance.ts';
import { fleet as fleetSchema } from '../../../src/store/rows.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import type { FleetPlan } from '../../harness/fleet/plan-fleet.ts';
import { seedFleet, SMALL_FLEET } from '../../harness/fleet/seed-fleet.ts';

const { endMs } = SMALL_FLEET;
const ALL: FleetRequest = {
  nowMs: endMs,
  from: null,
  to: { ofLatest: true, ms: 0 },
  order: 'verdict',
  descending: false,
  search: null,
  verdict: null,
  tag: null,
  group: null,
  limit: 50,
  offset: 0,
};
const iso = (ms: number): string => new Date(ms).toISOString();

describeWith(['postgres'], 'the fleet', () => {
  let pool: Pool;
  let plans: FleetPlan[];
  const ask = async (request: Partial<FleetRequest> = {}) => {
    const answer = await loadFleet(pool, { ...ALL, ...request });
    expect(() => fleetSchema.parse(answer)).not.toThrow();
    return answer;
  };
  const names = async (request: Partial<FleetRequest>): Promise<string[]> =>
    (await ask(request)).items.map(({ model }) => model);

  beforeAll(async () => {
    const { url } = await createDatabase('fleet');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    plans = await seedFleet(pool, SMALL_FLEET);
  }, 120_000);
  afterAll(async () => await pool.end());

  it('puts first what needs somebody, and says which is worst', async () => {
    const { items, needing, models, total } = await ask();
    expect([models, total, items.length]).toEqual([25, 25, 25]);
    const going = plans.filter(
      ({ story }) => story !== null && story.endedDaysAgo === 0 && story.verdict !== 'undetermined',
    );
    const fires = items.filter(({ worst_incident: worst }) => worst?.state === 'firing');
    expect(fires.map(({ model }) => model).sort()).toEqual(going.map(({ spec }) => spec.name).sort());
    expect(items.slice(0, fires.length)).toEqual(fires);
    const unattended = fires.filter(({ worst_incident: worst }) => worst?.looked_after_by === null);
    expect(needing.models).toBe(unattended.length);
    expect(needing.looked_after).toBe(fires.length - unattended.length);
    expect(needing.worst).toEqual(
      unattended[0] === undefined
        ? null
        : { model: unattended[0].model, incident: unattended[0].worst_incident },
    );
  });

  it('says of a model what its newest windows say', async () => {
    const quiet = plans.find(
      ({ story, sizeMs, isWaiting }) => story === null && sizeMs === DAY_MS && !isWaiting,
    )!;
    const [row] = (await ask({ search: quiet.spec.name.toUpperCase() })).items;
    expect(row).toMatchObject({
      model: quiet.spec.name,
      tags: quiet.spec.tags,
      verdict: {
        verdict: 'none',
        series: 'closed',
        start: iso(endMs - 2 * DAY_MS),
        end: iso(endMs - DAY_MS),
      },
      open_incidents: 0,
      worst_incident: null,
      newest_window: { start: iso(endMs - DAY_MS), end: iso(endMs), state: 'open' },
      performance: {
        realised: { start: iso(endMs - 8 * DAY_MS), end: iso(endMs - 7 * DAY_MS) },
        estimated: { valid: true },
      },
    });
    const { rows_per_hour: rows, performance } = row!;
    expect(rows! / quiet.rowsPerHour).toBeGreaterThan(0.65);
    expect(rows! / quiet.rowsPerHour).toBeLessThan(1.35);
    const [low, high] = performance.realised!.interval!;
    expect([low, performance.realised!.value, high]).toEqual(
      [low, performance.realised!.value, high].sort((a, b) => a - b),
    );
  });

  it('says what labels say of a window that has not matured, as its screen does', async () => {
    const { spec } = plans.find(
      ({ story, sizeMs, isWaiting, spec }) =>
        story === null && sizeMs === DAY_MS && !isWaiting && spec.task !== 'regression',
    )!;
    const startMs = endMs - 3 * DAY_MS;
    const metrics = { accuracy: { current: 0.71, interval: [0.68, 0.74], reference: 0.9 } };
    const changed = `update verdict d set performance = d.performance || jsonb_build_object('metrics', $3::jsonb)
      from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
      where d.window_id = w.id and m.name = $1 and w.start_at = $2 and w.matured_revision = 0`;
    await pool.query(changed, [spec.name, iso(startMs), JSON.stringify(metrics)]);
    const [row] = (await ask({ search: spec.name })).items;
    const screen = await modelPerformance(pool, { model: spec.name, nowMs: endMs, metric: 'accuracy' });
    await pool.query(changed, [spec.name, iso(startMs), '{}']);

    expect(row!.performance.realised).toEqual({
      value: 0.71,
      interval: [0.68, 0.74],
      start: iso(startMs),
      end: iso(startMs + DAY_MS),
    });
    if (!screen.ok) throw new Error(screen.error.detail);
    const newest = screen.value.points.findLast(({ realised }) => realised !== null);
    expect(newest).toMatchObject({ start: iso(startMs), realised: 0.71, interval: [0.68, 0.74] });
  });

  it('adds 90 days of hours up to 96 columns of which each says its worst', async () => {
    const hourly = plans.filter(({ sizeMs, story }) => sizeMs === HOUR_MS || story !== null);
    const { items, period } = await ask({ from: { ofLatest: true, ms: -90 * DAY_MS } });
    expect(period).toEqual({ from: iso(endMs - 90 * DAY_MS), to: iso(endMs) });
    for (const { spec, story } of hourly) {
      const { ribbon } = items.find(({ model }) => model === spec.name)!;
      expect(ribbon.length).toBeLessThanOrEqual(96);
      expect(ribbon[0]!.start).toBe(period.from);
      const told = ribbon.filter(({ verdict }) => verdict !== 'none' && verdict !== 'open');
      expect(told.map(({ verdict }) => verdict)).toEqual(story === null ? [] : [story.verdict]);
    }
  });

  it('shows one hour of a fault in a column of a day', async () => {
    const hourly = plans.find(({ sizeMs, story }) => sizeMs === HOUR_MS && story === null)!;
    const at = endMs - 40 * DAY_MS + 5 * HOUR_MS;
    const changed = `update verdict d set verdict = $3 from "window" w join model_version v on v.id = w.model_version_id
      join model m on m.id = v.model_id
      where d.window_id = w.id and m.name = $1 and w.start_at = $2`;
    await pool.query(changed, [hourly.spec.name, iso(at), 'data_fault']);
    const [row] = (await ask({ search: hourly.spec.name, from: { ofLatest: true, ms: -90 * DAY_MS } })).items;
    await pool.query(changed, [hourly.spec.name, iso(at), 'none']);
    const faults = row!.ribbon.filter(({ verdict }) => verdict === 'data_fault');
    expect(faults).toHaveLength(1);
    expect(Date.parse(faults[0]!.start)).toBeLessThanOrEqual(at);
    expect(Date.parse(faults[0]!.end)).toBeGreaterThan(at);
    expect(Date.parse(faults[0]!.end) - Date.parse(faults[0]!.start)).toBeLessThanOrEqual(DAY_MS);
  });

  it('leaves a gap where nothing was logged', async () => {
    const { spec } = plans.find(({ sizeMs, story }) => sizeMs === HOUR_MS && story === null)!;
    const nothing = { ofLatest: true, ms: -400 * DAY_MS };
    const [row] = (await ask({ search: spec.name, from: nothing })).items;
    expect(Date.parse(row!.ribbon[0]!.start)).toBe(endMs - 90 * DAY_MS);
    expect(
      (await ask({ search: spec.name, from: nothing, to: { ofLatest: true, ms: -200 * DAY_MS } })).items[0]
        ?.ribbon,
    ).toEqual([]);
  });

  it('by default shows 30 of the windows that most models have', async () => {
    expect((await ask()).period).toEqual({ from: iso(endMs - 30 * DAY_MS), to: iso(endMs) });
  });

  it('searches, filters, orders and groups', async () => {
    const all = plans.map(({ spec }) => spec.name).sort();
    expect(await names({ order: 'name' })).toEqual(all);
    expect(await names({ order: 'name', descending: true, limit: 7, offset: 3 })).toEqual(
      [...all].reverse().slice(3, 10),
    );
    expect((await names({ search: 'FRAUD' })).every((name) => name.startsWith('fraud'))).toBe(true);
    expect(await names({ search: '%' })).toEqual([]);
    const tagged = plans.filter(({ spec }) => spec.tags?.['team'] === 'risk').map(({ spec }) => spec.name);
    expect((await names({ tag: { name: 'team', value: 'risk' } })).sort()).toEqual(tagged.sort());
    const silent = plans.filter(({ story }) => story?.verdict === 'data_fault' && story.endedDaysAgo === 0);
    expect((await names({ verdict: 'data_fault' })).sort()).toEqual(
      silent.map(({ spec }) => spec.name).sort(),
    );
    const grouped = await ask({ group: 'team' });
    expect(grouped.items.map(({ group }) => group)).toEqual(
      grouped.groups.flatMap(({ value, models }) => Array.from({ length: models }, () => value)),
    );
    expect(grouped.groups.map(({ value }) => value)).toEqual(['growth', 'logistics', 'payments', 'risk']);
    const rows = (await ask({ order: 'rows', descending: true })).items.map(
      ({ rows_per_hour: each }) => each ?? -1,
    );
    expect(rows).toEqual([...rows].sort((a, b) => b - a));
  });

  it('puts faults and concept drift before other shifts, operation and silence, and what does not fire behind', async () => {
    const quiet = plans
      .filter(({ story, isWaiting }) => story === null && !isWaiting)
      .map(({ spec }) => spec.name)
      .sort();
    // Of the alphabet's order the other way round, so that the name decides nothing.
    const [waiting, silent, slow, shifted, drifted, faulty] = quiet;
    const incidents = [
      [waiting, 'shift', 'data_fault', '{data_fault}', 'recovering'],
      [silent, 'no_data', 'undetermined', '{no_data}', 'firing'],
      [slow, 'operational', 'none', '{latency}', 'firing'],
      [shifted, 'shift', 'covariate_shift', '{covariate_shift}', 'firing'],
      [drifted, 'shift', 'mixed', '{covariate_shift,concept_drift}', 'firing'],
      [faulty, 'shift', 'data_fault', '{data_fault}', 'firing'],
    ];
    for (const [model, cause, verdict, types, state] of incidents) {
      await pool.query(
        `insert into alert (model_version_id, size_ms, segment, series, state, cause, verdict, types, windows_in_a_row, verdict_in_a_row,
           since_at, last_window_id)
         select v.id, 1, 'by-hand', 'closed', $5, $2, $3, $4, 2, 2, now(), (select max(id) from "window" where model_version_id = v.id)
         from model_version v join model m on m.id = v.model_id where m.name = $1`,
        [model, cause, verdict, types, state],
      );
    }
    const mine = new Set(incidents.map(([model]) => model));
    const ordered = (await names({})).filter((name) => mine.has(name));
    await pool.query(`delete from alert where segment = 'by-hand'`);
    expect(ordered).toEqual([drifted, faulty, shifted, slow, silent, waiting]);
  });

  it('reads windows of the page alone', async () => {
    const [page, everything] = [await ask({ limit: 5 }), await ask({ limit: 25 })];
    expect(page.items).toEqual(everything.items.slice(0, 5));
    expect(page.total).toBe(25);
  });
});
