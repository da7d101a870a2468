import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { UserError } from '../../../src/core/errors.ts';
import { silentLog } from '../../../src/core/log.ts';
import { startEmbeddedPostgres } from '../../../src/store/embedded/start.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { assertTestDatabase, withDatabase } from '../database/name.ts';
import { imageOf } from '../containers/compose-file.ts';
import type { Service } from '../services.ts';
import type { TestRun } from '../test-run.ts';
import { climb } from './ladder.ts';

const NAME = 'shiftwatch_test';
const PASSWORD = 'test';

export interface PostgresService {
  readonly service: Service;
  readonly template: string | null;
}

/** A given server, the embedded one on a data folder that is thrown away, or a container of it. */
export async function providePostgres(run: TestRun): Promise<PostgresService> {
  const service = await climb(
    {
      variable: 'TEST_DATABASE_URL',
      local: () => startLocal(run),
      image: () =>
        Promise.resolve({
          image: imageOf('postgres'),
          port: 5432,
          environment: { POSTGRES_DB: NAME, POSTGRES_PASSWORD: PASSWORD },
        }),
      addressAt: (host, port) => `postgres://postgres:${PASSWORD}@${host}:${port}/${NAME}`,
    },
    run,
  );
  if (service.status === 'missing') return { service, template: null };
  await assertTestDatabase(service.address);
  const template = await createTemplate(service.address);
  // A server that was given stays when we are gone.
  run.onEnd(() => query(service.address, `DROP DATABASE IF EXISTS ${template}`));
  return { service, template };
}

async function startLocal(run: TestRun): Promise<Service> {
  try {
    const server = await startEmbeddedPostgres({
      directory: join(run.folder, 'postgres'),
      log: silentLog,
      // Nothing here outlives the run, so nothing need reach the disk.
      // Three files at a time have their services on it, each with pools of its own.
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
    });
    run.record(server.pid);
    run.onEnd(() => server.stop());
    await query(server.url, `CREATE DATABASE ${NAME}`);
    return { status: 'ready', address: withDatabase(server.url, NAME), from: 'embedded PostgreSQL' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = error.message.replace(/\.$/, '');
    return { status: 'missing', why, fix: 'Install again with optional dependencies' };
  }
}

/** One migrated database per run; cloning it takes a few hundredths of a second, migrating it much longer. */
async function createTemplate(server: string): Promise<string> {
  const template = `shiftwatch_test_template_${randomBytes(4).toString('hex')}`;
  await query(server, `CREATE DATABASE ${template}`);
  await migrate({ connectionString: withDatabase(server, template), log: silentLog });
  return template;
}

/** One statement on a connection of its own. */
export async function query(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
