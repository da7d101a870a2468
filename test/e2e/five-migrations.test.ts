import { Client } from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { createDatabase, createEmptyDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { runShiftwatch } from '../harness/process.ts';

const models = [{ name: 'credit-risk', task: 'classification' }];

describeWith(['postgres'], 'migrating from five processes at once', () => {
  it('makes each table once, and all of them succeed', async () => {
    const { url } = await createEmptyDatabase('five-migrations');
    const exits = await Promise.all(
      Array.from({ length: 5 }, () => runShiftwatch(['migrate'], { config: { database: url, models } })),
    );
    expect(exits.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    const ran = exits.filter(({ stdout }) => stdout.includes('0001_first\n'));
    expect(ran).toHaveLength(1);
    expect(exits.filter(({ stderr }) => stderr.includes('up to date'))).toHaveLength(4);
    const [applied] = await query(
      url,
      'select count(*)::int as n, count(distinct name)::int as names from shiftwatch_migration',
    );
    expect(applied?.['n']).toBe(applied?.['names']);
    expect(await query(url, 'select name from model')).toEqual([]);
  });
});

describeWith(['postgres'], 'a database that a newer shiftwatch has migrated', () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await createDatabase('newer'));
    await query(
      url,
      `insert into shiftwatch_migration (name, run_on) values ('9999_from_the_future', now())`,
    );
  });

  it.each(['migrate', 'serve'])('is refused by %s with one clear sentence', async (command) => {
    const exit = await runShiftwatch([command], { config: { database: url, models } });
    expect(exit.code).toBe(1);
    expect(exit.stderr).toMatch(
      /^error: the database was migrated by a newer shiftwatch \(it has 9999_from_the_future; this one knows up to \w+\)\nRun the newer version, .+ Nothing was changed\.\n$/m,
    );
    expect(exit.stderr).not.toContain('    at ');
  });
});

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
