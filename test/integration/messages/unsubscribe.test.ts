import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unsubscribeToken } from '../../../src/act/channels/mail/unsubscribe-token.ts';
import type { App } from '../../../src/api/app.ts';
import * as doctor from '../../../src/cli/doctor/doctor.ts';
import * as recipients from '../../../src/cli/channel/recipients.ts';
import * as status from '../../../src/cli/status/status.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createMailStops } from '../../../src/pipeline/messages/mail-stops.ts';
import { loadMailSecret } from '../../../src/store/outbox/mail-recipients.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { testApi } from '../../api/fakes.ts';
import { configOf, run } from '../../cli/operations.ts';
import { chromiumPath, openChromium } from '../../dashboard/chromium.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startSmtp } from '../../harness/smtp.ts';

const path = chromiumPath();

describeWith(['postgres'], 'links by which recipients stop their mails', () => {
  let pool: Pool;
  let app: App;
  let url: string;
  let config: () => Promise<Config>;
  let secret: Buffer;
  const logged: object[] = [];

  beforeAll(async () => {
    const database = await createDatabase('unsubscribe');
    pool = createPool({ connectionString: database.url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const smtp = await startSmtp();
    const parsed = await configOf(`database: "${database.url}"
smtp: { url: "${smtp.url}", from: shiftwatch@example.org }
channels:
  both: { type: email, to: [ann@example.org, bob@example.org] }
  only: { type: email, to: ["Ann <Ann@Example.org>"] }`);
    config = async () => parsed;
    secret = await loadMailSecret(pool);
    const log = { ...silentLog, error: (fields: object) => logged.push(fields) };
    const mailStops = createMailStops(pool, parsed.channels, log);
    app = testApi({ mailStops, readModels: createReadModels(pool) }).app;
    url = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => app.close());

  const linkFor = (address: string): string => `/unsubscribe/${unsubscribeToken(address, secret)}`;
  const stopped = async (): Promise<string[]> => {
    const reply = await app.inject({ url: '/api/v1/recipients/unsubscribed' });
    return reply.json<{ items: { address: string }[] }>().items.map(({ address }) => address);
  };

  it('do nothing when they are only looked at, as programs that check mails do', async () => {
    for (const method of ['GET', 'HEAD'] as const) {
      const reply = await app.inject({ method, url: linkFor('ann@example.org') });
      expect(reply.statusCode).toBe(200);
      expect(reply.headers['set-cookie']).toBeUndefined();
    }
    expect(await stopped()).toEqual([]);
  });

  it.each([
    ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    [
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    ],
  ])('stop mails by one request of a mail program: %s', async (type, payload) => {
    for (let twice = 0; twice < 2; twice += 1) {
      const headers = { 'content-type': type };
      const reply = await app.inject({ method: 'POST', url: linkFor('bob@example.org'), headers, payload });
      expect([reply.statusCode, reply.headers.location]).toEqual([200, undefined]);
    }
    expect(await stopped()).toEqual(['bob@example.org']);
    expect(
      (await run(recipients.register, ['recipients', 'resume', 'Bob <bob@example.org>'], { config })).said,
    ).toBe('bob@example.org gets mails again.\n');
    expect(await stopped()).toEqual([]);
  });

  it('are refused when they are not ours', async () => {
    const other = unsubscribeToken('ann@example.org', Buffer.alloc(31));
    for (const token of [other, 'x', 'YQ.YQ', 'a.b.c']) {
      for (const method of ['GET', 'POST'] as const) {
        expect(
          (await app.inject({ method, url: `/unsubscribe/${encodeURIComponent(token)}` })).statusCode,
        ).toBe(404);
      }
    }
    expect(await stopped()).toEqual([]);
  });

  it('are said loudly when nobody is left, and can be undone', async () => {
    await app.inject({ method: 'POST', url: linkFor('ann@example.org') });
    expect(logged).toEqual([{ channel: 'only', reason: 'all_unsubscribed' }]);
    const said = await run(status.register, ['status'], { config });
    expect(said.out).toContain('NOBODY READS channel only: all its recipients have unsubscribed\n');
    expect(said.out).not.toContain('channel both');
    expect(said.out).toContain('Mail: 1 recipient unsubscribed: shiftwatch recipients list\n');
    const examined = await run(doctor.register, ['doctor'], { config });
    expect([examined.code, examined.out]).toEqual([
      1,
      expect.stringContaining('CRITICAL  channel: NOBODY READS channel only'),
    ]);

    const listed = await run(recipients.register, ['recipients', 'list'], { config });
    expect(listed.out).toMatch(/^ann@example\.org +both, only +unsubscribed 2026-03-10 12:07$/m);
    expect(listed.out).toMatch(/^bob@example\.org +both +gets mails$/m);
    const asJson = await run(recipients.register, ['recipients', 'list', '--json'], { config });
    expect(JSON.parse(asJson.out)).toMatchObject([
      { address: 'ann@example.org', channels: ['both', 'only'], unsubscribed_at: '2026-03-10T12:07:00.000Z' },
      { address: 'bob@example.org', unsubscribed_at: null },
    ]);
    await run(recipients.register, ['recipients', 'resume', 'ann@example.org'], { config });
    const again = run(recipients.register, ['recipients', 'resume', 'ann@example.org'], { config });
    await expect(again).rejects.toThrow('ann@example.org has not unsubscribed');
    expect((await run(status.register, ['status'], { config })).out).not.toMatch(/NOBODY|unsubscribed/);
  });

  it.skipIf(path === null)('show a page with a button that works in a browser, on a phone too', async () => {
    const browser: Browser = await openChromium(path ?? '');
    try {
      const page = await browser.newPage({ viewport: { width: 375, height: 700 } });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await page.goto(`${url}${linkFor('ann@example.org')}`);
      expect(await page.locator('.headline').textContent()).toBe('Stop mails to ann@example.org?');
      await page.getByRole('button', { name: 'Stop these mails' }).click();
      expect(await page.locator('.headline').textContent()).toBe('No more mails to ann@example.org');
      expect(
        await page.evaluate(`document.documentElement.scrollWidth - window.innerWidth`),
      ).toBeLessThanOrEqual(0);
      expect(await stopped()).toEqual(['ann@example.org']);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
