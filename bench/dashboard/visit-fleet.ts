import type { Browser, Page } from 'playwright-core';
import { countWire, drawnMs, holds, paintAfter, SETTLED_MS, watchPaint } from './watch-page.ts';

export interface ScreenFigures {
  readonly requests: number;
  /** As they came over the wire, heads included. */
  readonly bytes: number;
  readonly dataBytes: number;
  readonly codeBytes: number;
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

/** Opens the screen with nothing kept of before, types a search, takes it back, and scrolls to the end. */
export async function visitFleet(browser: Browser, url: string): Promise<ScreenFigures> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  const wire = await countWire(page);
  await watchPaint(page, 'tbody th a');
  await page.goto(url);
  const firstRowMs = await drawnMs(page);
  await page.waitForTimeout(SETTLED_MS);
  const { requests, bytes, dataBytes, codeBytes } = wire();
  const rowCount = await page.evaluate<number>(`Number(document.querySelector('table').ariaRowCount)`);
  const rowsInDocument = await page.locator('tbody tr[aria-rowindex]').count();
  const { searchMs, foundMs } = await search(page);
  const scrollFrameMs = await scroll(page);
  await context.close();
  return {
    requests,
    bytes,
    dataBytes,
    codeBytes,
    firstRowMs,
    rowCount,
    rowsInDocument,
    searchMs,
    foundMs,
    scrollFrameMs,
  };
}

const SOUGHT = '-web-';

async function search(page: Page): Promise<{ searchMs: number; foundMs: number }> {
  let typedAt = 0;
  let foundAt = 0;
  const searchMs = await paintAfter(page, async () => {
    await page.keyboard.press('/');
    await page.keyboard.type(SOUGHT, { delay: 60 });
    typedAt = performance.now();
    await holds(
      page,
      `(() => {
      const names = [...document.querySelectorAll('tbody th a')].map((link) => link.textContent);
      return location.search.includes('q=') && names.length > 0 && names.every((name) => name.includes('${SOUGHT}'));
    })()`,
    );
    foundAt = performance.now();
  });
  const foundMs = foundAt - typedAt;
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
