/** Views for whoever asks in SQL: a role that reads them reads nothing else, and they hold nothing personal. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import * as grantViews from '../../../src/cli/grant-views/grant-views.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { silentLog } from '../../../src/core/log.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { readCredentials } from '../../../src/store/embedded/credentials.ts';
import { seed } from '../../api/seed.ts';
import { configOf, run } from '../../cli/operations.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { newDirectory, start } from '../embedded/line.ts';

const VIEWS = ['models', 'windows', 'verdicts', 'measurements', 'performance', 'incidents', 'deliveries'];
const ROLE = 'views "reader"';

describeWith(['postgres'], 'views', () => {
  let owner: pg.Client;
  let config: () => Promise<Config>;
  beforeAll(async () => {
    // Tests may make no roles in the server that they share.
    const directory = newDirectory();
    const { url } = await start(directory);
    await migrate({ connectionString: url, log: silentLog });
    const { superuser } = readCredentials(directory);
    const own = new URL(url);
    [own.username, own.password] = [superuser.name, superuser.password];
    owner = new pg.Client({ connectionString: own.href });
    await owner.connect();
    atEnd(() => owner.end());
    await seed(owner as unknown as pg.Pool);
    const parsed = await configOf(`database: "${url}"`);
    config = async () => parsed;
    await owner.query(`create role "views ""reader"""`);
  });

  const asReader = async <T>(work: () => Promise<T>): Promise<T> => {
    await owner.query(`set role "views ""reader"""`);
    try {
      return await work();
    } finally {
      await owner.query('reset role');
    }
  };
  const denied = async (sql: string): Promise<boolean> =>
    await owner.query(sql).then(
      () => false,
      (error: unknown) => (error as { code?: string }).code === '42501',
    );

  it('are closed until they are granted, also after a dry run, and to a role that is not there', async () => {
    expect((await run(grantViews.register, ['grant-views', ROLE, '--dry-run'], { config })).code).toBe(0);
    expect(await asReader(() => denied('select * from shiftwatch_views.models'))).toBe(true);
    await expect(run(grantViews.register, ['grant-views', 'nobody'], { config })).rejects.toMatchObject({
      message: 'PostgreSQL knows no role "nobody"',
    });
  });

  it('are all that the role can read', async () => {
    expect((await run(grantViews.register, ['grant-views', ROLE], { config })).code).toBe(0);
    const tables = await owner.query<{ name: string }>(
      `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
       union select quote_ident(schemaname) || '.' || quote_ident(viewname) from pg_views where schemaname not in ('pg_catalog', 'information_schema', 'shiftwatch_views')`,
    );
    expect(tables.rows.length).toBeGreaterThan(40);
    await asReader(async () => {
      for (const view of VIEWS) await owner.query(`select * from shiftwatch_views.${view}`);
      const open: string[] = [];
      for (const { name } of tables.rows) if (!(await denied(`select * from ${name}`))) open.push(name);
      expect(open).toEqual([]);
      const { rows } = await owner.query(
        `select has_table_privilege('shiftwatch_views.models', 'insert, update, delete, truncate') as writes`,
      );
      expect(rows).toEqual([{ writes: false }]);
    });
  });

  it('show what is there', async () => {
    const count = async (view: string): Promise<number> =>
      Number(
        (await owner.query<{ n: string }>(`select count(*) as n from shiftwatch_views.${view}`)).rows[0]?.n,
      );
    for (const view of ['models', 'windows', 'verdicts', 'measurements', 'incidents'])
      expect(await count(view), view).toBeGreaterThan(0);
    const { rows } = await owner.query(
      `select verdict, count(*)::int as n from shiftwatch_views.verdicts where model = 'fraud' and stands group by 1 order by 1`,
    );
    expect(rows).toEqual([
      { verdict: 'data_fault', n: 1 },
      { verdict: 'none', n: 3 },
    ]);
  });

  it('have the columns that the page says, in its order', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/observability.md'), 'utf8');
    for (const view of VIEWS) {
      const { rows } = await owner.query<{ name: string }>(
        `select column_name as name from information_schema.columns where table_schema = 'shiftwatch_views' and table_name = $1 order by ordinal_position`,
        [view],
      );
      const said = new RegExp(`^\\| \`${view}\` \\| (.*?) \\|`, 'm').exec(page)?.[1] ?? '';
      expect(
        Array.from(said.matchAll(/`(\w+)`/g), ([, name]) => name),
        view,
      ).toEqual(rows.map(({ name }) => name));
    }
  });

  it('can be made anew, as an upgrade of them does', async () => {
    await owner.query('select make_views()');
    await owner.query('select make_views()');
  });
});
