import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../../src/api/app.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { LiveEvents } from '../../../src/store/live.ts';
import { testApi } from '../../api/fakes.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { until } from '../../harness/wait.ts';
import { addVersion, addWindow } from '../act-rows.ts';

describeWith(['postgres'], 'what changes, as server-sent events', () => {
  let pool: Pool;
  let app: App;
  let url: string;

  beforeAll(async () => {
    const database = await createDatabase('live');
    pool = createPool({ connectionString: database.url, max: 4, applicationName: 'live', log: silentLog });
    app = testApi({ live: new LiveEvents(pool, silentLog) }).app;
    url = await app.listen({ host: '127.0.0.1', port: 0 });
  });

  afterAll(async () => {
    await app.close();
    await pool.end();
  });

  async function follow(): Promise<{ told: () => string[]; leave: () => void }> {
    const leaving = new AbortController();
    const response = await fetch(`${url}/api/v1/live`, { signal: leaving.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    let text = '';
    const reading = (async () => {
      for await (const piece of response.body ?? [])
        text += Buffer.from(piece as Uint8Array).toString('utf8');
    })().catch(() => undefined);
    const told = (): string[] => [...text.matchAll(/^event: .*\ndata: (.*)$/gm)].map(([, data = '']) => data);
    await until(async () => text.includes('retry') && (await listeners()) === 1);
    return { told, leave: () => void (leaving.abort(), reading) };
  }

  const listeners = async (): Promise<number> => {
    const found = await pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where query like 'listen shiftwatch_live%' and datname = current_database()`,
    );
    return found.rows[0]?.n ?? 0;
  };

  it('tells what is committed, which model it is of, and nothing that is taken back', async () => {
    const version = await addVersion(pool);
    const { told, leave } = await follow();
    const taken = await pool.connect();
    await taken.query('begin');
    await taken.query(
      `insert into "window" (model_version_id, size_ms, start_at, end_at, grace_ms) values ($1, 3600000, '2026-01-01', '2026-01-02', 0)`,
      [version],
    );
    await taken.query('rollback');
    taken.release();
    const window = await addWindow(pool, version, Date.UTC(2026, 2, 1));
    await pool.query(
      `insert into verdict (window_id, series, segment, revision, verdict, types, not_tested, confidence, advice, summary, rows, diagnosis)
       select $1, 'closed', s, 1, 'none', '{}', '{}', 1, 'none', '', 1, '{}' from unnest(array['', 'country=DE']) s`,
      [window],
    );
    await until(() => told().some((data) => data.includes('verdict')));
    const model = (
      await pool.query<{ name: string }>(
        `select m.name from model m join model_version v on v.model_id = m.id where v.id = $1`,
        [version],
      )
    ).rows[0]?.name;
    expect(
      told()
        .slice(1)
        .map((data) => JSON.parse(data) as unknown),
    ).toEqual([
      { type: 'window', model, id: null },
      { type: 'verdict', model, id: window },
    ]);
    leave();
  });

  it('holds one connection for all who listen, and none when the last has gone', async () => {
    const first = await follow();
    const second = await follow();
    expect(await listeners()).toBe(1);
    first.leave();
    second.leave();
    await until(async () => (await listeners()) === 0);
  });

  it('comes back by itself when the connection is lost, and says that anything may have changed', async () => {
    const { told, leave } = await follow();
    const before = told().length;
    await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen shiftwatch_live%' and datname = current_database()`,
    );
    await until(() => told().length > before);
    expect(told().at(-1)).toBe('{"type":"pipeline","model":null,"id":null}');
    leave();
  });
});
