import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { epochMs } from '../../../src/store/connection/epoch-ms.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

describeWith(['postgres'], 'times as numbers', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('epoch_ms');
    pool = createPool({ connectionString: url, max: 1, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  async function read(times: readonly (string | null)[]): Promise<(number | null)[]> {
    const found = await pool.query<{ ms: number | null }>(
      `select ${epochMs('t')} as ms from unnest($1::timestamptz[]) with ordinality as k (t, n) order by n`,
      [times],
    );
    return found.rows.map(({ ms }) => ms);
  }

  test('are cut to the millisecond, before 1970 too', async () => {
    expect(
      await read([
        '2026-11-26 22:07:23.123+00',
        '2026-11-26 22:07:23.123456+00',
        '2026-11-26 22:07:23.123999+02',
        '1970-01-01 00:00:00.000999+00',
        '1969-12-31 23:59:59.999999+00',
        '1969-12-31 23:59:59.9985+00',
      ]),
    ).toEqual([
      Date.UTC(2026, 10, 26, 22, 7, 23, 123),
      Date.UTC(2026, 10, 26, 22, 7, 23, 123),
      Date.UTC(2026, 10, 26, 20, 7, 23, 123),
      0,
      -1,
      -2,
    ]);
  });

  test('stay null, and stay infinite', async () => {
    expect(await read([null, 'infinity', '-infinity'])).toEqual([null, Infinity, -Infinity]);
  });

  test('are what the driver reads as a Date', async () => {
    const micros = fc.integer({ min: Date.UTC(1900, 0) * 1_000, max: Date.UTC(2200, 0) * 1_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(micros, { maxLength: 100 }), async (times) => {
        const found = await pool.query<{ at: Date; ms: number }>(
          `select t as at, ${epochMs('t')} as ms
           from unnest($1::bigint[]) us cross join lateral (select 'epoch'::timestamptz + us * interval '1 microsecond') k (t)`,
          [times],
        );
        expect(found.rows.map(({ ms }) => ms)).toEqual(found.rows.map(({ at }) => at.getTime()));
        expect(found.rows.map(({ ms }) => ms)).toEqual(
          times.map((us) => Number((BigInt(us) - (((BigInt(us) % 1_000n) + 1_000n) % 1_000n)) / 1_000n)),
        );
      }),
      { numRuns: 60 },
    );
  });
});
