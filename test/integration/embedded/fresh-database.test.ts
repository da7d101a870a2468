import { join } from 'node:path';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { startEmbeddedPostgres } from '../../../src/store/embedded/start.ts';
import { freshDatabase } from '../../../src/store/connection/fresh-database.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { withDatabase } from '../../harness/database/name.ts';
import { temporaryFolder } from '../../harness/process.ts';
import { until } from '../../harness/wait.ts';

it('a database is made anew although its tables are being vacuumed just now', async () => {
  const server = await startEmbeddedPostgres({
    directory: join(temporaryFolder(), 'postgres'),
    log: silentLog,
    settings: { autovacuum_naptime: '1s', fsync: 'off' },
  });
  atEnd(() => server.stop());
  const url = await freshDatabase(server.url, 'shiftwatch_demo');
  const client = new Client({ connectionString: url });
  await client.connect();
  // A vacuum that takes minutes, because it rests after every page.
  await client.query(`create table waste (n int, filler text) with (fillfactor = 10,
    autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)`);
  await client.query(`insert into waste select n, repeat('x', 700) from generate_series(1, 5000) as n`);
  await client.query('delete from waste where n % 2 = 0');
  await until(
    async () => {
      const others = await client.query(
        'select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      return others.rowCount === 1;
    },
    { what: 'the vacuum' },
  );
  // As another process that was killed leaves it: connected.
  client.on('error', () => {});
  await freshDatabase(server.url, 'shiftwatch_demo');
  const again = new Client({ connectionString: withDatabase(server.url, 'shiftwatch_demo') });
  await again.connect();
  expect((await again.query(`select to_regclass('waste') as waste`)).rows).toEqual([{ waste: null }]);
  await again.end();
});
