import type { Browser, Page } from 'playwright-core';

export interface ScreenFigures {
  readonly requests: number;
  /** As they came over the wire, heads included. */
  readonly bytes: number;
  readonly dataBytes: number;
  /** From the navigation's begin to the frame after a model stands in the table. */
  readonly firstRowMs: number;
  readonly rowCount: number;
  readonly rowsInDocument: number;
  /** The longest of the keys typed: from the event to the next paint. */
  readonly searchMs: number;
  /** From the last key until the table shows what was found. */
  readonly foundMs: number;
  readonly scrollFrameMs: number;
}

/** The stream of live events never ends: what comes is what has come by then. */
const SETTLED_MS = 1_500;

/** Opens the screen with nothing kept of before, types a search, takes it back, and scrolls to the end. */
export async function visitFleet(browser: Browser, url: string): Promise<ScreenFigures> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  const wire = await countBytes(page);
  await page.addInitScript(WATCH);
  await page.goto(url);
  await holds(page, 'window.seen.firstRowMs > 0');
  await page.waitForTimeout(SETTLED_MS);
  const { requests, bytes, dataBytes } = wire();
  const rowCount = await page.evaluate<number>(`Number(document.querySelector('table').ariaRowCount)`);
  const rowsInDocument = await page.locator('tbody tr[aria-rowindex]').count();
  const firstRowMs = await page.evaluate<number>('window.seen.firstRowMs');
  const { searchMs, foundMs } = await search(page);
  const scrollFrameMs = await scroll(page);
  await context.close();
  return {
    requests,
    bytes,
    dataBytes,
    firstRowMs,
    rowCount,
    rowsInDocument,
    searchMs,
    foundMs,
    scrollFrameMs,
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function countBytes(
  page: Page,
): Promise<() => Pick<ScreenFigures, 'requests' | 'bytes' | 'dataBytes'>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const paths = new Map<string, string>();
  const sizes = new Map<string, number>();
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    paths.set(requestId, new URL(request.url).pathname);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sizes.set(requestId, encodedDataLength);
  });
  const sum = (isOf: (path: string) => boolean): number =>
    [...sizes].reduce((all, [id, size]) => all + (isOf(paths.get(id) ?? '') ? size : 0), 0);
  return () => ({
    requests: sizes.size,
    bytes: sum(() => true),
    dataBytes: sum((path) => path.startsWith('/api/')),
  });
}

/** Runs before the page's own scripts: the moment after the first model was drawn, and the longest key so far. */
const WATCH = `
  window.seen = { firstRowMs: 0, keyMs: 0 };
  new MutationObserver((_, observer) => {
    if (document.querySelector('tbody th a') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.seen.firstRowMs = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) {
      if (/^key|^input/.test(name)) window.seen.keyMs = Math.max(window.seen.keyMs, duration);
    }
  }).observe({ type: 'event', durationThreshold: 16 });
`;

const SOUGHT = '-web-';

async function search(page: Page): Promise<{ searchMs: number; foundMs: number }> {
  await page.keyboard.press('/');
  await page.keyboard.type(SOUGHT, { delay: 60 });
  const typedAt = performance.now();
  await holds(
    page,
    `(() => {
    const names = [...document.querySelectorAll('tbody th a')].map((link) => link.textContent);
    return location.search.includes('q=') && names.length > 0 && names.every((name) => name.includes('${SOUGHT}'));
  })()`,
  );
  const foundMs = performance.now() - typedAt;
  await page.waitForTimeout(SETTLED_MS);
  const searchMs = await page.evaluate<number>('window.seen.keyMs');
  await page.getByRole('searchbox').fill('');
  await holds(page, `!location.search.includes('q=')`);
  await page.waitForTimeout(SETTLED_MS);
  return { searchMs, foundMs };
}

/** The longest time between two frames while the wheel turns; 17 ms is every frame of the screen. */
async function scroll(page: Page): Promise<number> {
  await page.evaluate(`
    window.frames_ = [];
    const look = (at) => { window.frames_.push(at); requestAnimationFrame(look); };
    requestAnimationFrame(look);`);
  await page.mouse.move(700, 600);
  for (let turn = 0; turn < 40; turn += 1) {
    await page.mouse.wheel(0, 600);
    await page.waitForTimeout(30);
  }
  await page.waitForTimeout(SETTLED_MS);
  return await page.evaluate<number>(
    'Math.max(...window.frames_.slice(1).map((at, n) => at - window.frames_[n]))',
  );
}

const LOOK_MS = 10;
const WITHIN_MS = 60_000;

/** Asked from outside: the page's own policy evaluates no text. */
async function holds(page: Page, expression: string): Promise<void> {
  const began = performance.now();
  while (!(await page.evaluate<boolean>(expression))) {
    if (performance.now() - began > WITHIN_MS) throw new Error(`never: ${expression}`);
    await page.waitForTimeout(LOOK_MS);
  }
}
