import type { BrowserContext, Page } from 'playwright-core';

/** The stream of live events never ends: what comes is what has come by then. */
export const SETTLED_MS = 1_500;

/** As things came over the wire, heads included. */
export interface Wire {
  readonly requests: number;
  readonly bytes: number;
  readonly dataBytes: number;
  /** Scripts and style. */
  readonly codeBytes: number;
  /** What was asked of the API, but for the stream. */
  readonly asked: readonly string[];
}

export async function countWire(page: Page): Promise<() => Wire> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const urls = new Map<string, URL>();
  const sizes = new Map<string, number>();
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    urls.set(requestId, new URL(request.url));
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sizes.set(requestId, encodedDataLength);
  });
  const pathOf = (id: string): string => urls.get(id)?.pathname ?? '';
  const sum = (isOf: (path: string) => boolean): number =>
    [...sizes].reduce((all, [id, size]) => all + (isOf(pathOf(id)) ? size : 0), 0);
  return () => ({
    requests: sizes.size,
    bytes: sum(() => true),
    dataBytes: sum((path) => path.startsWith('/api/')),
    codeBytes: sum((path) => /\.(?:js|css)$/.test(path)),
    asked: [...sizes.keys()]
      .filter((id) => pathOf(id).startsWith('/api/'))
      .map((id) => `${pathOf(id)}${urls.get(id)?.search ?? ''}`),
  });
}

/**
 * Runs before the page's own scripts: the moment after what is waited for was drawn, and how long the longest interaction
 * took from its event to the next paint.
 */
export async function watchPaint(target: BrowserContext | Page, drawn: string): Promise<void> {
  await target.addInitScript(`
  window.seen = { drawnMs: 0, eventMs: 0 };
  new MutationObserver((_, observer) => {
    if (document.querySelector(${JSON.stringify(drawn)}) === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.seen.drawnMs = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) {
      if (/^(?:key|input|pointer(?:down|up)|click)/.test(name)) window.seen.eventMs = Math.max(window.seen.eventMs, duration);
    }
  }).observe({ type: 'event', durationThreshold: 16 });
`);
}

export async function drawnMs(page: Page): Promise<number> {
  await holds(page, 'window.seen.drawnMs > 0');
  return await page.evaluate<number>('window.seen.drawnMs');
}

/** Of the longest of the events that somebody's doing brought: to the next paint, in steps of 8 ms; 0: less than 16. */
export async function paintAfter(page: Page, does: () => Promise<void>): Promise<number> {
  await page.evaluate('window.seen.eventMs = 0');
  await does();
  await page.waitForTimeout(SETTLED_MS);
  return await page.evaluate<number>('window.seen.eventMs');
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const LOOK_MS = 10;
const WITHIN_MS = 60_000;

/** Asked from outside: the page's own policy evaluates no text. */
export async function holds(page: Page, expression: string): Promise<void> {
  const began = performance.now();
  while (!(await page.evaluate<boolean>(expression))) {
    if (performance.now() - began > WITHIN_MS) throw new Error(`never: ${expression}`);
    await page.waitForTimeout(LOOK_MS);
  }
}
