/** A database that is not shiftwatch's: it is told in a sentence, and nothing of it changes. */
import pg from 'pg';
import { expect, it } from 'vitest';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { silentLog } from '../../../src/core/log.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createEmptyDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

describeWith(['postgres'], 'migrating', () => {
  const connected = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    atEnd(() => client.end());
    return client;
  };

  it('leaves tables alone that are called as ours', async () => {
    const { url } = await createEmptyDatabase('foreign-tables');
    const client = await connected(url);
    await client.query('create table window_part (mine text); insert into window_part values ($$kept$$)');
    await expect(migrate({ connectionString: url, log: silentLog })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /that shiftwatch did not make: .*window_part.* already exists/,
      ) as string,
      fix: expect.stringContaining('a schema of its own. Nothing of it was changed') as string,
    });
    const { rows } = await client.query(
      `select tablename as table from pg_tables where schemaname = 'public'`,
    );
    // The list of migrations is made before the first, and empty.
    expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(['shiftwatch_migration', 'window_part']));
    expect((await client.query('select mine from window_part')).rows).toEqual([{ mine: 'kept' }]);
  });

  it('says what a role without rights lacks', async () => {
    const { url } = await createEmptyDatabase('no-rights');
    const client = await connected(url);
    await client.query('revoke create on schema public from public, pg_database_owner');
    await expect(migrate({ connectionString: url, log: silentLog })).rejects.toMatchObject({
      name: 'UserError',
      message: 'the database lets us make no tables',
      fix: expect.stringContaining('grant create on schema') as string,
    });
  });
});
