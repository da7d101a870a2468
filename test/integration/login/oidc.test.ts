import { beforeAll, beforeEach, expect, it } from 'vitest';
import { createOidc } from '../../../src/api/session/oidc.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { CLIENT, type Idp, signInAt, startProvider } from './provider.ts';
import { audited, cookiesOf, type Login, loginApi } from './signed-in.ts';

/** Nobody listens there: requests go into the API directly. */
const HERE = 'http://localhost:1';
const CALLBACK = `${HERE}/login/oidc/callback`;

describeWith(['postgres'], 'signing in at an OpenID provider', () => {
  let pool: Pool;
  let idp: Idp;
  let login: Login;
  let told: { fields: object; message: string }[];

  beforeAll(async () => {
    const { url } = await createDatabase('oidc');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    idp = await startProvider(CALLBACK, false);
  });
  beforeEach(async () => {
    await pool.query('truncate login_session, audit_entry');
    idp.tamper = null;
    told = [];
    login = apiOf(idp);
  });

  const configOf = ({ issuer }: Idp, more: object = {}) => ({
    name: 'Example',
    issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    scopes: ['openid', 'profile', 'groups'],
    claim: 'groups',
    roles: { operate: ['ml-ops'], read: ['staff'] },
    ...more,
  });
  function apiOf(at: Idp, more: object = {}): Login {
    const warn = (fields: object, message: string): void => void told.push({ fields, message });
    const oidc = createOidc(configOf(at, more), { ...silentLog, warn });
    const api = loginApi(pool, at.issuer, { oidc, publicUrl: HERE });
    atEnd(() => api.app.close());
    // The provider goes by the time of the machine.
    api.nowMs = Date.now();
    return api;
  }
  const begin = async (to = '/mail') => {
    const reply = await login.app.inject(`/login/oidc?to=${encodeURIComponent(to)}`);
    expect(reply.statusCode, reply.body).toBe(302);
    return {
      cookie: cookiesOf(reply.headers),
      set: String(reply.headers['set-cookie']),
      url: new URL(String(reply.headers.location)),
    };
  };
  const end = async (back: URL, cookie: string, headers: object = {}) =>
    await login.app.inject({ url: `${back.pathname}${back.search}`, headers: { cookie, ...headers } });
  const signIn = async (who: string) => {
    const { cookie, url } = await begin();
    return await end(await signInAt(idp, url.href, who), cookie);
  };
  const said = (body: string): string | undefined => /role="alert">([^<]*)</.exec(body)?.[1];
  const lastReason = async (): Promise<unknown> => (await audited(pool, 'sign_in'))[0]?.reason;

  it('leads there with PKCE, state and nonce, and back to where one wanted to be', async () => {
    const page = await login.app.inject('/login?to=/mail');
    expect(page.body).toContain('<a class="button" href="/login/oidc?to=%2Fmail">Sign in with Example</a>');
    const { cookie, set, url } = await begin('/mail?x=1');
    expect(set).toMatch(/^shiftwatch_login=[^;]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
    const asked = Object.fromEntries(url.searchParams);
    expect(asked).toMatchObject({
      client_id: CLIENT.id,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid profile groups',
      code_challenge_method: 'S256',
    });
    for (const key of ['state', 'nonce', 'code_challenge']) {
      expect(asked[key]).toMatch(/^[\w-]{43}$/);
      expect(set).not.toContain(asked[key]);
    }
    const reply = await end(await signInAt(idp, url.href, 'ada'), cookie);
    expect([reply.statusCode, reply.headers.location]).toEqual([303, '/mail?x=1']);
    const [ended, session] = [reply.headers['set-cookie']].flat();
    expect(ended).toMatch(/^shiftwatch_login=; Path=\/; Max-Age=0;/);
    expect(session).toMatch(
      /^shiftwatch_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const who = await login.app.inject({ url: '/session', headers: { cookie: cookiesOf(reply.headers) } });
    expect(who.json()).toMatchObject({ name: 'Ada Lovelace', scopes: ['operate'], via: 'oidc' });
    expect(await audited(pool)).toMatchObject([
      {
        action: 'sign_in',
        outcome: 'done',
        actor: 'oidc:ada',
        actor_name: 'Ada Lovelace',
        address: '127.0.0.1',
      },
    ]);
  });

  it('makes no redirect address of what a header says of a proxy, and says what is missing', async () => {
    const oidc = createOidc(configOf(idp), silentLog);
    const unknown = loginApi(pool, idp.issuer, { oidc, publicUrl: null });
    atEnd(() => unknown.app.close());
    const proxied = { url: '/login/oidc?to=/mail', headers: { 'x-forwarded-proto': 'https' } };
    const reply = await unknown.app.inject(proxied);
    expect([reply.statusCode, reply.headers['set-cookie']]).toEqual([503, undefined]);
    expect(said(reply.body)).toContain('sets `public_url`');
    const direct = await unknown.app.inject({ ...proxied, headers: { host: 'here.test' } });
    const led = new URL(String(direct.headers.location)).searchParams.get('redirect_uri');
    expect(led).toBe('http://here.test/login/oidc/callback');
    expect((await login.app.inject(proxied)).statusCode).toBe(302);
  });

  it('gives the scopes of the claim, wherever the provider says it, for twelve hours', async () => {
    const cookie = cookiesOf((await signIn('ben')).headers);
    const read = async () => await login.app.inject({ url: '/session', headers: { cookie } });
    expect((await read()).json()).toMatchObject({ name: 'Ben', scopes: ['read'] });
    login.nowMs += 12 * HOUR_MS - MINUTE_MS;
    expect((await read()).statusCode).toBe(200);
    login.nowMs += MINUTE_MS;
    expect((await read()).statusCode).toBe(401);
    const other = await startProvider(CALLBACK, true);
    login = apiOf(other);
    const { cookie: attempt, url } = await begin();
    const reply = await end(await signInAt(other, url.href, 'ada'), attempt);
    expect(reply.statusCode).toBe(303);
    // Sessions of one provider have ended where another is configured.
    login = apiOf(idp);
    const old = await login.app.inject({ url: '/session', headers: { cookie: cookiesOf(reply.headers) } });
    expect(old.statusCode).toBe(401);
  });

  it('takes a claim within a claim, one value without a list, and names of any length', async () => {
    const strange = await signIn('sub\u0007ject');
    expect(strange.statusCode).toBe(303);
    const [row] = await audited(pool, 'sign_in');
    expect(row).toMatchObject({ actor: 'oidc:sub ject', actor_name: 'x'.repeat(100) });
    login = apiOf(idp, { claim: 'realm_access.roles' });
    idp.tamper = (claims, sign) => sign({ ...claims, name: 'Ada', realm_access: { roles: ['staff'] } });
    const reply = await signIn('nemo');
    const who = await login.app.inject({ url: '/session', headers: { cookie: cookiesOf(reply.headers) } });
    expect(who.json()).toMatchObject({ name: 'Ada', scopes: ['read'] });
  });

  it.each(['eve', 'nemo'])(
    'lets nobody in whose claim names no role, and says which was looked at: %s',
    async (who) => {
      const reply = await signIn(who);
      expect(reply.statusCode).toBe(403);
      expect(said(reply.body)).toContain('the claim `groups` of your login');
      expect(cookiesOf(reply.headers)).toBe('');
      expect(await audited(pool)).toMatchObject([
        {
          action: 'sign_in',
          outcome: 'refused',
          actor: `oidc:${who}`,
          reason: 'oidc: no role in claim groups',
        },
      ]);
    },
  );

  it('counts for nothing with another state, no cookie, or one that is too old, and asks the provider for nothing', async () => {
    const { cookie, url } = await begin();
    const back = await signInAt(idp, url.href, 'ada');
    const before = idp.tokensAskedFor;
    const refused = async (to: URL, own: string, reason: string): Promise<void> => {
      const reply = await end(to, own);
      expect([reply.statusCode, cookiesOf(reply.headers)]).toEqual([401, '']);
      expect(said(reply.body)).toContain('was not begun in this browser, or too long ago');
      expect(await lastReason()).toBe(reason);
    };
    const changed = (change: (parameters: URLSearchParams) => void): URL => {
      const other = new URL(back);
      change(other.searchParams);
      return other;
    };
    await refused(
      changed((all) => all.set('state', 'x'.repeat(43))),
      cookie,
      'oidc: state',
    );
    await refused(
      changed((all) => all.delete('state')),
      cookie,
      'oidc: state',
    );
    await refused(
      changed((all) => all.append('state', 'y')),
      cookie,
      'oidc: state',
    );
    await refused(back, (await begin()).cookie, 'oidc: state');
    await refused(back, '', 'oidc: not begun here');
    await refused(back, 'shiftwatch_login=nonsense', 'oidc: not begun here');
    login.nowMs += 10 * MINUTE_MS + 1_000;
    await refused(back, cookie, 'oidc: not begun here');
    expect(idp.tokensAskedFor).toBe(before);
  });

  it('counts once: a code that was used, given up or made up is worth nothing', async () => {
    const { cookie, url } = await begin();
    const back = await signInAt(idp, url.href, 'ada');
    expect((await end(back, cookie)).statusCode).toBe(303);
    const replayed = await end(back, cookie);
    expect([replayed.statusCode, await lastReason()]).toEqual([401, 'oidc: invalid_grant']);
    const second = await begin();
    const expired = await signInAt(idp, second.url.href, 'ada');
    await (await idp.provider.AuthorizationCode.find(expired.searchParams.get('code')!))!.destroy();
    expect((await end(expired, second.cookie)).statusCode).toBe(401);
    // Of another browser: begun with another verifier.
    const [mine, theirs] = [await begin(), await begin()];
    const stolen = await signInAt(idp, theirs.url.href, 'ada');
    stolen.searchParams.set('state', mine.url.searchParams.get('state')!);
    expect((await end(stolen, mine.cookie)).statusCode).toBe(401);
    expect(await lastReason()).toBe('oidc: invalid_grant');
  });

  it('counts for nothing where somebody else answered, or the answer is to another question', async () => {
    const other = await begin();
    const back = await signInAt(idp, other.url.href, 'ada');
    back.searchParams.set('iss', 'https://evil.example');
    expect((await end(back, other.cookie)).statusCode).toBe(401);
    expect(await lastReason()).toBe('oidc: invalid_response');
    const denied = await begin();
    const no = new URL(
      `${CALLBACK}?error=access_denied&error_description=secret&iss=${encodeURIComponent(idp.issuer)}`,
    );
    no.searchParams.set('state', denied.url.searchParams.get('state')!);
    expect((await end(no, denied.cookie)).statusCode).toBe(401);
    expect(await lastReason()).toBe('oidc: access_denied');
    const { cookie, url } = await begin();
    url.searchParams.set('nonce', 'n'.repeat(43));
    expect((await end(await signInAt(idp, url.href, 'ada'), cookie)).statusCode).toBe(401);
    expect(await lastReason()).toBe('oidc: id_token_nonce');
  });

  const nowS = (): number => Math.floor(Date.now() / 1_000);
  it.each<[string, NonNullable<Idp['tamper']>, string]>([
    [
      'of another issuer',
      (claims, sign) => sign({ ...claims, iss: 'https://evil.example' }),
      'oidc: id_token_iss',
    ],
    ['for another client', (claims, sign) => sign({ ...claims, aud: 'other' }), 'oidc: id_token_aud'],
    ['without a nonce', (claims, sign) => sign({ ...claims, nonce: undefined }), 'oidc: invalid_response'],
    ['that has expired', (claims, sign) => sign({ ...claims, exp: nowS() - 60 }), 'oidc: id_token_exp'],
    [
      'whose claims were changed',
      (claims, sign) => {
        const [head, , signature] = sign(claims).split('.');
        const body = Buffer.from(JSON.stringify({ ...claims, groups: ['ml-ops'] })).toString('base64url');
        return `${head}.${body}.${signature}`;
      },
      'oidc: invalid_response',
    ],
    [
      'without a signature',
      (claims, sign) => `${sign(claims, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`,
      'oidc: invalid_response',
    ],
    [
      'that names another subject than userinfo',
      (claims, sign) => sign({ ...claims, sub: 'root' }),
      'oidc: json_attribute_comparison_failed',
    ],
  ])('an ID token %s is worth nothing', async (_what, tamper, reason) => {
    idp.tamper = tamper;
    const reply = await signIn('ada');
    expect([reply.statusCode, cookiesOf(reply.headers), await lastReason()]).toEqual([401, '', reason]);
  });

  it('goes by the clock of this machine: an ID token of an hour ago has expired', async () => {
    login.nowMs += 2 * HOUR_MS;
    expect((await signIn('ada')).statusCode).toBe(401);
    expect(await lastReason()).toBe('oidc: id_token_exp');
  });

  it('says so where the provider does not answer, notes nobody, and asks again', async () => {
    const gone = await startProvider(CALLBACK, false);
    login = apiOf(gone);
    const { cookie, url } = await begin();
    const back = await signInAt(gone, url.href, 'ada');
    await gone.stop();
    const ended = await end(back, cookie);
    expect([ended.statusCode, said(ended.body)]).toEqual([
      503,
      'Example cannot be asked at the moment. Try again, or sign in with a token.',
    ]);
    login = apiOf(gone);
    expect((await login.app.inject('/login/oidc')).statusCode).toBe(503);
    expect((await login.app.inject('/login/oidc')).statusCode).toBe(503);
    expect(await audited(pool)).toEqual([]);
  });

  it('knocking again and again is answered 429, and takes 21 rows', async () => {
    const statuses = new Map<number, number>();
    for (let at = 0; at < 40; at += 1) {
      const { statusCode } = await end(new URL(`${CALLBACK}?code=x&state=y`), '');
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    }
    expect(statuses).toEqual(
      new Map([
        [401, 20],
        [429, 20],
      ]),
    );
    expect(await audited(pool)).toHaveLength(21);
    expect((await signIn('ada')).statusCode).toBe(303);
  });

  it('leads on through a page of ours when it comes from another site, and never to another one', async () => {
    const { cookie, url } = await begin('/mail');
    const reply = await end(await signInAt(idp, url.href, 'ada'), cookie, { 'sec-fetch-site': 'cross-site' });
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toContain('content="0; url=/mail"');
    for (const to of ['//evil.example', 'https://evil.example', String.raw`/\evil.example`]) {
      const evil = await begin(to);
      const done = await end(await signInAt(idp, evil.url.href, 'ada'), evil.cookie);
      expect(done.headers.location).toBe('/');
    }
    // Also where the cookie was made by hand.
    const made = await begin();
    const forged = `${made.cookie.split('.').slice(0, 2).join('.')}.${Buffer.from('//evil.example').toString('base64url')}`;
    const done = await end(await signInAt(idp, made.url.href, 'ada'), forged);
    expect(done.headers.location).toBe('/');
  });

  it('neither the client’s secret nor a code, a token or a verifier is in a log, an answer or the trail', async () => {
    const { cookie, url } = await begin();
    const back = await signInAt(idp, url.href, 'ada');
    const replies = [await end(back, cookie), await end(back, cookie)];
    login = apiOf(idp, { clientSecret: `${CLIENT.secret}-wrong` });
    const wrong = await begin();
    replies.push(await end(await signInAt(idp, wrong.url.href, 'ada'), wrong.cookie));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([303, 401, 401]);
    expect(told.map(({ fields }) => (fields as { reason: string }).reason)).toEqual([
      'invalid_grant',
      'invalid_client',
    ]);
    const texts = JSON.stringify([told, login.logged, replies.map(({ body }) => body), await audited(pool)]);
    const secrets = [CLIENT.secret, back.searchParams.get('code')!, cookie.split('=')[1]!.split('.')[0]!];
    expect(secrets.filter((secret) => texts.includes(secret))).toEqual([]);
  });
});
