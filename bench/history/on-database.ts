import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/core/log.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/start.ts';

/** Works on the tables of an empty database: the one that is named, else an embedded one that is deleted afterwards. */
export async function onDatabase(
  database: string | undefined,
  work: (pool: Pool, url: string) => Promise<void>,
): Promise<void> {
  if (database !== undefined) return await onTables(database, work);
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-history-'));
  const { url, stop } = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log: silentLog });
  try {
    await onTables(url, work);
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onTables(url: string, work: (pool: Pool, url: string) => Promise<void>): Promise<void> {
  await migrate({ connectionString: url, log: silentLog });
  const common = { max: 6, applicationName: 'history', log: silentLog };
  const pool = createPool({ connectionString: url, statementTimeoutMs: 3_600_000, ...common });
  await work(pool, url);
  await pool.end();
}
