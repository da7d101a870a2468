import { beforeAll, expect, it } from 'vitest';
import type { FeatureInWindow, FeatureOverTime, Inspections } from '../../../src/api/inspections.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { PrivateFields } from '../../../src/core/privacy/private-fields.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { createListDays } from '../../../src/pipeline/history/list-days.ts';
import { retire } from '../../../src/pipeline/history/retire.ts';
import { createInspections } from '../../../src/pipeline/inspect/inspections.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { quantileReached } from '../../../src/stats/quantiles.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { counting } from '../../harness/database/counting.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { evaluateDue } from '../../harness/evaluate-due.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { type Row, sendRows } from '../history/day-rows.ts';
import { copyHours } from './copy-hours.ts';

const FIRST = Date.UTC(2026, 2, 1);
const ROWS = 300;
const FAULTY_DAY = 3;
const NEW_LEVEL_DAY = 4;
/** Open: nothing comes after it. */
const LAST_DAY = 5;
const SPEC = modelSpec({
  windows: [{ sizeMs: DAY_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  segments: ['country'],
  labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 10 },
  minRows: 100,
});
const RETENTION = {
  predictionsMs: 10_000 * DAY_MS,
  comparisonsMs: 20 * DAY_MS,
  countsMs: 60 * DAY_MS,
  daysMs: 200 * DAY_MS,
  weeksMs: 900 * DAY_MS,
  windowsMs: 400 * DAY_MS,
  incidentsMs: 400 * DAY_MS,
  messagesMs: 90 * DAY_MS,
  deadLettersMs: 30 * DAY_MS,
  batchesMs: 7 * DAY_MS,
  auditMs: 400 * DAY_MS,
};

const random = createRandom(7);
const ratio = (): number => Math.round((0.25 + 0.5 * random() ** 2) * 1e4) / 1e4;
const country = (): string => ['DE', 'DE', 'FR', 'IT'][Math.floor(random() * 4)]!;

function rowsOf(day: number): Row[] {
  return Array.from({ length: ROWS }, (_, n) => {
    const own = ratio();
    return {
      id: `d${day}-${n}`,
      atMs: FIRST + day * DAY_MS + n * 60_000,
      features: {
        ratio: day === FAULTY_DAY ? Number((own * 100).toFixed(2)) : own,
        country: day === NEW_LEVEL_DAY && n % 5 === 0 ? 'XX' : country(),
      },
      prediction: n % 3 === 0 ? 'deny' : 'approve',
      label: null,
    };
  });
}

describeWith(['postgres'], 'the screens of a window and of a feature', () => {
  let pool: Pool;
  let inspections: Inspections;
  let ids: string[];
  const days = Array.from({ length: LAST_DAY + 1 }, (_, day) => rowsOf(day));

  const from = (models: readonly ModelSpec[]) =>
    createInspections(pool, models, createListDays(pool, models));
  const inWindow = (feature: string, window: string | null = null): FeatureInWindow => ({
    model: SPEC.name,
    feature,
    version: null,
    segment: '',
    size: null,
    window,
  });
  const overTime = (feature: string, over: Partial<FeatureOverTime> = {}): FeatureOverTime => ({
    model: SPEC.name,
    feature,
    version: null,
    segment: '',
    size: null,
    from: null,
    to: null,
    ...over,
  });
  async function answer<T>(
    asked: Promise<{ ok: true; value: T } | { ok: false; error: { detail: string } }>,
  ) {
    const found = await asked;
    if (!found.ok) throw new Error(found.error.detail);
    return found.value;
  }

  beforeAll(async () => {
    const { url } = await createDatabase('feature_screen');
    pool = createPool({ connectionString: url, max: 6, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const training = tableOf(
      [
        numericColumn('ratio', Array.from({ length: 2_000 }, ratio)),
        levelColumn('country', Array.from({ length: 2_000 }, country)),
      ],
      {
        prediction: levelColumn(
          'prediction',
          Array.from({ length: 2_000 }, (_, n) => (n % 3 ? 'approve' : 'deny')),
        ),
      },
    );
    await storeBaseline(pool, SPEC, '1', training, { file: 'training.csv' });
    for (const rows of days) await sendRows(pool, SPEC, rows);
    await evaluateDue({ pool, catalog: await ModelCatalog.open(pool, [SPEC]) }, FIRST + 6 * DAY_MS);
    inspections = from([SPEC]);
    const found = await pool.query<{ id: string }>(
      `select id::text from "window" where not pane_only order by start_at`,
    );
    ids = found.rows.map(({ id }) => id);
    expect(ids.length).toBe(LAST_DAY + 1);
    // As it was before its end: the clock of the machine has passed it.
    for (const kept of ['verdict', 'measurement', 'comparison'])
      await pool.query(`delete from ${kept} where window_id = $1`, [ids[LAST_DAY]]);
    await pool.query(
      `update "window" set state = 'open', closed_at = null, closed_revision = 0, closed_deltas = null where id = $1`,
      [ids[LAST_DAY]],
    );
  });

  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

  it('what the bins add sums to the PSI that is shown, as it was measured', async () => {
    for (const day of [0, FAULTY_DAY, NEW_LEVEL_DAY])
      for (const feature of ['ratio', 'country']) {
        const {
          psi,
          bins,
          comparison,
          from: source,
        } = await answer(inspections.distribution(inWindow(feature, ids[day])));
        expect(source).toBe('comparison');
        expect(psi).toBe(comparison!.metrics.psi);
        expect(sum(bins.map((bin) => bin.psi))).toBeCloseTo(psi!, 9);
        expect(sum(bins.map((bin) => bin.current))).toBe(ROWS);
      }
    // The newest that was judged: the last is open.
    expect((await answer(inspections.distribution(inWindow('ratio')))).window.id).toBe(ids[NEW_LEVEL_DAY]);
  });

  it('the distance is drawn where both functions are that far apart', async () => {
    const { ks, points, reason } = await answer(inspections.cdf(inWindow('ratio', ids[1])));
    const { rows } = await pool.query<{ ks: number }>(
      `select ks from measurement where window_id = $1 and name = 'ratio'`,
      [ids[1]],
    );
    expect(ks!.statistic).toBeCloseTo(rows[0]!.ks, 12);
    expect(Math.abs(ks!.reference - ks!.current)).toBeCloseTo(ks!.statistic, 12);
    const own = days[1]!.map(({ features }) => features['ratio'] as number);
    for (const { x, current } of points)
      expect(Math.abs(current - own.filter((value) => value <= x).length / ROWS)).toBeLessThan(0.02);
    expect(reason).toBeNull();
    expect(await answer(inspections.cdf(inWindow('country', ids[1])))).toMatchObject({
      from: null,
      points: [],
    });
    expect((await answer(inspections.cdf(inWindow('ratio', ids[FAULTY_DAY])))).reason).toMatch(
      /^100 % of the rows lie beyond/,
    );
  });

  it('a fault is taken back: turned values lie on those of training', async () => {
    const found = await answer(inspections.transformation(inWindow('ratio', ids[FAULTY_DAY])));
    expect(found).toMatchObject({ name: 'fraction → percent (× 100)', reason: null, rows: ROWS });
    expect(found.fault).toMatchObject({ fault: 'unit_change', feature: 'ratio' });
    for (const { p, before, now, back } of found.quantiles) {
      if (p < 0.05 || p > 0.95) continue;
      expect(Math.abs(back - before)).toBeLessThan(0.05);
      expect(now).toBeCloseTo(100 * back, 9);
    }
    const none = await answer(inspections.transformation(inWindow('ratio', ids[0])));
    expect(none).toMatchObject({ fault: null, quantiles: [], rows: 0 });
  });

  it('quantiles, levels and new levels over time are those of the rows', async () => {
    const ratios = await answer(inspections.profiles(overTime('ratio'), 0));
    expect(ratios.columns.map((column) => [column.of, column.provisional, column.rows])).toEqual(
      days.map((_, day) => ['windows', day === LAST_DAY, ROWS]),
    );
    for (const day of [0, 1, LAST_DAY]) {
      const sorted = Float64Array.from(days[day]!, ({ features }) => features['ratio'] as number).sort();
      const { p5, p50, p95 } = ratios.columns[day]!.quantiles!;
      for (const [found, p] of [
        [p5, 0.05],
        [p50, 0.5],
        [p95, 0.95],
      ] as const)
        expect(Math.abs(found - quantileReached(sorted, p))).toBeLessThan(0.01);
    }
    const levels = await answer(inspections.profiles(overTime('country'), 0));
    expect(levels.levels.toSorted()).toEqual(['DE', 'FR', 'IT', 'XX']);
    for (const [day, { shares, new_levels: fresh }] of levels.columns.entries()) {
      const share = (level: string): number =>
        days[day]!.filter(({ features }) => features['country'] === level).length / ROWS;
      for (const [at, level] of levels.levels.entries()) expect(shares[at]).toBeCloseTo(share(level), 9);
      expect(fresh).toBeCloseTo(share('XX'), 9);
    }
    const { new_levels: named } = await answer(
      inspections.distribution(inWindow('country', ids[NEW_LEVEL_DAY])),
    );
    expect(named).toEqual({ share: 0.2, levels: [{ level: 'XX', rows: 60 }], rest: 0 });
    const ridges = await answer(inspections.ridges(overTime('ratio'), 0));
    expect(ridges.ridges.length).toBe(days.length);
    for (const { shares } of ridges.ridges) expect(sum(shares!)).toBeCloseTo(1, 9);
    // In another unit all of it lies beyond the axis, and the others are still told apart.
    expect(ridges.ridges[FAULTY_DAY]!.shares!.at(-1)).toBe(1);
    expect(Math.max(...ridges.ridges[0]!.shares!)).toBeLessThan(0.5);
  });

  it('levels that too few rows have are named nowhere, and bins still sum to PSI', async () => {
    const shy = from([{ ...SPEC, minCount: 100 }]);
    const { new_levels: named } = await answer(shy.distribution(inWindow('country', ids[NEW_LEVEL_DAY])));
    expect(named).toEqual({ share: 0.2, levels: [], rest: 60 });
    expect(JSON.stringify(await answer(shy.profiles(overTime('country'), 0)))).not.toContain('XX');
  });

  it('effect over time says when it moved, as the verdicts did', async () => {
    const { columns, floor, size_ms: size } = await answer(inspections.history(overTime('ratio'), 0));
    expect(size).toBe(DAY_MS);
    expect(columns.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'fault', 'ok']);
    expect(columns[FAULTY_DAY]!.effect!).toBeGreaterThan(1);
    for (const day of [0, 1, 2, 4]) expect(columns[day]!.effect!).toBeLessThan(floor * 3);
    const { effect } = await answer(inspections.distribution(inWindow('ratio', ids[FAULTY_DAY])));
    expect(columns[FAULTY_DAY]!.effect).toBeCloseTo(effect!, 9);
    const one = await answer(
      inspections.history(overTime('ratio', { from: '2026-03-02', to: '2026-03-03' }), 0),
    );
    expect(one.columns.map(({ window_id: id }) => id)).toEqual([ids[1]]);
  });

  it('a window is shown with what is beside it, the gravest feature first; an open one is provisional', async () => {
    const faulty = await answer(inspections.window(ids[FAULTY_DAY]!));
    expect(faulty).toMatchObject({ provisional: false, earlier: ids[2], later: ids[4], counts_kept: true });
    expect(faulty.features.map(({ name }) => name)).toEqual(['ratio', 'country']);
    expect(faulty.verdicts.closed).toMatchObject({ verdict: 'data_fault' });
    expect(faulty.segments.map(({ segment }) => segment).toSorted()).toEqual([
      'country=DE',
      'country=FR',
      'country=IT',
    ]);
    const open = await answer(inspections.window(ids[LAST_DAY]!));
    expect(open).toMatchObject({ provisional: true, later: null, verdicts: { closed: null, matured: null } });
    expect(open.window.rows).toBe(ROWS);
    for (const { bins, reason } of open.features) {
      expect(sum(bins.map(({ current }) => current))).toBeCloseTo(1, 9);
      expect(reason).toBe('not_judged_yet');
    }
    const counted = await answer(inspections.distribution(inWindow('ratio', ids[LAST_DAY])));
    expect(counted).toMatchObject({ from: 'counts', comparison: null });
    expect(sum(counted.bins.map((bin) => bin.psi))).toBeCloseTo(counted.psi!, 9);
  });

  it('rows are those that are kept, without what is private', async () => {
    const sample = await answer(inspections.sample(ids[1]!));
    expect(sample.rows.length).toBe(100);
    expect(sample.features).toEqual(['ratio', 'country']);
    const kept = new Set(
      days[1]!.map(({ features }) => JSON.stringify([features['ratio'], features['country']])),
    );
    for (const { values } of sample.rows) expect(kept).toContain(JSON.stringify(values));
    const fields = new PrivateFields(['ratio'], ['country'], 'k'.repeat(32));
    const shy = await answer(from([{ ...SPEC, privateFields: fields }]).sample(ids[1]!));
    expect(shy.features).toEqual(['country']);
    for (const { values } of shy.rows) expect(values[0]).toMatch(/^[\w-]{22}$/);
  });

  it('what is not there is said', async () => {
    const refused = async (asked: Promise<{ ok: boolean; error?: unknown }>) => (await asked).ok;
    expect(await refused(inspections.window('99999'))).toBe(false);
    expect(await refused(inspections.sample('99999'))).toBe(false);
    expect(await refused(inspections.distribution(inWindow('nothing')))).toBe(false);
    expect(await refused(inspections.distribution(inWindow('nothing', ids[0])))).toBe(false);
    expect(await refused(inspections.cdf({ ...inWindow('ratio'), model: 'other' }))).toBe(false);
    expect(await refused(inspections.profiles(overTime('nothing'), 0))).toBe(false);
    expect(await inspections.history(overTime('ratio', { size: '1x' }), 0)).toMatchObject({
      error: { reason: 'bad_request' },
    });
    expect(await inspections.history(overTime('ratio', { from: 'noon' }), 0)).toMatchObject({
      error: { reason: 'bad_request' },
    });
  });

  it('of ninety days of hours no more is sent than is seen', async () => {
    const spec = modelSpec({
      ...SPEC,
      name: 'hourly',
      windows: [{ ...SPEC.windows[0]!, sizeMs: HOUR_MS }],
      segments: [],
    });
    await storeBaseline(pool, spec, '1', trainingOfHours, { file: 'training.csv' });
    await sendRows(pool, spec, hoursOf(0, 120));
    await evaluateDue({ pool, catalog: await ModelCatalog.open(pool, [spec]) }, FIRST + DAY_MS);
    await copyHours(pool);
    const quarter = { ...overTime('ratio', { from: 'latest-90d' }), model: 'hourly' };
    const { columns } = await answer(inspections.history(quarter, 0));
    expect(columns.length).toBeLessThanOrEqual(400);
    expect(columns.length).toBeGreaterThan(300);
    expect(sum(columns.map(({ windows }) => windows))).toBe(2_160);
    expect(columns.filter(({ status }) => status === 'fault').length).toBe(1);
    expect(columns.every(({ missing }) => Math.abs(missing - 0.25) < 1e-9)).toBe(true);
    const profiles = await answer(inspections.profiles(quarter, 0));
    expect(profiles.columns.length).toBeLessThanOrEqual(400);
    expect(sum(profiles.columns.map(({ windows }) => windows))).toBe(2_160);
    expect((await answer(inspections.ridges(quarter, 0))).ridges.length).toBeLessThanOrEqual(24);
    let statements = 0;
    const counted = counting(pool, () => (statements += 1));
    const asked: number[] = [];
    for (const panel of ['history', 'profiles', 'ridges'] as const) {
      statements = 0;
      await createInspections(counted, [spec], createListDays(counted, [spec]))[panel](quarter, 0);
      asked.push(statements);
    }
    // The scope and columns; of counts also what is forgotten, the baseline, windows, and what came to days and to weeks.
    expect(asked).toEqual([2, 7, 5]);
  });

  it('where comparisons and counts are kept no longer, cells and days are shown instead', async () => {
    const history = (nowMs: number) => ({
      history: {
        retention: RETENTION,
        models: [{ model: SPEC.name, horizonMs: DAY_MS, retention: RETENTION }],
      },
      nowMs,
    });
    await retire(pool, history(Date.now() + 61 * DAY_MS));
    const distribution = await answer(inspections.distribution(inWindow('ratio', ids[1])));
    expect(distribution).toMatchObject({ from: 'cells', comparison: null, new_levels: null });
    expect(distribution.window.counts_kept).toBe(false);
    expect(sum(distribution.bins.map((bin) => bin.psi))).toBeCloseTo(distribution.psi!, 9);
    const cdf = await answer(inspections.cdf(inWindow('ratio', ids[1])));
    expect(cdf).toMatchObject({ from: 'cells', ks: null });
    expect(cdf.points.length).toBe(distribution.bins.length - 1);
    const profiles = await answer(inspections.profiles(overTime('ratio'), 0));
    const before = profiles.columns.slice(0, LAST_DAY);
    expect(before.map(({ of, rows }) => [of, rows])).toEqual(before.map(() => ['day', ROWS]));
    expect(profiles.columns.length).toBe(days.length);
    expect(Date.parse(profiles.counts_since!)).toBeGreaterThanOrEqual(FIRST + LAST_DAY * DAY_MS);
    const window = await answer(inspections.window(ids[FAULTY_DAY]!));
    expect(window.features.map(({ name, bins }) => [name, bins.length > 1])).toEqual([
      ['ratio', true],
      ['country', true],
    ]);
    expect(window.counts_kept).toBe(false);
  });
});

const trainingOfHours = tableOf(
  [
    numericColumn('ratio', Array.from({ length: 500 }, ratio)),
    levelColumn('country', Array.from({ length: 500 }, country)),
  ],
  {
    prediction: levelColumn(
      'prediction',
      Array.from({ length: 500 }, (_, n) => (n % 3 ? 'approve' : 'deny')),
    ),
  },
);

/** Two hours of rows, so that the first of them closes. */
function hoursOf(hour: number, rows: number): Row[] {
  return [0, 1].flatMap((later) =>
    Array.from({ length: rows }, (_, n) => ({
      id: `h${hour + later}-${n}`,
      atMs: FIRST + (hour + later) * HOUR_MS + n * 20_000,
      features: { ratio: ratio(), country: country() },
      prediction: n % 3 === 0 ? 'deny' : 'approve',
      label: null,
    })),
  );
}
