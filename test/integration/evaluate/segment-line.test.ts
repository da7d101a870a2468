import { afterAll, beforeEach, expect, test } from 'vitest';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { silentLog } from '../../../src/core/log.ts';
import { CORRECTIONS } from '../../../src/stats/corrections.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { asTable, Service, type Traveller, travellers } from './time-series.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 3_000;
const COUNTRIES = ['DE', 'FR', 'NL'];

describeWith(['postgres'], 'segments of a window', () => {
  let pool: Pool;
  const pools: Pool[] = [];
  beforeEach(async () => {
    const { url } = await createDatabase('segments');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  async function served(windows: readonly (readonly Traveller[])[]): Promise<void> {
    const model = modelSpec({
      name: 'fares',
      windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
      segments: ['country'],
      minRows: 200,
    });
    await storeBaseline(pool, model, '1', asTable(travellers(1, 12_000)), { file: 'training.csv' });
    const service = await Service.open(pool, model);
    for (const [at, rows] of windows.entries()) await service.send(START + at * HOUR_MS, rows);
    await service.evaluateDue(START + DAY_MS);
  }

  async function verdictsOf(segment: string): Promise<Diagnosis[]> {
    const found = await pool.query<{ diagnosis: Diagnosis }>(
      `select v.diagnosis from verdict v join "window" w on w.id = v.window_id
       where v.segment = $1 and v.series = 'closed' order by w.start_at`,
      [segment],
    );
    return found.rows.map(({ diagnosis }) => diagnosis);
  }

  test('are compared with their own training rows, in which their own value is no surprise', async () => {
    await served(Array.from({ length: 5 }, (_, at) => travellers(20 + at, ROWS)));
    for (const country of COUNTRIES) {
      const found = await verdictsOf(`country=${country}`);
      expect(found.map(({ verdict, summary }) => [verdict, summary])).toEqual(
        found.map(({ summary }) => ['none', summary]),
      );
      expect(found).toHaveLength(5);
    }
  });

  test('a shift in one of them is named there and nowhere else', async () => {
    const rows = travellers(30, ROWS).map((row) =>
      row.country === 'FR' ? { ...row, fare: row.fare + 12 } : row,
    );
    await served([rows]);
    const verdicts = await Promise.all(
      COUNTRIES.map(async (country) => (await verdictsOf(`country=${country}`))[0]?.verdict),
    );
    expect(verdicts).toEqual(['none', 'covariate_shift', 'none']);
    expect((await verdictsOf('country=FR'))[0]?.summary).toContain('fare');
  });

  test('are judged as one family', async () => {
    await served([travellers(40, ROWS)]);
    const found = await pool.query<{ p: number; q: number }>(
      `select p_value as p, q_value as q from measurement
       where segment <> '' and subject = 'feature' and series = 'closed' and p_value is not null order by segment, name`,
    );
    expect(found.rows).toHaveLength(COUNTRIES.length);
    const expected = CORRECTIONS.benjamini_hochberg(found.rows.map(({ p }) => p));
    for (const [at, { q }] of found.rows.entries()) expect(q).toBeCloseTo(expected[at] ?? Number.NaN, 12);
  });

  test('one with too few training rows is not judged, and shows no drift', async () => {
    const rows = travellers(50, ROWS).map((row) => (row.country === 'NL' ? { ...row, country: 'AT' } : row));
    await served([rows]);
    expect((await verdictsOf('country=AT'))[0]).toMatchObject({
      verdict: 'undetermined',
      reason: 'no_baseline',
    });
    const drifted = await pool.query(`select 1 from measurement where segment = 'country=AT' and drifted`);
    expect(drifted.rows).toEqual([]);
  });
});
