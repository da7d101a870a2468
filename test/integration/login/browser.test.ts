/** Signing in as people do it: by a real browser, which decides by itself what it sends along. */
import { createServer } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createOidc } from '../../../src/api/session/oidc.ts';
import { silentLog } from '../../../src/core/log.ts';
import { fail } from '../../../src/core/result.ts';
import { startDashboardApp } from '../../../src/dashboard/app/dashboard-app.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { revokeToken } from '../../../src/store/tokens.ts';
import { RUN_ID, seed } from '../../api/seed.ts';
import { chromiumPath, openChromium } from '../../dashboard/chromium.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { freePort } from '../../harness/free-port.ts';
import { CLIENT, type Idp, startProvider } from './provider.ts';
import { audited, listenAnywhere, type Login, loginApi, tokenOf } from './signed-in.ts';

const path = chromiumPath();

describeWith(['postgres'], 'a browser that signs in', () => {
  let pool: Pool;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let idp: Idp;
  let login: Login;
  let here: string;
  const decided: object[] = [];

  beforeAll(async () => {
    if (path === null) return;
    const { url } = await createDatabase('login_browser');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await seed(pool);
    await pool.query(
      `update retrain_run set state = 'awaiting_approval', expires_at = now() + interval '1 day' where id = $1`,
      [RUN_ID],
    );
    const dashboard = startDashboardApp(silentLog);
    expect(await dashboard.settled).toMatchObject({ state: 'ready' });
    const port = await freePort();
    here = `http://127.0.0.1:${port}`;
    // Of another site than the application, as providers are.
    idp = await startProvider(`${here}/login/oidc/callback`, false, 'localhost');
    const settings = {
      name: 'Example',
      issuer: idp.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      scopes: ['openid', 'profile', 'groups'],
      claim: 'groups',
      roles: { operate: ['ml-ops'], read: ['staff'] },
    };
    login = loginApi(pool, idp.issuer, {
      oidc: createOidc(settings, silentLog),
      publicUrl: here,
      dashboard: dashboard.current,
      decideRun: async (asked) => {
        decided.push(asked);
        return fail({ reason: 'unknown_run', detail: 'It is only noted.' });
      },
    });
    login.nowMs = Date.now();
    await login.app.listen({ host: '127.0.0.1', port });
    atEnd(() => login.app.close());
    browser = await openChromium(path);
    atEnd(() => browser.close());
  });
  beforeEach(async () => {
    if (path === null) return;
    await pool.query('truncate login_session, audit_entry, api_token cascade');
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(async () => {
    if (path !== null) await context.close();
  });

  const heading = page$('h1');
  function page$(selector: string) {
    return async (text: string): Promise<void> =>
      await page.locator(selector, { hasText: text }).first().waitFor();
  }
  const signIn = async (token: string): Promise<void> => {
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  const at = (): string => page.url().slice(here.length);
  /** A page of another site with a link, as a mail in a web mail. */
  const linkTo = async (to: string): Promise<void> => {
    const mail = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<a href="${here}${to}">Open</a>`);
    });
    const port = await listenAnywhere(mail);
    try {
      await page.goto(`http://localhost:${port}/`);
      await page.getByText('Open').click();
      await page.waitForURL(`${here}/**`);
    } finally {
      mail.closeAllConnections();
      mail.close();
    }
  };

  it.skipIf(path === null)('with a token: the fleet, a reload, and out again', async () => {
    const { text } = await tokenOf(pool, ['operate']);
    await page.goto(here);
    expect(at()).toBe('/login?to=%2F');
    await signIn('sw_wrong');
    await page.getByRole('alert').waitFor();
    await signIn(text);
    await heading('Fleet');
    await page.getByText('operate token').waitFor();
    await page.reload();
    await heading('Fleet');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'shiftwatch_session', httpOnly: true, sameSite: 'Strict' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${here}/login`);
    expect(await context.cookies()).toEqual([]);
    await page.goto(`${here}/pipeline`);
    expect(at()).toBe('/login?to=%2Fpipeline');
  });

  it.skipIf(path === null)('at a provider of another site, and back at where it was', async () => {
    await page.goto(`${here}/retrains?from=now-7d`);
    await page.getByRole('link', { name: 'Sign in with Example' }).click();
    await page.locator('input[name=login]').fill('ada');
    await page.locator('input[name=password]').fill('p');
    await page.locator('button[type=submit]').click();
    await page.waitForURL(`${here}/retrains?from=now-7d`);
    await heading('Retrain');
    await page.getByText('Ada Lovelace').waitFor();
    expect(await audited(pool, 'sign_in')).toMatchObject([{ outcome: 'done', actor: 'oidc:ada' }]);
  });

  it.skipIf(path === null)('by a link of a mail: signed out to the incident, signed in at once', async () => {
    const { text } = await tokenOf(pool, ['read']);
    await linkTo('/incidents/1');
    await page.getByLabel('Token').waitFor();
    await signIn(text);
    await page.waitForURL(`${here}/incidents/1`);
    await page.getByText('read token').waitFor();
    await linkTo('/incidents/1');
    await page.waitForURL(`${here}/incidents/1`);
    await page.getByText('read token').waitFor();
  });

  it.skipIf(path === null)('a token that is revoked elsewhere ends it at the next click', async () => {
    const { text, prefix } = await tokenOf(pool, ['read']);
    await page.goto(`${here}/`);
    await signIn(text);
    await heading('Fleet');
    await revokeToken(pool, prefix);
    await page.getByRole('link', { name: 'Pipeline', exact: true }).click();
    await page.waitForURL(`${here}/login?to=%2Fpipeline**`);
    await page.getByLabel('Token').waitFor();
  });

  it.skipIf(path === null)('its own buttons send what a cookie alone does not prove', async () => {
    const { text, prefix } = await tokenOf(pool, ['operate']);
    await page.goto(`${here}/retrains/${RUN_ID}`);
    await signIn(text);
    await page.getByLabel('Your name').fill('ann');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('It is only noted.').waitFor();
    expect(decided).toMatchObject([{ runId: RUN_ID }]);
    // The same without the header, by a script of this very site.
    const status = await page.evaluate(
      `fetch('/api/v1/retrains/${RUN_ID}/approve', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"by":"ann"}' }).then((r) => r.status)`,
    );
    expect(status).toBe(403);
    expect(decided).toHaveLength(1);
    expect(await audited(pool, 'retrain.approve')).toMatchObject([
      { outcome: 'refused', reason: 'csrf_token', actor: prefix },
      { outcome: 'refused', actor: prefix },
    ]);
  });
});
