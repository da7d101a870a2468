import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../../src/api/app.ts';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { incidentDesk } from '../../../src/pipeline/incidents/incident-desk.ts';
import { alertDesks } from '../../../src/pipeline/messages/alert-desks.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { testApi } from '../../api/fakes.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, DRIFT } from '../alert-story.ts';

const MODEL = { name: 'model', operator: '=', value: 'm' };
const TOKENS = { read: ['read'], operate: ['operate'] } as const;

describeWith(['postgres'], 'the API of silences and of looking after alerts', () => {
  let pool: Pool;
  let app: App;
  let story: AlertStory;
  let alertId: string;

  beforeAll(async () => {
    const { url } = await createDatabase('api_alerts');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    story = await AlertStory.begin(pool, 'm');
    await story.hour(DRIFT);
    alertId = await story.alertId();
    app = testApi({
      readModels: createReadModels(pool),
      ...alertDesks(pool, story.catalog),
      ...incidentDesk(pool, story.catalog),
      clock: { nowMs: () => story.nowMs },
      verifyToken: async (text) => {
        const scope = text === 'read' ? 'read' : 'operate';
        const value = {
          prefix: 'sw_x',
          name: `${scope} token`,
          scopes: [...TOKENS[scope]],
          expiresAtMs: null,
        };
        return { ok: true, value };
      },
    }).app;
  });
  afterAll(async () => {
    await app.close();
    await pool.end();
  });

  async function call(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) {
    const reply = await app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { authorization: 'Bearer operate' },
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
  }
  const at = (afterMs: number): string => new Date(story.nowMs + afterMs).toISOString();
  const silence = (parts: object = {}): object => ({
    matchers: [MODEL],
    ends_at: at(HOUR_MS),
    author: 'ann',
    comment: 'a test',
    ...parts,
  });

  it('counts what is not resolved', async () => {
    expect((await call('GET', '/alerts/counts')).body).toEqual({ pending: 0, firing: 1, recovering: 0 });
    await pool.query(`update alert set state = 'resolved' where id = $1`, [alertId]);
    expect((await call('GET', '/alerts/counts')).body).toEqual({ pending: 0, firing: 0, recovering: 0 });
    await pool.query(`update alert set state = 'firing' where id = $1`, [alertId]);
  });

  it('makes, lists and ends a silence, which then holds back and lets go', async () => {
    const made = await call('POST', '/silences', silence());
    expect(made).toMatchObject({
      status: 201,
      body: { state: 'active', starts_at: at(0), ends_at: at(HOUR_MS), author: 'ann', matchers: [MODEL] },
    });
    const id = String(made.body['id']);
    expect((await call('GET', '/silences?state=active')).body).toMatchObject({ items: [{ id }] });
    expect((await call('GET', `/silences/${id}`)).body).toEqual(made.body);
    expect((await call('GET', '/silences/999')).status).toBe(404);
    await story.tick(HOUR_MS - 1);
    const later = await call(
      'POST',
      '/silences',
      silence({ starts_at: at(HOUR_MS), ends_at: at(2 * HOUR_MS) }),
    );
    expect(later.body).toMatchObject({ state: 'pending' });

    const ended = await call('DELETE', `/silences/${id}`);
    expect(ended).toMatchObject({ status: 200, body: { state: 'expired', expired_by: 'operate token' } });
    // The first one to end it stays.
    expect((await call('DELETE', `/silences/${id}`)).body).toEqual(ended.body);
    expect((await call('DELETE', '/silences/999')).status).toBe(404);
    expect((await call('GET', '/silences?state=expired')).body).toMatchObject({ items: [{ id }] });
    expect((await call('GET', '/silences?limit=1')).body).toMatchObject({
      items: [{ state: 'pending' }],
      next_cursor: expect.any(String) as unknown,
    });
    await call('DELETE', `/silences/${String(later.body['id'])}`);
  });

  it.each<[string, () => object, string, string]>([
    ['no matcher', () => silence({ matchers: [] }), '/matchers', ''],
    [
      'one that fits all',
      () => silence({ matchers: [{ ...MODEL, operator: '!=' }] }),
      '/matchers',
      'fit what has nothing of the kind',
    ],
    [
      'a broken expression',
      () => silence({ matchers: [{ ...MODEL, operator: '=~', value: '(' }] }),
      '/matchers',
      'missing closing )',
    ],
    ['another name', () => silence({ matchers: [{ ...MODEL, name: 'alertname' }] }), '/matchers/0/name', ''],
    ['no end', () => silence({ ends_at: undefined }), '/ends_at', ''],
    ['an end in the past', () => silence({ ends_at: at(0) }), '/ends_at', 'future'],
    ['an end before the start', () => silence({ starts_at: at(3 * HOUR_MS) }), '/ends_at', 'after starts_at'],
    ['an end too far away', () => silence({ ends_at: at(367 * 24 * HOUR_MS) }), '/ends_at', '366 days'],
    ['no author', () => silence({ author: ' ' }), '/author', ''],
    ['no comment', () => silence({ comment: '' }), '/comment', ''],
    ['a text that cannot be stored', () => silence({ comment: 'a\u0000b' }), '/comment', 'U+0000'],
  ])('refuses a silence with %s', async (_, body, path, message) => {
    const { status, body: problem } = await call('POST', '/silences', body());
    expect(status).toBe(400);
    expect(problem['errors']).toMatchObject([
      { in: 'body', path, message: expect.stringContaining(message) as unknown },
    ]);
  });

  it('acknowledges and takes it back', async () => {
    const path = `/alerts/${alertId}/acknowledge`;
    const done = await call('POST', path, { author: 'ann', comment: 'on it' });
    expect(done).toMatchObject({
      status: 200,
      body: {
        id: alertId,
        acknowledged: { by: 'ann', comment: 'on it', until: null, at: at(0) },
        snoozed: null,
      },
    });
    expect(done.body['headline']).toContain('Covariate shift of age');
    expect((await call('GET', `/alerts/${alertId}`)).body).toEqual(done.body);
    expect((await call('DELETE', path)).body).toMatchObject({ acknowledged: null });
    expect((await call('DELETE', path)).status).toBe(200);
  });

  it('snoozes, which takes an acknowledgement’s place, and shows what is owed', async () => {
    await call('POST', `/alerts/${alertId}/acknowledge`, { author: 'ann' });
    const done = await call('POST', `/alerts/${alertId}/snooze`, { author: 'bob', until: at(HOUR_MS) });
    expect(done.body).toMatchObject({
      acknowledged: null,
      snoozed: { by: 'bob', comment: '', until: at(HOUR_MS) },
      held: { message: 'reminder', reason: 'snoozed', by: 'bob', until: at(HOUR_MS), since: at(0) },
    });
    expect((await call('DELETE', `/alerts/${alertId}/snooze`)).body).toMatchObject({ snoozed: null });
    await story.tick();
    expect((await call('GET', `/alerts/${alertId}`)).body).toMatchObject({ held: null });
    const { body } = await call('GET', `/alerts/${alertId}/events?limit=500`);
    const kinds = (body['items'] as { kind: string }[]).map(({ kind }) => kind);
    expect(kinds).toEqual([
      'firing',
      'acknowledged',
      'unacknowledged',
      'acknowledged',
      'snoozed',
      'unsnoozed',
      'told',
    ]);
  });

  it.each<[number, string, object]>([
    [404, '/alerts/999/acknowledge', { author: 'ann' }],
    [400, '/alerts/1/acknowledge', {}],
    [400, '/alerts/1/acknowledge', { author: 'ann', until: '2026-01-01T00:00:00Z' }],
    [400, '/alerts/1/snooze', { author: 'ann' }],
    [400, '/alerts/1/snooze', { author: 'ann', until: '2029-01-01T00:00:00Z' }],
    [400, '/alerts/1/snooze', { author: 'ann', until: 'tomorrow' }],
  ])('answers %d to %s %o', async (status, path, body) => {
    expect((await call('POST', path, body)).status).toBe(status);
  });

  it('resolves by hand, says what was expected, lists it and takes it back', async () => {
    const own = await AlertStory.begin(pool, 'expected');
    const desk = { ...incidentDesk(pool, own.catalog), clock: { nowMs: () => own.nowMs } };
    const { app: api } = testApi({ readModels: createReadModels(pool), ...desk });
    const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) => {
      const reply = await api.inject({ method, url: `/api/v1${path}`, ...(payload && { payload }) });
      return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
    };
    await own.hour(DRIFT);
    const first = await own.alertId();
    const word = { author: 'ann', comment: 'the sale' };
    expect((await ask('POST', `/alerts/${first}/resolve`, { comment: 'no name' })).status).toBe(400);
    expect(await ask('POST', `/alerts/${first}/resolve`, word)).toMatchObject({
      status: 200,
      body: { state: 'resolved', closed: { by: 'ann', comment: 'the sale', expected: false } },
    });
    expect((await ask('POST', `/alerts/${first}/resolve`, word)).status).toBe(409);
    expect((await ask('POST', '/alerts/999999/expected', word)).status).toBe(404);

    await own.hour(DRIFT);
    const second = await own.alertId();
    const path = `/alerts/${second}/expected`;
    expect((await ask('POST', path, { author: 'ann' })).status).toBe(400);
    expect((await ask('POST', path, { ...word, until: '2026-01-01T00:00:00Z' })).status).toBe(400);
    const until = new Date(own.nowMs + HOUR_MS).toISOString();
    expect(await ask('POST', path, { ...word, until })).toMatchObject({
      status: 200,
      body: { follows: first, closed: { expected: true } },
    });
    const window = await own.hour(DRIFT);
    expect((await ask('GET', `/verdicts?window=${window}`)).body).toMatchObject({
      items: [{ verdict: 'covariate_shift', expected: { author: 'ann', says: 'expected: the sale' } }],
    });
    const { body } = await ask('GET', '/annotations?model=expected');
    expect(body).toMatchObject({
      items: [{ alert_id: second, kinds: ['covariate_shift'], until, comment: 'the sale' }],
      next_cursor: null,
    });
    const begun = (await ask('GET', `/alerts/${second}`)).body['since'] as string;
    const listed = async (query: string): Promise<number> =>
      ((await ask('GET', `/annotations?${query}`)).body['items'] as object[]).length;
    expect(await listed(`model=other`)).toBe(0);
    expect([await listed(`to=${begun}`), await listed(`from=${until}`)]).toEqual([0, 0]);
    expect(await listed(`from=${begun}&to=${until}&model=expected`)).toBe(1);

    const [{ id } = { id: '' }] = body['items'] as { id: string }[];
    expect(await ask('DELETE', `/annotations/${id}`)).toMatchObject({
      status: 200,
      body: { id, removed_at: new Date(own.nowMs).toISOString() },
    });
    expect((await ask('DELETE', '/annotations/999999')).status).toBe(404);
    expect([await listed('model=expected'), await listed('model=expected&removed=true')]).toEqual([0, 1]);
    expect((await ask('GET', `/alerts/${second}`)).body).toMatchObject({ closed: { expected: false } });
  });

  it('answers a conflict for an alert that is over', async () => {
    await story.hour({ types: [] });
    const { status, body } = await call('POST', `/alerts/${alertId}/acknowledge`, { author: 'ann' });
    expect(status).toBe(409);
    expect(body['detail']).toBe(`Alert ${alertId} is over: nothing is sent for it.`);
  });

  it('counts what was held back and what is owed', async () => {
    await call('POST', '/silences', silence({ ends_at: at(48 * HOUR_MS) }));
    await story.hour(DRIFT);
    const metrics = (await app.inject({ url: '/metrics/fleet', headers: { authorization: 'Bearer read' } }))
      .body;
    expect(metrics).toContain('shiftwatch_notifications_held_total{model="m",reason="silenced"} 1');
    expect(metrics).toContain('shiftwatch_notifications_owed{model="m",reason="silenced"} 1');
    expect(metrics).toMatch(/^shiftwatch_silences \d/m);
  });
});
