import { Client, DatabaseError, escapeIdentifier } from 'pg';

const ATTEMPTS = 10;

/**
 * An empty database of this name on the same server; one that is there already is dropped. Only for names that
 * can be nobody's but ours.
 */
export async function freshDatabase(serverUrl: string, name: `shiftwatch_demo`): Promise<string> {
  const client = new Client({
    connectionString: serverUrl,
    application_name: 'shiftwatch',
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    await dropDatabase(client, name);
    await client.query(`create database ${escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

/**
 * Drops a database whoever is connected to it. PostgreSQL ends connections for that, but not while a vacuum of its own
 * is at work there: an ordinary role may not end what belongs to a superuser. A drop without force asks the vacuum to
 * leave, and waits for it, once nobody else is there.
 */
export async function dropDatabase(client: Client, name: string): Promise<void> {
  const drop = `drop database if exists ${escapeIdentifier(name)}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`${drop} with (force)`);
      return;
    } catch (error) {
      if (!hasState(error, '42501') || attempt === ATTEMPTS) throw error;
    }
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user',
      [name],
    );
    try {
      await client.query(drop);
      return;
    } catch (error) {
      // Somebody came meanwhile.
      if (!hasState(error, '55006')) throw error;
    }
  }
}

function hasState(error: unknown, state: string): boolean {
  return error instanceof DatabaseError && error.code === state;
}
