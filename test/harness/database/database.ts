import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { inject } from 'vitest';
import { dropDatabase } from '../../../src/store/connection/fresh-database.ts';
import { atEnd } from '../cleanup.ts';
import { isTestName, withDatabase } from './name.ts';
import { addressOf } from '../services.ts';

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
}

/**
 * A database of this test's own, migrated, dropped after the file. Call it in a hook or a test; as often as
 * databases are needed.
 */
export function createDatabase(label: string): Promise<TestDatabase> {
  const template = inject('postgresTemplate');
  if (template === null) throw new Error('There is no Postgres here.');
  return create(label, template);
}

/** The same without any table, for tests of the migrations themselves. */
export function createEmptyDatabase(label: string): Promise<TestDatabase> {
  return create(label, 'template1');
}

async function create(label: string, template: string): Promise<TestDatabase> {
  const server = addressOf('postgres');
  const tidy = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 30);
  const name = `shiftwatch_test_${tidy}_${randomBytes(4).toString('hex')}`;
  const sql = `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)}`;
  await administer(server, (client) => client.query(sql));
  atEnd(() => dropTestDatabase(server, name));
  return { name, url: withDatabase(server, name) };
}

async function dropTestDatabase(server: string, name: string): Promise<void> {
  if (!isTestName(name)) throw new Error(`Tests never drop a database like "${name}".`);
  await administer(server, (client) => dropDatabase(client, name));
}

async function administer(
  connectionString: string,
  work: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
