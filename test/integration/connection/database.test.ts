import { Client } from 'pg';
import { expect, it } from 'vitest';
import { createDatabase, createEmptyDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

async function tables(connectionString: string): Promise<string[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

describeWith(['postgres'], 'databases for tests', () => {
  it('come migrated, and apart from each other', async () => {
    const [one, other] = [await createDatabase('One & only'), await createDatabase('other')];
    expect(one.name).toMatch(/^shiftwatch_test_one_only_/);
    expect(await tables(one.url)).toContain('model');
    const client = new Client({ connectionString: one.url });
    await client.connect();
    await client.query('CREATE TABLE mine ()');
    await client.end();
    expect(await tables(one.url)).toContain('mine');
    expect(await tables(other.url)).not.toContain('mine');
  });

  it('come empty on demand', async () => {
    expect(await tables((await createEmptyDatabase('empty')).url)).toEqual([]);
  });
});
