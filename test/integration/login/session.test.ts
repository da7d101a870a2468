import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { revokeToken } from '../../../src/store/tokens.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { audited, cookiesOf, type Login, loginApi, tokenOf } from './signed-in.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describeWith(['postgres'], 'signing in by a browser', () => {
  let pool: Pool;
  let login: Login;

  beforeAll(async () => {
    const { url } = await createDatabase('session');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });
  beforeEach(async () => {
    await pool.query('truncate login_session, audit_entry, api_token cascade');
    login = loginApi(pool, null);
    atEnd(() => login.app.close());
  });

  const form = async (fields: Record<string, string>, headers: object = {}) =>
    await login.app.inject({
      method: 'POST',
      url: '/session',
      headers: { ...FORM, ...headers },
      payload: new URLSearchParams(fields).toString(),
    });
  const session = async (cookie: string, headers: object = {}) =>
    await login.app.inject({ url: '/session', headers: { cookie, ...headers } });
  const signIn = async (token: string) => {
    const reply = await login.app.inject({ method: 'POST', url: '/session', payload: { token } });
    const { csrf = '' } = reply.json<{ csrf?: string }>();
    return { reply, cookie: cookiesOf(reply.headers), csrf };
  };
  const silence = async (headers: object, more: object = {}) =>
    await login.app.inject({
      method: 'POST',
      url: '/api/v1/silences',
      headers: headers as Record<string, string>,
      payload: {
        matchers: [{ name: 'model', operator: '=', value: 'm' }],
        ends_at: new Date(login.nowMs + HOUR_MS).toISOString(),
        comment: 'why',
        ...more,
      },
    });

  it('a form with a token sets a cookie that no script reads, and leads back', async () => {
    const { text, prefix } = await tokenOf(pool, ['read']);
    const reply = await form({ token: text, to: '/mail?x=1' });
    expect([reply.statusCode, reply.headers.location]).toEqual([303, '/mail?x=1']);
    expect(reply.headers['set-cookie']).toMatch(
      /^shiftwatch_session=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookiesOf(reply.headers);
    const who = await session(cookie);
    expect(who.json()).toEqual({
      name: 'read token',
      scopes: ['read'],
      expires_at: '2026-03-11T00:00:00.000Z',
      via: 'token',
      csrf: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
    });
    const page = await login.app.inject({ url: '/', headers: { cookie, accept: 'text/html' } });
    expect(page.statusCode).toBe(200);
    const again = await login.app.inject({ url: '/login?to=/mail', headers: { cookie } });
    expect([again.statusCode, again.headers.location]).toEqual([303, '/mail']);
    // Neither the database nor the trail holds what would open it.
    const stored = await pool.query(
      'select s::text as whole from login_session s union all select a::text from audit_entry a',
    );
    const texts = JSON.stringify(stored.rows);
    expect(
      [cookie.split('=')[1]!, text.slice(prefix.length + 1)].filter((secret) => texts.includes(secret)),
    ).toEqual([]);
    expect(await audited(pool)).toMatchObject([
      { action: 'sign_in', actor: prefix, actor_name: 'read token', outcome: 'done', address: '127.0.0.1' },
    ]);
  });

  it('is a cookie for https only where `public_url` says so', async () => {
    const { text } = await tokenOf(pool, ['read']);
    const SECURE =
      /^__Host-shiftwatch_session=[^;]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/;
    const proxied = await form({ token: text }, { 'x-forwarded-proto': 'https' });
    expect(proxied.headers['set-cookie']).toMatch(/^shiftwatch_session=[^;]{43}; (?!.*Secure)/);
    login = loginApi(pool, null, { publicUrl: 'https://shiftwatch.example.org' });
    const reply = await form({ token: text });
    expect(reply.headers['set-cookie']).toMatch(SECURE);
    const cookie = cookiesOf(reply.headers);
    expect((await session(cookie)).statusCode).toBe(200);
    // A neighbouring domain can set the name without the prefix: it counts for nothing here.
    expect((await session(cookie.replace('__Host-', ''))).statusCode).toBe(401);
  });

  it('never goes on in what the browser brought along, and ends that', async () => {
    const { text } = await tokenOf(pool, ['read']);
    const planted = `shiftwatch_session=${'A'.repeat(43)}`;
    const first = cookiesOf((await form({ token: text }, { cookie: planted })).headers);
    expect(first).not.toBe(planted);
    expect((await session(planted)).statusCode).toBe(401);
    const second = cookiesOf((await form({ token: text }, { cookie: first })).headers);
    expect((await session(first)).statusCode).toBe(401);
    expect((await session(second)).statusCode).toBe(200);
  });

  it('ends after twelve hours, with its token, and when that is revoked', async () => {
    const lasting = await tokenOf(pool, ['read']);
    const brief = await tokenOf(pool, ['read'], login.nowMs + HOUR_MS);
    const [long, short] = [(await signIn(lasting.text)).cookie, (await signIn(brief.text)).cookie];
    expect((await session(short)).json()).toMatchObject({ expires_at: '2026-03-10T13:00:00.000Z' });
    login.nowMs += HOUR_MS - 1;
    expect((await session(short)).statusCode).toBe(200);
    login.nowMs += 1;
    expect((await session(short)).statusCode).toBe(401);
    login.nowMs += 11 * HOUR_MS - 1;
    expect((await session(long)).statusCode).toBe(200);
    login.nowMs += 1;
    expect((await session(long)).statusCode).toBe(401);
    const revoked = (await signIn(lasting.text)).cookie;
    expect((await session(revoked)).statusCode).toBe(200);
    await revokeToken(pool, lasting.prefix);
    expect((await session(revoked)).statusCode).toBe(401);
    const page = await login.app.inject({ url: '/', headers: { cookie: revoked, accept: 'text/html' } });
    expect([page.statusCode, page.headers.location]).toEqual([302, '/login?to=%2F']);
  });

  describe('is refused', () => {
    const refused = async (token: string): Promise<unknown[]> => {
      const asForm = await form({ token, to: '//evil.example' });
      expect(asForm.headers['set-cookie']).toBeUndefined();
      expect(asForm.headers['content-security-policy']).toContain("form-action 'self'");
      const asJson = await login.app.inject({ method: 'POST', url: '/session', payload: { token } });
      const sentence = /role="alert">([^<]*)</.exec(asForm.body)?.[1];
      expect(asForm.body).toContain('name="to" value="/"');
      expect(asJson.json<{ detail: string }>().detail.replaceAll('`', '')).toBe(
        sentence?.replaceAll('`', ''),
      );
      return [asForm.statusCode, asJson.statusCode, sentence];
    };

    it.each([
      [
        'wrong',
        async () => (await tokenOf(pool, ['read'])).text.slice(0, -1),
        'The token is not known here.',
        'malformed',
      ],
      ['no', async () => '', 'The token is not known here.', 'malformed'],
      ['guessed', async () => `sw_aaaaaaaaaaaa_${'a'.repeat(43)}`, 'The token is not known here.', 'unknown'],
      [
        'expired',
        async () => (await tokenOf(pool, ['read'], login.nowMs)).text,
        'The token has expired.',
        'expired',
      ],
      [
        'revoked',
        async () => {
          const { text, prefix } = await tokenOf(pool, ['read']);
          await revokeToken(pool, prefix);
          return text;
        },
        'The token was revoked.',
        'revoked',
      ],
      [
        'ingest-only',
        async () => (await tokenOf(pool, ['ingest'])).text,
        'This token may only post events: signing in takes one with the scope `read` or `operate`.',
        'insufficient_scope',
      ],
    ])('with a token that is %s', async (_what, make, sentence, reason) => {
      const text = await make();
      expect(await refused(text)).toEqual([401, 401, sentence]);
      const rows = await audited(pool, 'sign_in');
      expect(rows).toMatchObject([
        { outcome: 'refused', reason },
        { outcome: 'refused', reason },
      ]);
      const secret = text.slice('sw_aaaaaaaaaaaa_'.length);
      expect(secret !== '' && JSON.stringify(rows).includes(secret)).toBe(false);
    });

    it('by 429 beyond twenty a minute of an address; who has a token still gets in', async () => {
      const statuses: number[] = [];
      for (let at = 0; at < 30; at += 1) statuses.push((await form({ token: 'guess' })).statusCode);
      expect(statuses).toEqual([
        ...Array.from({ length: 20 }, () => 401),
        ...Array.from({ length: 10 }, () => 429),
      ]);
      const json = await login.app.inject({ method: 'POST', url: '/session', payload: { token: 'guess' } });
      expect([json.statusCode, json.headers['retry-after']]).toEqual([429, '60']);
      const rows = await audited(pool, 'sign_in');
      expect(rows).toHaveLength(21);
      expect(rows[0]).toMatchObject({ reason: 'too_many', times: 11, actor: 'anonymous' });
      const { text } = await tokenOf(pool, ['read']);
      expect((await form({ token: text })).statusCode).toBe(303);
      login.nowMs += MINUTE_MS;
      expect((await form({ token: 'guess' })).statusCode).toBe(401);
    });

    it('where another site posts the form', async () => {
      const { text } = await tokenOf(pool, ['read']);
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'https://evil.example' },
        { origin: 'null' },
      ]) {
        const reply = await form({ token: text }, headers);
        expect([reply.statusCode, reply.headers['set-cookie']]).toEqual([403, undefined]);
      }
    });
  });

  it('a cookie alone changes nothing without its CSRF token; a bearer token needs none', async () => {
    const { text, prefix } = await tokenOf(pool, ['operate']);
    const other = await signIn(text);
    const { cookie, csrf } = await signIn(text);
    expect(cookie).not.toContain(csrf);
    const statuses = await Promise.all(
      [
        { cookie },
        { cookie, 'x-shiftwatch-csrf': '' },
        { cookie, 'x-shiftwatch-csrf': other.csrf },
        { cookie, 'x-shiftwatch-csrf': csrf, 'sec-fetch-site': 'cross-site' },
        { cookie, 'x-shiftwatch-csrf': csrf, origin: 'https://evil.example' },
      ].map(async (headers) => (await silence(headers)).statusCode),
    );
    expect(statuses).toEqual([403, 403, 403, 403, 403]);
    expect((await silence({ cookie })).json()).toMatchObject({ type: 'urn:shiftwatch:problem:csrf_token' });
    const done = await silence({ cookie, 'x-shiftwatch-csrf': csrf });
    expect(done.json()).toMatchObject({ author: 'operate token' });
    expect((await silence({ cookie, authorization: `Bearer ${text}` }, { author: 'ann' })).statusCode).toBe(
      201,
    );
    const rows = await audited(pool, 'silence.create');
    expect(rows.slice(0, 2)).toMatchObject([
      { outcome: 'done', actor: prefix, target: '2' },
      { outcome: 'done', actor: prefix, target: '1' },
    ]);
    const reasons = rows.slice(2).map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === 'csrf_token')).toHaveLength(4);
    expect(reasons.filter((reason) => reason === 'cross_site_request')).toHaveLength(2);
  });

  it('a wrong token is not made good by a cookie, and a session has the scopes of its token', async () => {
    const { cookie, csrf } = await signIn((await tokenOf(pool, ['read'])).text);
    expect((await silence({ cookie, 'x-shiftwatch-csrf': csrf })).json()).toMatchObject({
      type: 'urn:shiftwatch:problem:insufficient_scope',
      detail: expect.stringContaining('the login of read token has read') as string,
    });
    const both = { cookie, authorization: 'Bearer guess' };
    expect((await login.app.inject({ url: '/api/v1/alerts', headers: both })).statusCode).toBe(401);
    expect((await login.app.inject({ url: '/api/v1/alerts', headers: { cookie } })).statusCode).toBe(200);
  });

  it('nor does a token that may not do it free the cookie of its CSRF token', async () => {
    const { cookie } = await signIn((await tokenOf(pool, ['operate'])).text);
    const { text: ingest } = await tokenOf(pool, ['ingest']);
    const basic = (text: string): string => `Basic ${Buffer.from(`any:${text}`).toString('base64')}`;
    const authorizations = [
      'Bearer guess',
      'Bearer ',
      'Digest x',
      '',
      basic('guess'),
      `Bearer ${ingest}`,
      basic(ingest),
    ];
    const silences = async () => (await pool.query('select from silence')).rowCount;
    const before = await silences();
    const statuses: number[] = [];
    for (const authorization of authorizations)
      statuses.push((await silence({ cookie, authorization })).statusCode);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 403, 403]);
    const out = await login.app.inject({
      method: 'DELETE',
      url: '/session',
      headers: { cookie, authorization: `Bearer ${ingest}` },
    });
    expect(out.statusCode).toBe(403);
    expect((await session(cookie)).statusCode).toBe(200);
    expect(await audited(pool, 'silence.create')).toHaveLength(7);
    expect(await silences()).toBe(before);
  });

  it('is not decided by `X-Forwarded-Proto`, which anybody may send', async () => {
    const { text } = await tokenOf(pool, ['operate']);
    const { cookie, csrf } = await signIn(text);
    for (const proto of ['https', 'http, https', 'http']) {
      const forwarded = { 'x-forwarded-proto': proto };
      expect((await session(cookie, forwarded)).statusCode).toBe(200);
      const prefixed = cookie.replace('shiftwatch_session', '__Host-shiftwatch_session');
      expect((await session(prefixed, forwarded)).statusCode).toBe(401);
      expect((await silence({ cookie, ...forwarded })).statusCode).toBe(403);
      expect((await form({ token: text }, forwarded)).headers['set-cookie']).not.toContain('Secure');
    }
    expect(csrf).not.toBe('');
    login = loginApi(pool, null, { publicUrl: 'https://shiftwatch.example.org' });
    const reply = await form({ token: text }, { 'x-forwarded-proto': 'http' });
    expect(reply.headers['set-cookie']).toContain('Secure');
  });

  it('signs out by header or by a form with the field, and not without', async () => {
    const { text, prefix } = await tokenOf(pool, ['read']);
    const one = await signIn(text);
    const end = async (cookie: string, headers: object) =>
      (await login.app.inject({ method: 'DELETE', url: '/session', headers: { cookie, ...headers } }))
        .statusCode;
    expect(await end(one.cookie, {})).toBe(403);
    expect(await end('', { 'x-shiftwatch-csrf': one.csrf })).toBe(401);
    expect(await end(one.cookie, { 'x-shiftwatch-csrf': one.csrf })).toBe(204);
    expect((await session(one.cookie)).statusCode).toBe(401);

    const two = await signIn(text);
    const leave = async (fields: Record<string, string>) =>
      await login.app.inject({
        method: 'POST',
        url: '/session/end',
        headers: { ...FORM, cookie: two.cookie },
        payload: new URLSearchParams(fields).toString(),
      });
    expect((await leave({})).statusCode).toBe(403);
    const left = await leave({ csrf: two.csrf });
    expect([left.statusCode, left.headers.location]).toEqual([303, '/login']);
    expect(left.headers['set-cookie']).toMatch(/^shiftwatch_session=; Path=\/; Max-Age=0;/);
    expect((await leave({ csrf: two.csrf })).headers.location).toBe('/login');
    expect(await audited(pool, 'sign_out')).toMatchObject([{ actor: prefix }, { actor: prefix }]);
  });

  it('a link from another site leads through a page of ours, so that the cookie comes along', async () => {
    const elsewhere = { 'sec-fetch-site': 'cross-site' };
    const onward = await login.app.inject({ url: '/login?to=/incidents/7%22%3E', headers: elsewhere });
    expect(onward.body).toContain('<meta http-equiv="refresh" content="0; url=/incidents/7%22%3E" />');
    const direct = await login.app.inject({ url: '/login', headers: elsewhere });
    expect(direct.body).toContain('type="password"');
    const evil = await login.app.inject({ url: '/login?to=//evil.example', headers: elsewhere });
    expect(evil.body).toContain('content="0; url=/"');
  });

  it('says who a bearer token is of, too', async () => {
    const { text } = await tokenOf(pool, ['ingest']);
    const reply = await session('', { authorization: `Bearer ${text}` });
    expect(reply.json()).toEqual({
      name: 'ingest token',
      scopes: ['ingest'],
      expires_at: null,
      via: 'bearer',
      csrf: null,
    });
    expect((await session('')).statusCode).toBe(401);
  });

  it('no secret is in a log or an answer, whatever fails', async () => {
    const { text } = await tokenOf(pool, ['read']);
    const { cookie, csrf } = await signIn(text);
    const away = async (): Promise<never> => await Promise.reject(new Error('away'));
    login = loginApi(pool, null, { sessions: { begin: away, find: away, end: away } });
    const said = [await form({ token: text }), await session(cookie), await silence({ cookie })];
    expect(said.map(({ statusCode }) => statusCode)).toEqual([500, 500, 500]);
    expect(login.logged).toHaveLength(3);
    const texts = JSON.stringify([login.logged, said.map(({ body, headers }) => [body, headers])]);
    expect([text, cookie.split('=')[1]!, csrf].filter((secret) => texts.includes(secret))).toEqual([]);
  });
});
