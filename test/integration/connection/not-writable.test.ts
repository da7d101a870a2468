import { beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { readiness } from '../../../src/store/read-models/readiness.ts';
import { whyNotWritable } from '../../../src/store/connection/write-health.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

describeWith(['postgres'], 'a database that stores nothing', () => {
  let url: string;
  beforeEach(async () => {
    ({ url } = await createDatabase('not-writable'));
  });
  const open = (): Pool => {
    const pool = createPool({ connectionString: url, max: 1, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    return pool;
  };
  const onlyRead = async (on: boolean): Promise<void> => {
    const name = new URL(url).pathname.slice(1);
    const pool = open();
    await pool.query('set default_transaction_read_only = off');
    await pool.query(`alter database "${name}" set default_transaction_read_only = ${on ? 'on' : 'off'}`);
  };

  it('is not ready, and is again once it stores', async () => {
    expect(await readiness(open())).toMatchObject({ ready: true, database: 'ok' });
    await onlyRead(true);
    expect(await readiness(open())).toEqual({
      ready: false,
      database: 'not_writable',
      migrations: 'current',
      detail: 'cannot execute INSERT in a read-only transaction',
    });
    await onlyRead(false);
    expect(await readiness(open())).toMatchObject({ ready: true });
  });

  it('is noticed by a write that failed, before anybody asks', async () => {
    const pool = open();
    expect(await whyNotWritable(pool, 0)).toBeNull();
    const full = async (): Promise<void> =>
      await inTransaction(pool, async (tx) => {
        await tx.query(
          `do $$ begin raise 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
        );
      });
    await expect(full()).rejects.toThrow('No space left');
    const nowMs = performance.now();
    expect(await whyNotWritable(pool, nowMs)).toContain('No space left');
    // Afterwards it is tried: nothing may be written meanwhile because nobody sends anything.
    expect(await whyNotWritable(pool, nowMs + 60_000)).toBeNull();
  });

  it('is asked at most once in five seconds, and keeps nothing of it', async () => {
    const pool = open();
    for (let n = 0; n < 5; n += 1) expect(await whyNotWritable(pool, n * 1_000)).toBeNull();
    expect((await pool.query('select 1 from write_probe')).rows).toEqual([]);
    // What was undone counts as well.
    await pool.query('select pg_stat_force_next_flush()');
    const tried = await pool.query(`select n_tup_ins from pg_stat_user_tables where relname = 'write_probe'`);
    expect(tried.rows).toEqual([{ n_tup_ins: 1 }]);
    expect(await whyNotWritable(pool, 6_000)).toBeNull();
    await pool.query('select pg_stat_force_next_flush()');
    const again = await pool.query(`select n_tup_ins from pg_stat_user_tables where relname = 'write_probe'`);
    expect(again.rows).toEqual([{ n_tup_ins: 2 }]);
  });
});
