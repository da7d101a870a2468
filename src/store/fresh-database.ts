import { Client, escapeIdentifier } from 'pg';

/**
 * An empty database of this name on the same server; one that is there already is dropped. Only for names that
 * can be nobody's but ours.
 */
export async function freshDatabase(serverUrl: string, name: `shiftwatch_demo`): Promise<string> {
  const client = new Client({ connectionString: serverUrl, application_name: 'shiftwatch' });
  await client.connect();
  try {
    await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    await client.query(`create database ${escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}
