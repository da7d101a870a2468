import { Client } from 'pg';

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Whether the name holds "test" as a word: `my_test`, `test-1`, but not `latest` or `contest`. */
export function isTestName(name: string): boolean {
  return /(?:^|[^a-z0-9])test(?:$|[^a-z0-9])/i.test(name);
}

/**
 * Asks the server itself which database it is: an address may hide it behind a pooler or a service file. Tests
 * create, fill and drop; one wrong variable must not let them near real data.
 */
export async function assertTestDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
    const name = rows[0]?.name ?? '';
    if (!isTestName(name)) {
      throw new Error(
        `Tests refuse the database "${name}": its name must hold "test" as a word, as in shiftwatch_test.`,
      );
    }
  } finally {
    await client.end();
  }
}
