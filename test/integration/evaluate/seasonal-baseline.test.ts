import { afterAll, beforeEach, expect, test } from 'vitest';
import { noProgress } from '../../../src/core/progress.ts';
import { compareFiles } from '../../../src/files/compare/files.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { Diagnosis, SeasonKind } from '../../../src/core/findings.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { listMeasurements } from '../../../src/store/read-models/measurements.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fileWith } from '../../ingest/table/files.ts';
import { asTable, Service, type Traveller, travellers } from './time-series.ts';

/** A Monday, eight in the morning UTC. */
const MONDAY = Date.UTC(2026, 2, 2, 8);
const WEEK_MS = 7 * DAY_MS;
const ROWS = 800;

function fares(by: SeasonKind, sizeMs = HOUR_MS, timeZone = 'UTC'): ModelSpec {
  return modelSpec({
    name: 'fares',
    windows: [{ sizeMs, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
    labels: { horizonMs: 3_650 * DAY_MS, matureAfterMs: 3_650 * DAY_MS, minLabelled: 200 },
    alerts: { forWindows: 1, remindEveryMs: DAY_MS, channels: ['mail'] },
    segments: ['country'],
    minRows: 200,
    seasonal: { by, timeZone },
  });
}

type TravelledWindow = readonly [atMs: number, extra: number, factor?: number];

function rowsOf([, extra, factor = 1]: TravelledWindow, at: number): Traveller[] {
  return travellers(300 + at, ROWS, extra).map((row) => ({ ...row, fare: row.fare * factor }));
}

/** `compare --window --seasonal` of the rows that `each` sends. */
async function inFiles(model: ModelSpec, windows: readonly TravelledWindow[]) {
  const sizeMs = model.windows[0]?.sizeMs ?? HOUR_MS;
  const line = ({ fare, country }: Traveller, row: number, at: string): string =>
    [at, fare, country, row % 2 === 0 ? 'approve' : 'deny'].join(',');
  const csv = (lines: readonly string[]): string =>
    `timestamp,fare,country,prediction\n${lines.join('\n')}\n`;
  const training = csv(travellers(1, 4_000).map((row, at) => line(row, at, '')));
  const production = csv(
    windows.flatMap((window, i) =>
      rowsOf(window, i).map((row, at) =>
        line(row, at, new Date(Math.floor(window[0] + (at * sizeMs) / ROWS)).toISOString()),
      ),
    ),
  );
  const { comparison } = await compareFiles(
    fileWith('training.csv', training),
    fileWith('production.csv', production),
    {
      read: {},
      segments: model.segments,
      groups: [],
      windowMs: sizeMs,
      season: model.seasonal ?? null,
      preset: null,
      multivariate: false,
      threads: null,
    },
    noProgress,
  );
  if (!('windows' in comparison)) throw new Error('windows were asked for');
  return comparison.windows;
}

function seasonOf(diagnosis: Diagnosis | undefined) {
  if (diagnosis?.seasonal === undefined) throw new Error('a window was not compared with its season');
  const { verdict, reason, seasonal } = diagnosis;
  return { verdict, reason, seasonal: { ...seasonal, explains: seasonal.explains?.verdict ?? null } };
}

describeWith(['postgres'], 'a seasonal baseline beside the training baseline', () => {
  let pool: Pool;
  const pools: Pool[] = [];
  beforeEach(async () => {
    const { url } = await createDatabase('season');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  async function open(model: ModelSpec): Promise<Service> {
    await storeBaseline(pool, model, '1', asTable(travellers(1, 4_000)), { file: 'training.csv' });
    return await Service.open(pool, model);
  }

  async function verdicts(segment = ''): Promise<Diagnosis[]> {
    const found = await pool.query<{ diagnosis: Diagnosis }>(
      `select v.diagnosis from verdict v join "window" w on w.id = v.window_id
       where v.segment = $1 and v.series = 'closed' order by w.start_at, v.revision`,
      [segment],
    );
    return found.rows.map(({ diagnosis }) => diagnosis);
  }

  /** Evaluated one after the other, as time would. The same rows in files must say the same. */
  async function each(service: Service, windows: readonly TravelledWindow[]): Promise<void> {
    for (const [i, window] of windows.entries()) {
      await service.send(window[0], rowsOf(window, i), service.model.windows[0]?.sizeMs);
      await service.evaluateDue(window[0]);
    }
    const compared = await inFiles(service.model, windows);
    expect(compared.map(({ diagnosis }) => seasonOf(diagnosis))).toEqual((await verdicts()).map(seasonOf));
    const french = compared.map(
      ({ segments }) => segments?.find(({ segment }) => segment === 'country=FR')?.diagnosis,
    );
    expect(french.map(seasonOf)).toEqual((await verdicts('country=FR')).map(seasonOf));
  }

  test('the third rush hour is no news, and what the training baseline says is kept', async () => {
    const service = await open(fares('hour_of_week'));
    await each(service, [
      [MONDAY, 12],
      [MONDAY + WEEK_MS, 12],
      [MONDAY + 2 * WEEK_MS, 12],
      // Higher than on any Monday: news.
      [MONDAY + 3 * WEEK_MS, 30],
      // The week of the surprise does not count as usual.
      [MONDAY + 4 * WEEK_MS, 12],
      [MONDAY + 4 * WEEK_MS + HOUR_MS, 12],
    ]);
    const [first, second, third, fourth, fifth, otherHour] = await verdicts();
    for (const early of [first, second]) {
      expect(early).toMatchObject({ verdict: 'covariate_shift', seasonal: { reason: 'too_few_seasons' } });
    }
    expect(third).toMatchObject({
      verdict: 'none',
      types: [],
      reason: 'seasonal',
      advice: 'none',
      seasonal: {
        by: 'hour_of_week',
        windows: 2,
        rows: 2 * ROWS,
        reason: 'within_season',
        drifted: [],
        explains: { verdict: 'covariate_shift', advice: 'watch' },
      },
    });
    expect(third?.summary).toMatch(
      /^As usual for the season: .* the same hour of the week before \(2 windows, 1,600 rows\)\.$/,
    );
    expect(fourth).toMatchObject({
      verdict: 'covariate_shift',
      seasonal: { windows: 3, reason: 'differs_from_season', drifted: ['fare'], explains: null },
    });
    expect(fourth?.evidence.at(-1)?.claim).toContain('differs from the same hour of the week before');
    expect(fifth).toMatchObject({ verdict: 'none', seasonal: { windows: 3, reason: 'within_season' } });
    expect(otherHour).toMatchObject({ verdict: 'covariate_shift', seasonal: { reason: 'too_few_seasons' } });
    expect((await verdicts('country=FR'))[2]).toMatchObject({ verdict: 'none', reason: 'seasonal' });

    const measured = await listMeasurements(
      pool,
      { name: 'fare', segment: '', details: true },
      { limit: 10, after: null },
    );
    const both = measured.items.find(({ start }) => Date.parse(start) === MONDAY + 2 * WEEK_MS)?.details;
    expect(both).toMatchObject({ drifted: true, seasonal: { drifted: false, rows: 2 * ROWS } });
    expect(both?.seasonal?.psi).toBeLessThan((both?.metrics.psi ?? 0) / 2);
  });

  test("a fault is nobody's usual", async () => {
    const service = await open(fares('hour_of_week'));
    await each(service, [
      [MONDAY, 12],
      // Fares in another unit: a fault, twice.
      [MONDAY + WEEK_MS, 0, 100],
      [MONDAY + 2 * WEEK_MS, 0, 100],
      [MONDAY + 3 * WEEK_MS, 12],
    ]);
    const found = await verdicts();
    expect(found[1]?.verdict).toBe('data_fault');
    expect(found[3]).toMatchObject({
      verdict: 'covariate_shift',
      seasonal: { windows: 1, reason: 'too_few_seasons' },
    });
  });

  test('an hour stays the same hour of the local week when the clocks change', async () => {
    // Clocks in Berlin go forward on 29 March 2026: eight in the morning is 7:00 UTC before, 6:00 after.
    const service = await open(fares('hour_of_week', HOUR_MS, 'Europe/Berlin'));
    const eight = Date.UTC(2026, 2, 16, 7);
    await each(service, [
      [eight, 12],
      [eight + WEEK_MS, 12],
      [eight + 2 * WEEK_MS - HOUR_MS, 12],
    ]);
    expect((await verdicts()).at(-1)).toMatchObject({ verdict: 'none', seasonal: { windows: 2 } });
  });

  test('a Monday is like the Mondays before it', async () => {
    const daily = await open(fares('day_of_week', DAY_MS));
    const day = Date.UTC(2026, 2, 2);
    await each(daily, [
      [day, 12],
      [day + DAY_MS, 0],
      [day + WEEK_MS, 12],
      [day + 2 * WEEK_MS, 12],
    ]);
    expect((await verdicts()).at(-1)).toMatchObject({
      verdict: 'none',
      seasonal: { by: 'day_of_week', windows: 2, reason: 'within_season' },
    });
  });

  test('summer fares of last year explain those of this year', async () => {
    const service = await open(fares('previous_year', DAY_MS));
    const july = (year: number, day: number): number => Date.UTC(year, 6, day);
    await each(service, [
      [july(2024, 14), 12],
      [july(2024, 16), 12],
      [Date.UTC(2025, 0, 10), 0],
      [july(2025, 15), 12],
    ]);
    expect((await verdicts()).at(-1)).toMatchObject({
      verdict: 'none',
      reason: 'seasonal',
      seasonal: { by: 'previous_year', windows: 2, explains: { verdict: 'covariate_shift' } },
    });
  });
});
