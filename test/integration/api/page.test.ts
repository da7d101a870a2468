import type { Browser } from 'playwright-core';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CapturedMail } from '../../../src/api/api-deps.ts';
import type { App } from '../../../src/api/app.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { testApi } from '../../api/fakes.ts';
import { NOW_MS, seed } from '../../api/seed.ts';
import { chromiumPath, openChromium } from '../../dashboard/chromium.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const path = chromiumPath();

const mail: CapturedMail = {
  id: '1',
  atMs: NOW_MS,
  from: 'shiftwatch@example.org',
  to: ['ml@example.org'],
  subject: 'credit-risk: concept drift',
  html: '<p style="color: rgb(156, 28, 16)">Accuracy fell.</p><script>document.body.textContent = "ran"</script>',
  text: 'Accuracy fell.',
};

describeWith(['postgres'], 'the pages in a browser', () => {
  let pool: Pool;
  let app: App;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    if (path === null) return;
    const database = await createDatabase('api_page');
    pool = createPool({ connectionString: database.url, max: 3, applicationName: 'test', log: silentLog });
    await seed(pool);
    app = testApi({ readModels: createReadModels(pool), mailbox: () => [mail] }).app;
    url = await app.listen({ host: '127.0.0.1', port: 0 });
    browser = await openChromium(path);
  });

  afterAll(async () => {
    if (path === null) return;
    await browser.close();
    await app.close();
    await pool.end();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1_280, 375]) {
      it.skipIf(path === null)(`the first page is styled and fits ${width} px, ${colorScheme}`, async () => {
        const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
        const complaints: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(error.message));
        await page.goto(url);
        expect(await page.locator('.headline').textContent()).toBe('1 incident open on credit-risk.');
        // As text: the tests' own types know no DOM.
        const ground = await page.evaluate(
          `getComputedStyle(document.querySelector('.card')).backgroundColor`,
        );
        expect(ground).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(24, 32, 41)');
        const overhang = await page.evaluate(`document.documentElement.scrollWidth - window.innerWidth`);
        expect(overhang).toBeLessThanOrEqual(0);
        // The curve of the run that is under way, against time and against energy, in colours of the scheme.
        expect(await page.locator('svg.curve').count()).toBe(2);
        const stroke = await page.evaluate(
          `getComputedStyle(document.querySelector('svg.curve polyline')).stroke`,
        );
        expect(stroke).toBe(colorScheme === 'light' ? 'rgb(12, 74, 148)' : 'rgb(169, 207, 251)');
        expect(complaints).toEqual([]);
      });
    }
  }

  it.skipIf(path === null)('a mail is shown as it looks, and its scripts do not run', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${url}/mail`);
    await page.getByText('credit-risk: concept drift').click();
    const paragraph = page.frameLocator('iframe').locator('p');
    expect(await paragraph.textContent()).toBe('Accuracy fell.');
    const frame = page.frames().at(-1);
    expect(await frame?.evaluate(`getComputedStyle(document.querySelector('p')).color`)).toBe(
      'rgb(156, 28, 16)',
    );
    // Nothing of the page's own is refused: only the mail's script is.
    expect(complaints.map((text) => /Blocked script execution .* sandboxed/.test(text) || text)).toEqual([
      true,
    ]);
    await page.close();
  });
});
