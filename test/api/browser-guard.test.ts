import { describe, expect, it } from 'vitest';
import { assertListenAllowed } from '../../src/api/listen.ts';
import { UserError } from '../../src/core/errors.ts';
import { testApi, tokensByScope } from './fakes.ts';

async function status(
  api: ReturnType<typeof testApi>,
  headers: Record<string, string>,
  method: 'GET' | 'POST' = 'GET',
): Promise<number> {
  const reply = await api.app.inject({
    method,
    url: method === 'GET' ? '/api/v1/models' : '/api/v1/events',
    headers,
    ...(method === 'GET' ? {} : { payload: '{}' }),
  });
  return reply.statusCode;
}

describe('without tokens', () => {
  it.each([
    ['localhost', 200],
    ['localhost:8080', 200],
    ['LOCALHOST:8080', 200],
    ['shiftwatch.localhost', 200],
    ['127.0.0.1:8080', 200],
    ['127.8.9.1', 200],
    ['[::1]:8080', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:8080', 403],
    ['10.0.0.7:8080', 403],
    ['localhost@evil.example', 403],
    ['a b', 403],
    ['[', 403],
  ])('a request for host "%s" is answered %d', async (host, expected) => {
    expect(await status(testApi(), { host })).toBe(expected);
  });

  it('answers health checks by the same rule, and by the address it was told to listen on', async () => {
    const api = testApi({ listenHost: 'Box.internal' });
    expect(await status(api, { host: 'box.internal:80' })).toBe(200);
  });
});

describe('a POST from a page of another site', () => {
  const json = { 'content-type': 'application/json' };
  it.each([
    [{}, 202],
    [{ 'sec-fetch-site': 'same-origin' }, 202],
    [{ 'sec-fetch-site': 'none' }, 202],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'http://localhost:8080', host: 'localhost:8080' }, 202],
    [{ origin: 'http://localhost:3000', host: 'localhost:8080' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
  ])('%o is answered %d', async (headers, expected) => {
    expect(await status(testApi(), { ...json, ...(headers as Record<string, string>) }, 'POST')).toBe(
      expected,
    );
  });

  it('is refused with a token too, since browsers send Basic credentials along', async () => {
    const authorization = `Basic ${Buffer.from('u:ingest').toString('base64')}`;
    const api = testApi({ verifyToken: tokensByScope });
    const site = { 'sec-fetch-site': 'cross-site' };
    expect(await status(api, { ...json, authorization, ...site }, 'POST')).toBe(403);
    expect(await status(api, { ...json, authorization, host: 'any.example' }, 'POST')).toBe(202);
  });
});

describe('where the API may listen', () => {
  it('is beyond this machine only with tokens', () => {
    const open = { host: '0.0.0.0', port: 8080 };
    expect(() => assertListenAllowed(open, true)).not.toThrow();
    expect(() => assertListenAllowed({ host: '127.0.0.1', port: 8080 }, false)).not.toThrow();
    expect(() => assertListenAllowed({ host: '::1', port: 8080 }, false)).not.toThrow();
    expect(() => assertListenAllowed(open, false)).toThrow(UserError);
    expect(() => assertListenAllowed({ host: '::', port: 80 }, false)).toThrow('listen on [::]:80, beyond');
    expect(() => assertListenAllowed({ host: 'example.org', port: 80 }, false)).toThrow(UserError);
  });
});
