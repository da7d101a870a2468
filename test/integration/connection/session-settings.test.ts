import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { createQueuePool } from '../../../src/store/connection/queue-pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

/** What an administrator may have set for all who use the database. */
const DEFAULTS = {
  timezone: 'Asia/Kathmandu',
  datestyle: 'German',
  intervalstyle: 'iso_8601',
  bytea_output: 'escape',
  extra_float_digits: '-4',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  standard_conforming_strings: 'off',
};

describeWith(['postgres'], 'a database with defaults of its own', () => {
  const pools: Pool[] = [];
  let url = '';
  beforeAll(async () => {
    ({ url } = await createDatabase('session_settings'));
    const admin = createPool({ connectionString: url, max: 1, applicationName: 'admin', log: silentLog });
    const name = new URL(url).pathname.slice(1);
    for (const [setting, value] of Object.entries(DEFAULTS))
      await admin.query(`alter database "${name}" set ${setting} to '${value}'`);
    await admin.end();
    const options = { connectionString: url, applicationName: 'test', log: silentLog };
    pools.push(createPool({ ...options, max: 2 }), createQueuePool({ ...options, workers: 1 }));
  });
  afterAll(async () => await Promise.all(pools.map(async (pool) => await pool.end())));

  test('gives back what was stored, to the last digit', async () => {
    const at = new Date('2026-03-04T05:06:07.089Z');
    const stored = [at, Buffer.from([0, 39, 92, 255]), 0.1 + 0.2, String.raw`a\b'c`];
    for (const pool of pools) {
      const found = await pool.query<Record<string, unknown>>(
        `select $1::timestamptz as time, $2::bytea as bytes, $3::float8 as number, $4::text as text,
                '2026-03-04T05:06:07.089Z'::timestamptz as written, '\\x41'::bytea as letter`,
        stored,
      );
      expect(Object.values(found.rows[0] ?? {})).toEqual([...stored, at, Buffer.from('A')]);
    }
  });

  test('two writers of one row wait for each other', async () => {
    const [pool] = pools as [Pool];
    await pool.query('create table counter (n int); insert into counter values (0)');
    const add = async (): Promise<void> =>
      await inTransaction(pool, async (tx) => {
        await tx.query('select 1');
        await tx.query('update counter set n = n + 1');
      });
    await Promise.all(Array.from({ length: 20 }, add));
    expect((await pool.query('select n from counter')).rows).toEqual([{ n: 20 }]);
  });

  test('is migrated as any other', async () => {
    expect(await migrate({ connectionString: url, log: silentLog })).toEqual([]);
  });
});
