import type { Config } from '../../config/resolve.ts';
import { UserError } from '../../core/errors.ts';
import { openDatabase } from '../../store/connection/open-database.ts';
import { createPool, type Pool } from '../../store/connection/pool.ts';
import { readiness } from '../../store/read-models/readiness.ts';
import type { OperationsIo } from './ports.ts';

export interface CommandDatabase {
  readonly config: Config;
  readonly url: string;
  readonly pool: Pool;
}

/** Opens the configured database for one command, makes sure that its tables are ours, and closes it after. */
export async function withDatabase<T>(
  io: Pick<OperationsIo, 'config' | 'dataDirectory' | 'log'>,
  work: (database: CommandDatabase) => Promise<T>,
): Promise<T> {
  const config = await io.config();
  const { log } = io;
  const { url, close } = await openDatabase({ url: config.databaseUrl, directory: io.dataDirectory, log });
  const pool = createPool({ connectionString: url, max: 2, applicationName: 'shiftwatch command', log });
  try {
    await assertReady(pool);
    return await work({ config, url, pool });
  } finally {
    await pool.end();
    await close();
  }
}

async function assertReady(pool: Pool): Promise<void> {
  const { ready, database, migrations, detail } = await readiness(pool);
  // Commands that only read are of most use when nothing can be stored; the others say so by themselves.
  if (ready || database === 'not_writable') return;
  if (database === 'unreachable') {
    throw new UserError(`cannot connect to the database: ${detail ?? 'no answer'}`, {
      fix: 'Check `database` in the configuration, and that PostgreSQL is running. `shiftwatch doctor` looks closer.',
    });
  }
  if (migrations === 'pending') {
    throw new UserError('the database does not have the tables of this version yet', {
      fix: 'Run `shiftwatch migrate`, or start `shiftwatch serve`, which does it first.',
    });
  }
  throw new UserError(detail ?? 'the database cannot be used', { fix: 'Run the newer shiftwatch.' });
}
