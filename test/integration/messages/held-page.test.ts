import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../../src/api/app.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { incidentDesk } from '../../../src/pipeline/incidents/incident-desk.ts';
import { alertDesks } from '../../../src/pipeline/messages/alert-desks.ts';
import { acknowledgeAlert, snoozeAlert } from '../../../src/pipeline/messages/attend-alerts.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { testApi } from '../../api/fakes.ts';
import { chromiumPath, openChromium } from '../../dashboard/chromium.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, CLEAN, DRIFT } from '../alert-story.ts';

const path = chromiumPath();

describeWith(['postgres'], 'held messages on the first page, in a browser', () => {
  let pool: Pool;
  let app: App;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    if (path === null) return;
    const database = await createDatabase('held_page');
    pool = createPool({ connectionString: database.url, max: 3, applicationName: 'test', log: silentLog });
    const story = await AlertStory.begin(pool, 'credit-risk');
    await story.silence(5 * HOUR_MS, 'segment=country=DE');
    const segments = ['country=DE', 'country=FR', 'country=IT', 'country=ES'];
    await story.hour(CLEAN, ...segments.map((segment) => ({ ...DRIFT, segment })));
    const said = { comment: 'on it', untilMs: null };
    const [french, italian] = [await story.alertId('country=FR'), await story.alertId('country=IT')];
    await acknowledgeAlert(
      pool,
      french,
      { author: 'bob.with.a.name@that-is-rather-long.example.org', ...said },
      story.nowMs,
    );
    await snoozeAlert(pool, italian, { author: 'eve', ...said, untilMs: story.nowMs + DAY_MS }, story.nowMs);
    app = testApi({
      readModels: createReadModels(pool),
      ...alertDesks(pool, story.catalog),
      ...incidentDesk(pool, story.catalog),
      clock: { nowMs: () => story.nowMs },
    }).app;
    url = await app.listen({ host: '127.0.0.1', port: 0 });
    browser = await openChromium(path);
  });

  afterAll(async () => {
    if (path === null) return;
    await browser.close();
    await app.close();
    await pool.end();
  });

  for (const width of [1_280, 375]) {
    it.skipIf(path === null)(`are told beside each alert and fit ${width} px`, async () => {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.goto(url);
      const lines = await page.locator('.messages').allTextContents();
      expect(lines.map((line) => line.trim()).sort()).toEqual([
        'held acknowledged by bob.with.a.name@that-is-rather-long.example.org',
        'held silence 1 by ann, until 2026-03-01 05:00 UTC; nobody has been told yet',
        'held snoozed by eve, until 2026-03-02 01:00 UTC',
        'next reminder 2026-03-02 01:05 UTC',
      ]);
      const overhang = await page.evaluate(`document.documentElement.scrollWidth - window.innerWidth`);
      expect(overhang).toBeLessThanOrEqual(0);
      const folder = process.env['TEST_SCREENSHOTS'];
      if (folder !== undefined)
        await page.screenshot({ path: `${folder}/held-${width}.png`, fullPage: true });
      await page.close();
    });
  }
});
