import { afterAll, describe, expect, it } from 'vitest';
import { type Access, allows } from '../../src/api/access.ts';
import { ProblemError } from '../../src/api/problem.ts';
import type { TokenScope } from '../../src/store/tokens.ts';
import { nothingStored, testApi, tokensByScope } from './fakes.ts';

/** Every route of the program with what it needs, written down apart from the code that says so. */
const ROUTES: readonly [method: 'GET' | 'POST' | 'DELETE', url: string, needs: Access][] = [
  ['GET', '/', 'read'],
  ['GET', '/plain', 'read'],
  ['GET', '/models/m/features/f', 'read'],
  ['GET', '/incidents', 'read'],
  ['GET', '/incidents/1', 'read'],
  ['GET', '/windows/1', 'read'],
  ['GET', '/retrains', 'read'],
  ['GET', '/retrains/1', 'read'],
  ['GET', '/pipeline', 'read'],
  ['GET', '/configuration', 'read'],
  ['GET', '/audit', 'read'],
  ['GET', '/components', 'read'],
  ['GET', '/assets/nothing.js', 'open'],
  ['GET', '/mail', 'read'],
  ['GET', '/mail/1', 'read'],
  ['GET', '/mail/1/html', 'read'],
  ['GET', '/metrics', 'read'],
  ['GET', '/metrics/fleet', 'read'],
  ['GET', '/login', 'open'],
  ['GET', '/unsubscribe/YQ.c2ln', 'open'],
  ['POST', '/unsubscribe/YQ.c2ln', 'open'],
  ['GET', '/health/live', 'open'],
  ['GET', '/health/ready', 'open'],
  ['GET', '/api/v1/openapi.json', 'read'],
  ['GET', '/api/v1/live', 'read'],
  ['POST', '/api/v1/events', 'ingest'],
  ['GET', '/api/v1/models', 'read'],
  ['GET', '/api/v1/fleet', 'read'],
  ['GET', '/api/v1/models/m', 'read'],
  ['GET', '/api/v1/models/m/overview', 'read'],
  ['GET', '/api/v1/models/m/ribbon', 'read'],
  ['GET', '/api/v1/models/m/heatmap', 'read'],
  ['GET', '/api/v1/models/m/features', 'read'],
  ['GET', '/api/v1/models/m/trends', 'read'],
  ['GET', '/api/v1/models/m/markers', 'read'],
  ['GET', '/api/v1/models/m/performance', 'read'],
  ['GET', '/api/v1/models/m/performance/parts', 'read'],
  ['GET', '/api/v1/models/m/versions', 'read'],
  ['GET', '/api/v1/models/m/versions/compare', 'read'],
  ['GET', '/api/v1/days?model=m', 'read'],
  ['GET', '/api/v1/models/m/versions/1/baselines', 'read'],
  ['GET', '/api/v1/models/m/versions/1/baselines/1', 'read'],
  ['POST', '/api/v1/models/m/versions/1/baselines', 'operate'],
  ['POST', '/api/v1/comparisons', 'operate'],
  ['GET', '/api/v1/windows', 'read'],
  ['GET', '/api/v1/windows/1', 'read'],
  ['GET', '/api/v1/windows/1/inspection', 'read'],
  ['GET', '/api/v1/windows/1/sample', 'operate'],
  ['GET', '/api/v1/models/m/features/f/distribution', 'read'],
  ['GET', '/api/v1/models/m/features/f/cdf', 'read'],
  ['GET', '/api/v1/models/m/features/f/transformation', 'read'],
  ['GET', '/api/v1/models/m/features/f/history', 'read'],
  ['GET', '/api/v1/models/m/features/f/profiles', 'read'],
  ['GET', '/api/v1/models/m/features/f/ridges', 'read'],
  ['GET', '/api/v1/measurements?model=m', 'read'],
  ['GET', '/api/v1/verdicts', 'read'],
  ['GET', '/api/v1/verdicts/1', 'read'],
  ['GET', '/api/v1/alerts', 'read'],
  ['GET', '/api/v1/alerts/1', 'read'],
  ['GET', '/api/v1/alerts/1/events', 'read'],
  ['POST', '/api/v1/alerts/1/acknowledge', 'operate'],
  ['DELETE', '/api/v1/alerts/1/acknowledge', 'operate'],
  ['POST', '/api/v1/alerts/1/snooze', 'operate'],
  ['DELETE', '/api/v1/alerts/1/snooze', 'operate'],
  ['GET', '/api/v1/alerts/1/investigation', 'read'],
  ['POST', '/api/v1/alerts/1/resolve', 'operate'],
  ['POST', '/api/v1/alerts/1/expected', 'operate'],
  ['GET', '/api/v1/annotations', 'read'],
  ['DELETE', '/api/v1/annotations/1', 'operate'],
  ['GET', '/api/v1/silences', 'read'],
  ['POST', '/api/v1/silences', 'operate'],
  ['GET', '/api/v1/silences/1', 'read'],
  ['DELETE', '/api/v1/silences/1', 'operate'],
  ['GET', '/api/v1/alert-states', 'read'],
  ['GET', '/api/v1/retrains', 'read'],
  ['GET', '/api/v1/retrains/0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f', 'read'],
  ['POST', '/api/v1/retrains/0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f/status', 'open'],
  ['GET', '/api/v1/deliveries', 'read'],
  ['GET', '/api/v1/deliveries/0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f', 'read'],
  ['POST', '/api/v1/deliveries/0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f/replay', 'operate'],
  ['GET', '/api/v1/endpoints', 'read'],
  ['POST', '/api/v1/endpoints/hook/enable', 'operate'],
  ['POST', '/api/v1/retrains/0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f/approve', 'operate'],
  ['POST', '/api/v1/retrains/0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f/reject', 'operate'],
  ['GET', '/api/v1/labelled-data?model=m', 'operate'],
  ['GET', '/api/v1/recipients/unsubscribed', 'operate'],
  ['GET', '/api/v1/audit', 'operate'],
  ['GET', '/api/v1/alerts/counts', 'read'],
  ['GET', '/api/v1/dead-letters', 'read'],
  ['POST', '/api/v1/dead-letters/replay', 'operate'],
  ['GET', '/api/v1/pipeline', 'read'],
  ['GET', '/api/v1/configuration', 'read'],
  ['GET', '/api/v1/dead-letters/1', 'operate'],
];

/** They ask by themselves, and their own tests look (`session.test.ts`). */
const OWN_RULES = /^(?:GET|POST|DELETE) \/session(?:\/end)?$/;

const PAYLOADS: ReadonlyMap<string, string> = new Map([
  ['/api/v1/alerts/1/acknowledge', '{"author":"ann"}'],
  ['/api/v1/alerts/1/resolve', '{"author":"ann"}'],
  ['/api/v1/alerts/1/expected', '{"author":"ann","comment":"the sale"}'],
  ['/api/v1/alerts/1/snooze', '{"author":"ann","until":"2026-03-11T06:00:00Z"}'],
  [
    '/api/v1/silences',
    '{"matchers":[{"name":"model","operator":"=","value":"m"}],"ends_at":"2026-03-11T06:00:00Z","author":"ann","comment":"c"}',
  ],
]);

const mail = { id: '1', atMs: 0, from: 'a@b.c', to: ['d@e.f'], subject: 'S', html: '<p>', text: 't' };
const guarded = testApi({
  verifyToken: tokensByScope,
  mailbox: () => [mail],
  // A stream does not end by itself: whether it may be had is all that is asked here.
  live: {
    listen: () => {
      throw new ProblemError('not_found', {});
    },
  },
});
const registered: string[] = [];
guarded.app.addHook('onRoute', (route) => {
  for (const method of [route.method].flat()) registered.push(`${method} ${route.url}`);
});

async function call(method: 'GET' | 'POST' | 'DELETE', url: string, authorization?: string): Promise<number> {
  const reply = await guarded.app.inject({
    method,
    url,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(method === 'POST'
        ? { 'content-type': url.endsWith('/baselines') ? 'text/csv' : 'application/json' }
        : {}),
    },
    ...(method === 'POST'
      ? {
          payload: /approve|reject|dead-letters/.test(url)
            ? '{}'
            : (PAYLOADS.get(url) ?? '{"state":"running"}'),
        }
      : {}),
  });
  return reply.statusCode;
}

afterAll(() => guarded.app.close());

describe('every route under every token', () => {
  const CALLERS: readonly [name: string, scopes: readonly TokenScope[] | null][] = [
    ['nobody', null],
    ['read', ['read']],
    ['ingest', ['ingest']],
    ['operate', ['operate']],
  ];

  for (const [method, url, needs] of ROUTES) {
    for (const [caller, scopes] of CALLERS) {
      it(`${method} ${url} needs ${needs}: ${caller}`, async () => {
        const status = await call(method, url, scopes === null ? undefined : `Bearer ${caller}`);
        if (needs !== 'open' && scopes === null) expect(status).toBe(401);
        else if (scopes !== null && !allows(scopes, needs)) expect(status).toBe(403);
        else expect([200, 201, 202, 404, 415]).toContain(status);
      });
    }
  }

  it('leaves no route out', () => {
    const patterns = ROUTES.map(([method, url]) => [method, url.split('?')[0] ?? ''] as const);
    const uncovered = registered.filter((route) => {
      const [method = '', pattern = ''] = route.split(' ');
      const path = new RegExp(
        `^${pattern.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.+')}$`,
      );
      return (
        method !== 'HEAD' &&
        !OWN_RULES.test(route) &&
        !patterns.some(([m, url]) => m === method && path.test(url))
      );
    });
    expect(uncovered).toEqual([]);
    expect(registered.length).toBeGreaterThan(ROUTES.length);
  });
});

describe('tokens', () => {
  it('lets operate read, and nothing else include another scope', () => {
    expect(allows(['operate'], 'read')).toBe(true);
    expect(allows(['operate'], 'ingest')).toBe(false);
    expect(allows(['ingest'], 'read')).toBe(false);
    expect(allows(['read'], 'operate')).toBe(false);
    expect(allows([], 'open')).toBe(true);
  });

  it('takes a token as the password of Basic authentication, whatever the user name', async () => {
    const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
    expect(await call('GET', '/', basic('anybody:read'))).toBe(200);
    expect(await call('GET', '/', basic('read'))).toBe(401);
    expect(await call('GET', '/', basic('read:'))).toBe(401);
  });

  it('sends a browser to sign in, asks one that knows Basic for its password, and a script for a bearer token', async () => {
    const accept = 'text/html,*/*';
    const page = await guarded.app.inject({ url: '/mail/1?a=b&c', headers: { accept } });
    expect([page.statusCode, page.headers.location]).toEqual([302, '/login?to=%2Fmail%2F1%3Fa%3Db%26c']);
    const authorization = `Basic ${Buffer.from('me:wrong').toString('base64')}`;
    const known = await guarded.app.inject({ url: '/', headers: { accept, authorization } });
    expect(known.statusCode).toBe(401);
    expect(known.headers['www-authenticate']).toMatch(/^Basic .*Bearer/);
    const posted = await guarded.app.inject({ method: 'POST', url: '/api/v1/silences', headers: { accept } });
    expect(posted.statusCode).toBe(401);
    const script = await guarded.app.inject({ url: '/api/v1/models' });
    expect(script.headers['www-authenticate']).toBe('Bearer realm="shiftwatch"');
  });

  it('says when a token has expired, but not how wrong an unknown one is', async () => {
    const detail = async (token: string): Promise<unknown> => {
      const headers = { authorization: `Bearer ${token}` };
      const reply = await guarded.app.inject({ url: '/api/v1/models', headers });
      return reply.json<{ detail: string }>().detail;
    };
    expect(await detail('expired')).toBe('The token has expired.');
    expect(await detail('guess')).toBe('The token is not known here.');
  });

  it('without tokens nobody is signed in, which is no error', async () => {
    const { app } = testApi();
    const reply = await app.inject({ url: '/session' });
    expect([reply.statusCode, reply.body]).toEqual([204, '']);
    await app.close();
  });

  it('asks before the body is read', async () => {
    const payload = 'x'.repeat(11 * 1024 * 1024);
    const reply = await guarded.app.inject({ method: 'POST', url: '/api/v1/events', payload });
    expect(reply.statusCode).toBe(401);
  });

  it('refuses to start with a route that does not say who may use it', async () => {
    const { app } = testApi();
    expect(() => app.get('/forgotten', async () => 'x')).toThrow('/forgotten does not say who may use it');
    await app.close();
  });

  it('end in no log and no answer, wherever they were put and whatever fails', async () => {
    const token = 'sw_51f0c3aa_of_nobody_else';
    const away = () => Promise.reject(new Error('the database is away'));
    const broken = testApi({
      verifyToken: async (text, nowMs) => await tokensByScope(text === token ? 'read' : text, nowMs),
      readModels: { ...nothingStored, findModel: away },
    });
    const pair = Buffer.from(`:${token}`).toString('base64');
    const said: string[] = [];
    for (const authorization of [`Bearer ${token}`, `Basic ${pair}`, `Bearer ${token}-wrong`]) {
      for (const url of [
        `/api/v1/models/m?token=${token}`,
        `/api/v1/models/${token}`,
        `/api/v1/models?limit=${token}`,
      ]) {
        const reply = await broken.app.inject({ url, headers: { authorization } });
        said.push(`${reply.statusCode} ${JSON.stringify(reply.headers)} ${reply.body}`);
      }
    }
    const fresh = await broken.app.inject({ url: '/api/v1/models', headers: { authorization: token } });
    said.push(fresh.body);
    expect(said.map((one) => one.slice(0, 3))).toContain('500');
    expect(broken.logged).toHaveLength(2);
    const texts = [...said, JSON.stringify(broken.logged)].join('\n');
    expect([token, pair].filter((secret) => texts.includes(secret))).toEqual([]);
    await broken.app.close();
  });
});
