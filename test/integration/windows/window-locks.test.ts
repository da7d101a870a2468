import { beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, inTransaction, type Pool, type Tx } from '../../../src/store/connection/pool.ts';
import { ensureVersion, syncModels } from '../../../src/store/windows/models.ts';
import { ensureWindows, lockWindowsForWriting, markDirty } from '../../../src/store/windows/windows.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { until } from '../../harness/wait.ts';

const HOUR_MS = 3_600_000;

describeWith(['postgres'], 'locks of windows', () => {
  let pool: Pool;
  let windows: number[];
  let modelVersionId: number;
  beforeAll(async () => {
    const { url } = await createDatabase('window-locks');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const spec = modelSpec();
    const modelId = (await syncModels(pool, [spec])).get(spec.name) ?? 0;
    modelVersionId = await ensureVersion(pool, modelId, '1');
    windows = await open([0, 1, 2]);
  });

  const open = async (hours: readonly number[]): Promise<number[]> => {
    const opened = await ensureWindows(
      pool,
      hours.map((hour) => ({
        modelVersionId,
        sizeMs: HOUR_MS,
        startMs: hour * HOUR_MS,
        graceMs: 0,
        paneMs: null,
        paneOnly: false,
      })),
    );
    return opened.map(({ id }) => id).sort((one, other) => one - other);
  };

  const waiting = async (): Promise<number> => {
    const found = await pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return found.rows[0]?.n ?? 0;
  };

  it('taken while a window closes make nobody wait for each other in a circle', async () => {
    const closer = await pool.connect();
    await closer.query('begin');
    await closer.query(`update "window" set state = 'closed' where id = any($1::bigint[])`, [
      windows.slice(0, 2),
    ]);
    const write = async (): Promise<number[]> =>
      await inTransaction(pool, async (tx: Tx) => {
        const closed = await lockWindowsForWriting(tx, windows);
        await markDirty(tx, closed, new Map(), 0);
        return [...closed].sort((a, b) => a - b);
      });
    const writers = [write(), write(), write()];
    await until(async () => (await waiting()) === 3, {
      what: 'three writers to wait for the closing window',
    });
    await closer.query('commit');
    closer.release();
    expect(await Promise.all(writers)).toEqual([
      windows.slice(0, 2),
      windows.slice(0, 2),
      windows.slice(0, 2),
    ]);
    const due = await pool.query('select id from "window" where evaluation_due_at is not null order by id');
    expect(due.rows.map(({ id }: { id: number }) => id)).toEqual(windows.slice(0, 2));
  });

  it('of both kinds are taken in one order, also by writers that saw different windows open', async () => {
    const [first = 0, second = 0] = await open([10, 11]);
    await pool.query(`update "window" set state = 'closed' where id = $1`, [second]);
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('select 1 from "window" where id = $1 for update', [second]);
    let attempts = 0;
    const write = async (): Promise<void> =>
      await inTransaction(pool, async (tx: Tx) => {
        attempts += 1;
        const closed = await lockWindowsForWriting(tx, [first, second]);
        await markDirty(tx, closed, new Map(), 0);
      });
    // One saw the first window open, the other one sees it closed.
    const early = write();
    await until(async () => (await waiting()) === 1, { what: 'the first writer to wait' });
    const closing = pool.query(`update "window" set state = 'closed' where id = $1`, [first]);
    await Promise.race([
      closing,
      until(async () => (await waiting()) === 2, { what: 'the closing to wait' }),
    ]);
    const before = await waiting();
    const late = write();
    await until(async () => (await waiting()) > before, { what: 'the second writer to wait' });
    await blocker.query('commit');
    blocker.release();
    await Promise.all([early, closing, late]);
    expect(attempts, 'nobody had to be sent back').toBe(2);
  });
});
