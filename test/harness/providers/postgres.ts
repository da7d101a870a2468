import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { UserError } from '../../../src/core/errors.ts';
import { silentLog } from '../../../src/core/log.ts';
import { startEmbeddedPostgres } from '../../../src/store/embedded/start.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { assertTestDatabase, withDatabase } from '../database/name.ts';
import type { Service } from '../services.ts';
import type { TestRun } from '../test-run.ts';

export interface PostgresService {
  readonly service: Service;
  readonly template: string | null;
  stop(): Promise<void>;
}

/** A given server, or the embedded one on a data folder that is thrown away. */
export async function providePostgres(run: TestRun): Promise<PostgresService> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined) {
    await assertTestDatabase(given);
    const template = await createTemplate(given);
    return {
      service: { status: 'ready', address: given, from: 'TEST_DATABASE_URL' },
      template,
      stop: () => dropTemplate(given, template),
    };
  }
  try {
    const server = await startEmbeddedPostgres({
      directory: join(run.folder, 'postgres'),
      log: silentLog,
      // Nothing here outlives the run, so nothing need reach the disk.
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    });
    run.record(server.pid);
    const address = withDatabase(server.url, 'shiftwatch_test');
    await query(server.url, 'CREATE DATABASE shiftwatch_test');
    return {
      service: { status: 'ready', address, from: 'embedded PostgreSQL' },
      template: await createTemplate(address),
      stop: () => server.stop(),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const why = error.message.replace(/\.$/, '');
    const service = { status: 'missing', why, fix: 'Set TEST_DATABASE_URL' } as const;
    return { service, template: null, stop: () => Promise.resolve() };
  }
}

/** One migrated database per run; cloning it takes a few hundredths of a second, migrating it much longer. */
async function createTemplate(server: string): Promise<string> {
  const template = `shiftwatch_test_template_${randomBytes(4).toString('hex')}`;
  await query(server, `CREATE DATABASE ${template}`);
  await migrate({ connectionString: withDatabase(server, template), log: silentLog });
  return template;
}

async function dropTemplate(server: string, template: string): Promise<void> {
  await query(server, `DROP DATABASE IF EXISTS ${template}`);
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
