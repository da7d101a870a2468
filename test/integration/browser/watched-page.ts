/** What a page says and asks for, and when it has come to rest. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page, Request } from 'playwright-core';
import { until } from '../../harness/wait.ts';

interface Watched {
  readonly complaints: string[];
  readonly asked: Set<Request>;
}

const pages = new WeakMap<Page, Watched>();

/** From now on. What the page logs as wrong, throws, or asks people is a complaint. */
export function watch(page: Page): void {
  const watched: Watched = { complaints: [], asked: new Set() };
  pages.set(page, watched);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      watched.complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => watched.complaints.push(error.message));
  page.on('dialog', (dialog) => {
    watched.complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  // The stream of news never ends.
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/v1/live')) watched.asked.add(request);
  });
  const answered = (request: Request): void => void watched.asked.delete(request);
  page.on('requestfinished', answered);
  page.on('requestfailed', answered);
  // Of an answer that nobody reads the end is never told.
  page.on('response', (response) => {
    if (response.status() !== 200) answered(response.request());
  });
}

function watchedOf(page: Page): Watched {
  const watched = pages.get(page);
  if (watched === undefined) throw new Error('This page is not watched.');
  return watched;
}

/** What it complained of since the last time it was asked. */
export function complaintsOf(page: Page): string[] {
  return watchedOf(page).complaints.splice(0);
}

/** Goes to an address and waits until the screen stands. */
export async function visit(page: Page, url: string): Promise<void> {
  // What an earlier screen was refused is told late.
  await page.goto('about:blank');
  watchedOf(page).asked.clear();
  watchedOf(page).complaints.length = 0;
  await page.goto(url, { waitUntil: 'load' });
  await settled(page);
}

/** Nothing is asked for any more, and nothing says that it loads; among the components one always does. */
export async function settled(page: Page): Promise<void> {
  let still = 0;
  await until(
    async () => {
      const isStill =
        watchedOf(page).asked.size === 0 &&
        (await page.evaluate<boolean>(
          `document.querySelector('h1') !== null &&
             (location.pathname === '/components' || !/Loading …/.test(document.body.innerText))`,
        ));
      still = isStill ? still + 1 : 0;
      return still > 2;
    },
    { everyMs: 20, what: `${page.url()} to stand still` },
  );
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = {
  wcag: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  contrast: ['color-contrast'],
} as const;

/** Rules that the page breaks, each with where: those of WCAG 2.2 AA, or of them what changes with the colours. */
export async function axeViolations(page: Page, rules: keyof typeof RULES): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(AXE);
  return await page.evaluate<string[]>(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES[rules])}, resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) =>
       id + ': ' + nodes.slice(0, 3).map(({ target, failureSummary }) => target.join(' ') + ' ' + failureSummary).join(' | ')))`,
  );
}

/** How far the document is wider than the window. */
export async function overhang(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}
