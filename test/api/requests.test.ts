import { gzipSync } from 'node:zlib';
import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { EventsAccepted, EventsRefused } from '../../src/api/api-deps.ts';
import type { Problem } from '../../src/api/problem.ts';
import { MAX_EVENTS_BYTES } from '../../src/api/routes/events.ts';
import { fail, ok } from '../../src/core/result.ts';
import type { RetrainReportRefused } from '../../src/core/retrain/report.ts';
import { nothingStored, testApi } from './fakes.ts';

const RUN = '/api/v1/retrains/0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f/status';

async function problemOf(api: ReturnType<typeof testApi>, request: string | InjectOptions): Promise<Problem> {
  const reply = await api.app.inject(request);
  expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(reply.headers['cache-control']).toBe('no-store');
  const problem = reply.json<Problem>();
  expect(problem.status).toBe(reply.statusCode);
  expect(problem.type).toMatch(/^urn:shiftwatch:problem:[a-z_]+$/);
  return problem;
}

describe('problems', () => {
  it('names the part of the request that is wrong', async () => {
    expect(await problemOf(testApi(), '/api/v1/windows?limit=0&from=yesterday')).toMatchObject({
      status: 400,
      title: 'The request does not fit the schema',
      errors: [
        { in: 'query', path: '/from', message: expect.stringContaining('ISO 8601') as unknown },
        { in: 'query', path: '/limit' },
      ],
    });
  });

  it.each([
    ['/api/v1/windows?unknown=1', 400],
    ['/api/v1/endpoints?unknown=1', 400],
    ['/api/v1/recipients/unsubscribed?unknown=1', 400],
    ['/api/v1/models/none?unknown=1', 400],
    ['/api/v1/windows?limit=501', 400],
    ['/api/v1/windows?limit=1&limit=2', 400],
    ['/api/v1/windows?state=ajar', 400],
    ['/api/v1/windows?model=a%00b', 400],
    ['/api/v1/windows?from=2026-03-01', 400],
    ['/api/v1/windows?from=0000-01-01T00:00:00Z', 400],
    ['/api/v1/windows?cursor=xyz', 400],
    ['/api/v1/windows?cursor=WzEsMmUzMDBd', 400],
    ['/api/v1/windows/0', 400],
    ['/api/v1/windows/9999999999999999999', 400],
    ['/api/v1/measurements', 400],
    ['/api/v1/retrains/7', 400],
    ['/api/v1/retrains?cursor=WzFd', 400],
    ['/api/v1/models/%zz', 400],
    ['/api/v1/models/none', 404],
    ['/api/v1/models/none/versions', 404],
    ['/api/v1/models/none/versions/1/baselines', 404],
    ['/api/v1/alerts/7/events', 404],
    ['/api/v2/models', 404],
    ['/nothing', 404],
  ])('%s is answered %d', async (url, status) => {
    expect((await problemOf(testApi(), url)).status).toBe(status);
  });

  it('keeps what went wrong inside, and logs it under the number it gives out', async () => {
    const listModels = (): Promise<never> =>
      Promise.reject(new Error('password authentication failed for "sw"'));
    const api = testApi({ readModels: { ...nothingStored, listModels } });
    const problem = await problemOf(api, '/api/v1/models?cursor=InNlY3JldCI');
    expect(problem).toEqual({
      type: 'urn:shiftwatch:problem:internal',
      title: 'Something is broken on our side',
      status: 500,
      instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/) as unknown,
    });
    expect(api.logged).toHaveLength(1);
    expect(api.logged[0]?.fields).toMatchObject({ instance: problem.instance, route: '/api/v1/models' });
    expect(JSON.stringify(api.logged)).toContain('password authentication failed');
  });

  it('answers 500 rather than a body its own schema forbids', async () => {
    const model = {
      name: 'm',
      task: 'poetry',
      versions: 1,
      open_alerts: 0,
      newest_event_at: null,
      created_at: 'x',
    };
    const listModels = (async () => ({
      items: [model],
      next: null,
    })) as unknown as typeof nothingStored.listModels;
    const api = testApi({ readModels: { ...nothingStored, listModels } });
    expect((await problemOf(api, '/api/v1/models')).status).toBe(500);
    expect(api.logged).toHaveLength(1);
  });
});

describe('POST events', () => {
  const post = (payload: string | Buffer, headers: Record<string, string> = {}) => ({
    method: 'POST' as const,
    url: '/api/v1/events',
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });

  it('hands on the bytes as they came, and answers what was stored', async () => {
    const api = testApi();
    const body = '{"type":"prediction", "__proto__": {"x":1}}\n{"broken';
    const reply = await api.app.inject(
      post(body, { 'content-type': 'application/x-ndjson; charset=utf-8', 'idempotency-key': 'k-1' }),
    );
    expect(reply.statusCode).toBe(202);
    expect(reply.json()).toEqual({ accepted: 1, late: 0, ignored: 0, duplicates: 0, dead_letters: [] });
    expect(api.submissions).toHaveLength(1);
    expect(api.submissions[0]).toMatchObject({
      as: { format: null, contentType: 'application/x-ndjson' },
      idempotencyKey: 'k-1',
      receivedAtMs: Date.parse('2026-03-10T12:07:00Z'),
    });
    expect(api.submissions[0]?.body.toString()).toBe(body);
  });

  it('reads text/plain and gzip', async () => {
    const api = testApi();
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
    const reply = await api.app.inject(post(gzipSync('{"a":1}\n{"a":2}'), headers));
    expect(reply.statusCode).toBe(202);
    expect(api.submissions[0]).toMatchObject({ as: { contentType: 'text/plain' }, idempotencyKey: null });
    expect(api.submissions[0]?.body.toString()).toBe('{"a":1}\n{"a":2}');
  });

  it('hands on the format asked for, and of the headers what belongs to the message', async () => {
    const api = testApi();
    const headers = {
      'ce-id': 'a%20b',
      'ce-source': '100%',
      'X-Request-Id': 'r',
      cookie: 'c',
      authorization: 'x',
    };
    await api.app.inject({ ...post('{}', headers), url: '/api/v1/events?format=kserve' });
    expect(api.submissions[0]?.as).toEqual({
      format: 'kserve',
      contentType: 'application/json',
      headers: new Map([
        ['content-type', 'application/json'],
        ['ce-id', 'a b'],
        ['ce-source', '100%'],
        ['x-request-id', 'r'],
      ]),
    });
    const unknown = await api.app.inject({ ...post('{}'), url: '/api/v1/events?fromat=kserve' });
    expect(unknown.statusCode).toBe(400);
  });

  it.each<[string, ReturnType<typeof post>, number, string]>([
    ['an empty body', post(''), 400, 'malformed_body'],
    ['a damaged gzip body', post('not gzip', { 'content-encoding': 'gzip' }), 400, 'malformed_body'],
    [
      'a gzip body that breaks off',
      post(gzipSync('{"a":1}').subarray(0, 12), { 'content-encoding': 'gzip' }),
      400,
      'malformed_body',
    ],
    ['another encoding', post('{}', { 'content-encoding': 'br' }), 415, 'unsupported_media_type'],
    [
      'a form',
      post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    ],
    ['no media type', post('{}', { 'content-type': '' }), 415, 'unsupported_media_type'],
    ['a key that is not ASCII', post('{}', { 'idempotency-key': 'a\u00e9b' }), 400, 'validation_failed'],
    ['a key that is too long', post('{}', { 'idempotency-key': 'k'.repeat(256) }), 400, 'validation_failed'],
    ['a large body', post(Buffer.alloc(MAX_EVENTS_BYTES + 1)), 413, 'body_too_large'],
    [
      'a small body that unpacks to a large one',
      post(gzipSync(Buffer.alloc(MAX_EVENTS_BYTES + 1)), { 'content-encoding': 'gzip' }),
      413,
      'body_too_large',
    ],
  ])('refuses %s', async (name, request, status, type) => {
    const api = testApi();
    const problem = await problemOf(api, request);
    expect(problem).toMatchObject({ status, type: `urn:shiftwatch:problem:${type}` });
    // The form is what curl sends unless it is told otherwise.
    if (name === 'a form' || name === 'no media type')
      expect(problem['detail']).toMatch(/header Content-Type.*application\/x-ndjson/);
    expect(api.submissions).toEqual([]);
    expect(api.logged).toEqual([]);
  });

  it.each<[EventsRefused, number, string | undefined]>([
    [{ reason: 'busy', detail: 'queue full', retryAfterMs: 2_500 }, 429, '3'],
    [{ reason: 'busy', detail: 'queue full', retryAfterMs: 0 }, 429, '1'],
    [{ reason: 'unavailable', detail: 'stopping' }, 503, '1'],
    [{ reason: 'idempotency_conflict', detail: 'another body' }, 422, undefined],
    [{ reason: 'too_many_events', detail: 'at most 50,000' }, 413, undefined],
  ])('answers %o with %d', async (refusal, status, wait) => {
    const api = testApi({ acceptEvents: async () => fail(refusal) });
    const reply = await api.app.inject(post('{}'));
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['retry-after']).toBe(wait);
    expect(reply.json<Problem>()).toMatchObject({ detail: refusal.detail });
  });

  it('lists each line that became a dead letter', async () => {
    const letters: EventsAccepted['dead_letters'] = [
      { index: 1, reason: 'malformed_json', detail: 'unexpected end' },
    ];
    const api = testApi({
      acceptEvents: async () =>
        ok({ accepted: 1, late: 0, ignored: 0, duplicates: 2, dead_letters: letters }),
    });
    const reply = await api.app.inject(post('{}\n{'));
    expect(reply.json()).toEqual({ accepted: 1, late: 0, ignored: 0, duplicates: 2, dead_letters: letters });
  });
});

describe('POST retrains/:id/status', () => {
  const post = (payload: string) => ({
    method: 'POST' as const,
    url: RUN,
    headers: { 'content-type': 'application/json', 'webhook-id': 'm1', 'webhook-signature': 'v1,abc' },
    payload,
  });

  it('hands on the exact bytes with the headers that sign them', async () => {
    const api = testApi();
    const reply = await api.app.inject(post('{ "state" : "running" }'));
    expect(reply.json()).toEqual({ state: 'running', next: null });
    expect(api.reports[0]?.body.toString()).toBe('{ "state" : "running" }');
    expect(api.reports[0]?.headers).toMatchObject({ 'webhook-id': 'm1', 'webhook-signature': 'v1,abc' });
    expect(api.reports[0]?.runId).toBe('0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f');
  });

  it.each<[RetrainReportRefused['reason'], number]>([
    ['unknown_run', 404],
    ['bad_signature', 401],
    ['malformed', 400],
    ['conflict', 409],
  ])('answers %s with %d', async (reason, status) => {
    const api = testApi({ retrainCallback: async () => fail({ reason, detail: 'because' }) });
    expect(await problemOf(api, post('{}'))).toMatchObject({ status, detail: 'because' });
  });

  it('refuses a report beyond 64 KiB', async () => {
    const api = testApi();
    expect((await problemOf(api, post(`"${'x'.repeat(64 * 1024)}"`))).status).toBe(413);
    expect(api.reports).toEqual([]);
  });
});

describe('health', () => {
  it('is alive or not, with the reason', async () => {
    const liveness = () => ({ alive: false, reason: 'no heartbeat for 95 s' });
    const reply = await testApi({ liveness }).app.inject('/health/live');
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toEqual({ alive: false, reason: 'no heartbeat for 95 s' });
  });

  it('says what is missing to be ready, but no address', async () => {
    const readiness = async () =>
      ({ ready: false, database: 'unreachable', migrations: 'unknown', detail: 'connect 10.0.0.3' }) as const;
    const reply = await testApi({ readModels: { ...nothingStored, readiness } }).app.inject('/health/ready');
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toEqual({ ready: false, database: 'unreachable', migrations: 'unknown' });
  });
});

describe('headers', () => {
  it.each(['/', '/api/v1/models', '/metrics', '/health/live', '/nothing'])(
    '%s may not be framed, sniffed, stored or run',
    async (url) => {
      const { headers } = await testApi().app.inject(url);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );
});
