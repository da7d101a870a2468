import { runMigrations as runQueueMigrations, SchemaVersionMismatchError } from 'bullmq';
import { runner } from 'node-pg-migrate';
import { Client, DatabaseError } from 'pg';
import { errorMessage, UserError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { KNOWN_MIGRATIONS, MIGRATIONS } from './known-migrations.ts';
import { settleSession } from './session-settings.ts';

const MIGRATIONS_TABLE = 'shiftwatch_migration';
/** Any fixed number; it names "migrating shiftwatch" among a database's advisory locks. */
const LOCK_KEY = 7_418_239_105;
/** The queue's tables live in a schema of their own, migrated by BullMQ itself. */
export const QUEUE_SCHEMA = 'bullmq';

export interface MigrateOptions {
  readonly connectionString: string;
  readonly log: Log;
  /** Only say what would run. */
  readonly dryRun?: boolean;
}

/**
 * Brings the database to this binary's schema. Any number of processes may call it at once: one works, the
 * others wait on an advisory lock and then find nothing to do. A database that a newer shiftwatch has migrated
 * is refused, because an older binary would write rows the newer one does not expect.
 *
 * @returns the names of the migrations that ran (or, in a dry run, would run)
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const client = new Client({
    connectionString: options.connectionString,
    application_name: 'shiftwatch migrate',
    // One that listens and says nothing is away, too.
    connectionTimeoutMillis: 10_000,
  });
  await connect(client);
  try {
    await settleSession(client);
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    const pending = await pendingMigrations(client);
    if (options.dryRun === true) return pending;
    if (pending.length > 0) await runOwn(client, options.log);
    await runQueue(client);
    return pending;
  } finally {
    // Ending the session frees the lock, also when a statement failed.
    await client.end();
  }
}

async function connect(client: Client): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    throw new UserError(`cannot connect to the database: ${errorMessage(cause)}`, {
      fix: 'Check `database` in the configuration (or DATABASE_URL), and that PostgreSQL is running.',
      cause,
    });
  }
}

/** Names of the migrations this binary knows and the database lacks. */
export async function pendingMigrations(client: Pick<Client, 'query'>): Promise<string[]> {
  const applied = await appliedMigrations(client);
  const unknown = applied.filter((name) => !KNOWN_MIGRATIONS.includes(name));
  if (unknown.length > 0) {
    throw new UserError(
      `the database was migrated by a newer shiftwatch (it has ${unknown.join(', ')}; this one knows up to ${KNOWN_MIGRATIONS.at(-1)})`,
      { fix: 'Run the newer version, or restore a backup from before its migration. Nothing was changed.' },
    );
  }
  return KNOWN_MIGRATIONS.filter((name) => !applied.includes(name));
}

async function appliedMigrations(client: Pick<Client, 'query'>): Promise<string[]> {
  const exists = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    MIGRATIONS_TABLE,
  ]);
  if (exists.rows[0]?.exists !== true) return [];
  const rows = await client.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE} order by id`);
  return rows.rows.map((row) => row.name);
}

/** Duplicate schema, table, column, object, function. */
const TAKEN: readonly (string | undefined)[] = ['42P06', '42P07', '42701', '42710', '42723'];

async function runOwn(client: Client, log: Log): Promise<void> {
  const { rows } = await client.query<{ may: boolean | null }>(
    `select has_schema_privilege(current_schema(), 'create') as may`,
  );
  if (rows[0]?.may !== true) {
    throw new UserError('the database lets us make no tables', {
      fix: 'Let the role of `database` make them: `grant create on schema … to …`. Nothing was changed.',
    });
  }
  try {
    await runMigrations(client, log);
  } catch (cause) {
    if (!(cause instanceof DatabaseError && TAKEN.includes(cause.code))) throw cause;
    throw new UserError(`the database holds something that shiftwatch did not make: ${errorMessage(cause)}`, {
      fix: 'Give shiftwatch a database or a schema of its own. Nothing of it was changed.',
      cause,
    });
  }
}

async function runMigrations(client: Client, log: Log): Promise<void> {
  await runner({
    dbClient: client,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: MIGRATIONS_TABLE,
    checkOrder: true,
    // Each by itself: one that has to read all of a table must not hold the locks of those before it.
    singleTransaction: false,
    // Ours is held already, around BullMQ's migrations too.
    noLock: true,
    logger: {
      debug: (text: unknown) => log.debug({}, String(text)),
      info: (text: unknown) => log.debug({}, String(text)),
      // What goes wrong is thrown as well; here it is a page of SQL.
      warn: (text: unknown) => log.debug({}, String(text)),
      error: (text: unknown) => log.debug({}, String(text)),
    },
  });
}

async function runQueue(client: Client): Promise<void> {
  try {
    await runQueueMigrations(client, QUEUE_SCHEMA);
  } catch (cause) {
    if (!(cause instanceof SchemaVersionMismatchError)) throw cause;
    throw new UserError(`the job queue's tables belong to a newer BullMQ: ${cause.message}`, {
      fix: 'Run the newer shiftwatch. Nothing was changed.',
      cause,
    });
  }
}
