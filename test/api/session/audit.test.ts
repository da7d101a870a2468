import { afterAll, describe, expect, it } from 'vitest';
import { fail, ok } from '../../../src/core/result.ts';
import { NOW_MS, testApi, tokensByScope } from '../fakes.ts';

/** They change nothing that people decide, or note it by themselves. */
const NOTE_NOTHING: readonly string[] = [
  'POST /api/v1/events',
  'POST /api/v1/retrains/:id/status',
  'POST /unsubscribe/:token',
  'POST /session',
  'DELETE /session',
  'POST /session/end',
];

const RUN = '0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f';
const api = testApi({
  verifyToken: tokensByScope,
  decideRun: async ({ decision }) =>
    decision === 'approve'
      ? ok({ state: 'requested' })
      : fail({ reason: 'not_awaiting', detail: 'It does not wait.' }),
});
afterAll(() => api.app.close());

const headers = { authorization: 'Bearer operate', 'content-type': 'application/json' };
const post = async (url: string, payload: object, more: object = {}) => {
  api.audited.splice(0);
  const reply = await api.app.inject({
    method: 'POST',
    url: `/api/v1${url}`,
    headers: { ...headers, ...more },
    payload,
  });
  return { status: reply.statusCode, audited: [...api.audited] };
};
const MINE = { actor: 'sw_operate', actorName: 'operate', address: '127.0.0.1' };

describe('the audit trail of the API', () => {
  it('every route that changes something says what it is called there', async () => {
    const { app } = testApi({ verifyToken: tokensByScope });
    const unnamed: string[] = [];
    const actions: string[] = [];
    app.addHook('onRoute', ({ method, url, config }) => {
      for (const each of [method].flat().filter((name) => !['GET', 'HEAD', 'OPTIONS'].includes(name))) {
        const action = config?.audit;
        if (typeof action === 'string') actions.push(action);
        else unnamed.push(`${each} ${url}`);
      }
    });
    await app.ready();
    expect(unnamed.toSorted()).toEqual(NOTE_NOTHING.toSorted());
    expect(actions.length).toBeGreaterThan(9);
    expect(actions.filter((action) => !/^[a-z_]+\.[a-z_]+$/.test(action))).toEqual([]);
    expect(new Set(actions).size).toBe(actions.length);
    await app.close();
  });

  it('says who did what to what, from where, once it is done', async () => {
    expect(await post(`/retrains/${RUN}/approve`, { by: 'ann', comment: 'my secret reason' })).toEqual({
      status: 200,
      audited: [{ ...MINE, action: 'retrain.approve', target: RUN, refusedBecause: null }],
    });
  });

  it('names what was made', async () => {
    const matchers = [{ name: 'model', operator: '=', value: 'm' }];
    const ends_at = new Date(NOW_MS + 1_000).toISOString();
    const { status, audited } = await post('/silences', { matchers, ends_at, author: 'ann', comment: 'why' });
    expect([status, audited]).toEqual([
      201,
      [{ ...MINE, action: 'silence.create', target: '1', refusedBecause: null }],
    ]);
  });

  it.each([
    ['conflict', `/retrains/${RUN}/reject`, {}, {}, { target: RUN }],
    ['validation_failed', '/alerts/my-secret/acknowledge', { author: 'ann' }, {}, { target: null }],
    ['not_found', '/endpoints/hook/enable', {}, {}, { target: 'hook' }],
    [
      'insufficient_scope',
      '/endpoints/hook/enable',
      {},
      { authorization: 'Bearer read' },
      { target: null, actor: 'sw_read', actorName: 'read' },
    ],
    [
      'unauthorized',
      '/endpoints/hook/enable',
      {},
      { authorization: 'Bearer guess' },
      { target: null, actor: 'anonymous', actorName: null },
    ],
    [
      'cross_site_request',
      '/endpoints/hook/enable',
      {},
      { 'sec-fetch-site': 'cross-site' },
      { target: null, actor: 'anonymous', actorName: null },
    ],
  ])('says that it was refused: %s', async (refusedBecause, url, payload, more, expected) => {
    const { audited } = await post(url, payload, more);
    expect(audited).toEqual([
      { ...MINE, action: expect.stringMatching(/^[a-z]+\.[a-z]+$/) as string, refusedBecause, ...expected },
    ]);
  });

  it('notes no reading, and no path that leads nowhere', async () => {
    api.audited.splice(0);
    await api.app.inject({ url: '/api/v1/alerts', headers });
    await api.app.inject({ method: 'POST', url: '/api/v1/nothing', headers, payload: {} });
    expect(api.audited).toEqual([]);
  });

  it('that cannot be written is told of in the log; what was done is answered', async () => {
    const broken = testApi({
      audit: { append: async () => await Promise.reject(new Error('away')), add: async () => {} },
      enableEndpoint: async () => ['channels'],
    });
    const reply = await broken.app.inject({ method: 'POST', url: '/api/v1/endpoints/hook/enable' });
    expect(reply.statusCode).toBe(200);
    expect(broken.logged.map(({ message }) => message)).toEqual([
      'a change could not be noted in the audit trail',
    ]);
    await broken.app.close();
  });
});

describe('who says so', () => {
  const silence = {
    matchers: [{ name: 'model', operator: '=', value: 'm' }],
    ends_at: new Date(NOW_MS + 1_000).toISOString(),
    comment: 'c',
  };

  it('has to be said by who brings a token', async () => {
    const url = '/api/v1/silences';
    const unsaid = await api.app.inject({ method: 'POST', url, headers, payload: silence });
    expect(unsaid.statusCode).toBe(400);
    const said = await api.app.inject({
      method: 'POST',
      url,
      headers,
      payload: { ...silence, author: 'ann' },
    });
    expect(said.json()).toMatchObject({ author: 'ann' });
  });

  it('has to be said where nobody signs in', async () => {
    const open = testApi();
    const reply = await open.app.inject({ method: 'POST', url: '/api/v1/silences', payload: silence });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ errors: [{ path: '/author' }] });
    expect((await open.app.inject('/login')).statusCode).toBe(404);
    await open.app.close();
  });
});
