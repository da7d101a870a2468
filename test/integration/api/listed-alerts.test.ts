/** The list of alerts: its order, page after page, and what each line says of its messages. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../../src/api/app.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import type { ListedAlert } from '../../../src/store/rows/alerts.ts';
import { testApi } from '../../api/fakes.ts';
import { seed } from '../../api/seed.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const STATES = ['sent', 'sent', 'dead', 'queued', 'sending', 'failed'] as const;

describeWith(['postgres'], 'the list of alerts', () => {
  let pool: Pool;
  let app: App;
  let statements = 0;

  beforeAll(async () => {
    const { url } = await createDatabase('listed_alerts');
    pool = createPool({ connectionString: url, max: 1, applicationName: 'test', log: silentLog });
    await seed(pool);
    const counted = new Proxy(pool, {
      get(target, name, receiver) {
        if (name === 'query') statements += 1;
        const value: unknown = Reflect.get(target, name, receiver);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    app = testApi({ readModels: createReadModels(counted) }).app;
  });
  afterAll(async () => {
    await app.close();
    await pool.end();
  });

  const list = async (query = ''): Promise<{ items: ListedAlert[]; next_cursor: string | null }> =>
    (await app.inject({ url: `/api/v1/alerts?${query}` })).json();

  /** Of a message about an alert, one for each recipient. */
  async function message(alertId: string, about: string, states: readonly string[]): Promise<void> {
    const { rows } = await pool.query<{ id: string }>(
      `insert into outbox (kind, key, payload) values ('notify', gen_random_uuid()::text, $1::jsonb) returning id`,
      [JSON.stringify({ notification: { about, incidentId: alertId } })],
    );
    await pool.query(
      `insert into delivery (id, outbox_id, kind, target, state, message_id)
       select gen_random_uuid(), $1, 'email', 'r' || n, state, 'm' from unnest($2::text[]) with ordinality as s (state, n)`,
      [rows[0]?.id, states],
    );
  }

  it('says of each what it is and what became of its messages, in one statement', async () => {
    await message('1', 'incident', STATES);
    // Not handed to any recipient yet.
    await message('1', 'incident', []);
    await message('1', 'digest', ['dead']);
    await message('2', 'incident', ['sent']);
    statements = 0;
    const { items } = await list();
    expect(statements).toBe(1);
    const byId = new Map(items.map((item) => [item.id, item]));
    expect(byId.get('1')).toMatchObject({
      deliveries: { delivered: 2, failed: 1, waiting: 4 },
      headline: 'Concept drift of age and income since 10 Mar 2026 10:00 UTC.',
    });
    expect(byId.get('2')?.deliveries).toEqual({ delivered: 1, failed: 0, waiting: 0 });
    expect(byId.get('3')?.deliveries).toEqual({ delivered: 0, failed: 0, waiting: 0 });
    expect(byId.get('3')?.headline).toMatch(/^Data fault since .* UTC, \d+ % sure: fix the pipeline\.$/);
    const one = await app.inject({ url: '/api/v1/alerts/1' });
    expect(one.json()).toEqual(byId.get('1'));
  });

  it('has open ones first, then those that began last, and each once over its pages', async () => {
    await pool.query(`update alert set since_at = since_at + id * interval '1 hour'`);
    await pool.query(
      `insert into alert (model_version_id, size_ms, segment, series, state, verdict, types, windows_in_a_row, verdict_in_a_row,
         since_at, last_window_id, created_at, updated_at, resolved_at)
       select model_version_id, size_ms, 's' || n, series, 'resolved', verdict, types, 0, 0,
         since_at + (n * 7 % 20 - 10) * interval '1 day', last_window_id, created_at, updated_at, updated_at
       from alert, generate_series(1, 20) n where id = 1`,
    );
    const whole = (await list('limit=500')).items;
    expect(whole.map(({ state }) => state === 'resolved').lastIndexOf(false)).toBe(2);
    for (const part of [whole.slice(0, 3), whole.slice(3)]) {
      const begun = part.map(({ since }) => since);
      expect(begun).toEqual(begun.toSorted().toReversed());
    }
    for (const limit of [1, 4, 22]) {
      const ids: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof list>> = await list(
          `limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(ids).toEqual(whole.map(({ id }) => id));
    }
  });
});
