/** What is taken along from a chart says the same as the chart; with a login, as people have who are given tokens. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ModelTrends } from '../../../src/store/rows/model-screen.ts';
import { createToken } from '../../../src/store/tokens.ts';
import { openIncident } from './screens.ts';
import type { Stage } from './stage.ts';
import { axeViolations, complaintsOf, overhang, settled, visit } from './watched-page.ts';

const run = promisify(execFile);
const SCREENS = ['/models/loans', '/models/loans/features/ratio', '/models/loans/performance'];

export function takenAlong(stage: () => Stage): void {
  it.each([1_440, 375] as const)('people sign in with a token at %i px, and out again', async (width) => {
    const page = stage().pages[width];
    await page.goto(`${stage().guardedUrl}/models/loans?from=latest-30d`);
    expect(new URL(page.url()).pathname).toBe('/login');
    expect(await page.locator('h1').count()).toBe(1);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page, 'wcag')).toEqual([]);
    }
    expect(await overhang(page)).toBeLessThanOrEqual(0);
    await signIn(page, stage());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    complaintsOf(page);
  });

  it('whoever may only read is offered nothing that would be refused', async () => {
    const { pages, guardedUrl, pool } = stage();
    const page = pages[1_440];
    const { text } = await createToken(pool, { name: 'reader', scopes: ['read'], expiresAtMs: null });
    await page.goto(`${guardedUrl}/incidents/${await openIncident(stage())}`);
    await page.getByLabel('Token').fill(text);
    await page.keyboard.press('Enter');
    await page.getByText('You may read only.').waitFor();
    expect(await page.getByRole('button', { name: /^(?:Acknowledge|Snooze|Resolve)/ }).count()).toBe(0);
    await page.context().clearCookies();
    complaintsOf(page);
  });

  it('the curl command gives the numbers that are shown, and the CSV is the table', async () => {
    const page = stage().pages[1_440];
    await page.goto(`${stage().guardedUrl}/models/loans?from=latest-30d`);
    await signIn(page, stage());
    let charts = 0;
    for (const path of SCREENS) {
      await visit(page, `${stage().guardedUrl}${path}?from=latest-30d`);
      for (const chart of await page.locator('section.chart').all()) {
        charts += 1;
        const title = (await chart.locator('h3').textContent()) ?? '';
        await chart.locator('.chart-menu summary').click();
        await chart.getByRole('button', { name: 'Copy curl' }).click();
        await chart.getByText('Copied').waitFor();
        const answer = await runCopied(page, stage().token);
        const table = await tableOf(chart);
        // No command prints these numbers.
        expect(await chart.getByRole('button', { name: 'Copy command' }).count(), title).toBe(0);
        expect(table.length, title).toBeGreaterThan(1);
        expect(await csvOf(page, chart), title).toEqual(table);
        if (title === 'Volume') {
          const { points } = answer as ModelTrends;
          expect(table.slice(1).map((row) => Number(row[2]))).toEqual(points.map(({ rows }) => rows));
        }
        await chart.locator('.chart-menu summary').click();
      }
    }
    expect(charts).toBeGreaterThan(8);
    expect(complaintsOf(page)).toEqual([]);
    await page.context().clearCookies();
  });
}

async function signIn(page: Page, { token }: Stage): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'loans' }).waitFor();
  await settled(page);
  complaintsOf(page);
}

/** As somebody pastes it, with a token in the environment. */
async function runCopied(page: Page, token: string): Promise<unknown> {
  const command = await page.evaluate<string>('navigator.clipboard.readText()');
  const { stdout } = await run('sh', ['-c', command.replace(/^curl /, 'curl -sS --fail ')], {
    env: { PATH: process.env['PATH'], TOKEN: token },
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout) as unknown;
}

async function tableOf(chart: Locator): Promise<string[][]> {
  return await chart
    .locator('.numbers table tr')
    .evaluateAll((rows) =>
      (rows as unknown as { cells: Iterable<{ textContent: string }> }[]).map(({ cells }) =>
        [...cells].map(({ textContent }) => textContent),
      ),
    );
}

async function csvOf(page: Page, chart: Locator): Promise<string[][]> {
  const saving = page.waitForEvent('download');
  await chart.getByRole('button', { name: 'Download CSV' }).click();
  const text = await readFile(await (await saving).path(), 'utf8');
  return text
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
        .slice(0, line.endsWith(',') ? undefined : -1)
        .map(([, cell = '']) => cell.replaceAll(/^"|"$/g, '').replaceAll('""', '"').replace(/^'/, '')),
    );
}
