import type { Browser, Page } from 'playwright-core';
import { countWire, drawnMs, paintAfter, SETTLED_MS, watchPaint, type Wire } from './watch-page.ts';

export interface Visit extends Wire {
  readonly firstChartMs: number;
  /** Elements in the document. */
  readonly elements: number;
  /** From an event to the next paint. */
  readonly interactions: Readonly<Record<string, number>>;
}

const DRAWN_CHART = 'section.chart :is(canvas, svg)';

export interface Screen {
  readonly name: string;
  readonly path: string;
  readonly does: Readonly<Record<string, (page: Page) => Promise<void>>>;
}

const brush = async (page: Page): Promise<void> => {
  const area = page.locator('section.chart svg rect[fill="transparent"]').first();
  await area.scrollIntoViewIfNeeded();
  const box = await area.boundingBox();
  if (box === null) throw new Error('no chart can be zoomed by drawing');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, y, { steps: 5 });
  await page.mouse.move(box.x + box.width * 0.8, y, { steps: 5 });
  await page.mouse.up();
};

const menu = async (page: Page): Promise<void> => {
  await page.locator('summary[aria-label^="Take along"]').first().click();
};

interface Shown {
  readonly window: string;
  readonly incident: string;
}

export function screensOf(
  model: string,
  feature: string,
  { window, incident }: Shown,
  from: string,
): Screen[] {
  const path = `/models/${model}`;
  const period = `?from=latest-${from}`;
  return [
    {
      name: 'model',
      path: path + period,
      does: {
        'a key in the heat map': async (page) => {
          await page.locator('[aria-roledescription="heat map"]').focus();
          for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowDown', 'PageDown', 'Home', 'End'])
            await page.keyboard.press(key, { delay: 60 });
        },
        'a sort': async (page) => {
          await page.locator('table.features').getByRole('button', { name: 'Distance' }).click();
        },
        'a menu': menu,
        'a brush': brush,
      },
    },
    {
      name: 'feature',
      path: `${path}/features/${feature}${period}`,
      does: { 'a menu': menu, 'a brush': brush },
    },
    { name: 'performance', path: `${path}/performance${period}`, does: { 'a menu': menu, 'a brush': brush } },
    {
      name: 'incident',
      path: `/incidents/${incident}`,
      does: {
        'a dialog': async (page) => {
          await page.getByRole('button', { name: 'Acknowledge' }).click();
          await page.keyboard.press('Escape');
        },
        'a menu': menu,
      },
    },
    { name: 'window', path: `/windows/${window}`, does: {} },
  ];
}

/** Opens a screen with nothing kept of before, and does what people do there. */
export async function visitScreen(browser: Browser, url: string, screen: Screen): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  const wire = await countWire(page);
  await watchPaint(page, screen.name === 'window' ? 'main table tbody tr' : DRAWN_CHART);
  await page.goto(url + screen.path);
  const firstChartMs = await drawnMs(page);
  await page.waitForLoadState('load');
  await page.waitForTimeout(2 * SETTLED_MS);
  const came = wire();
  const elements = await page.evaluate<number>(`document.querySelectorAll('*').length`);
  const interactions: Record<string, number> = {};
  for (const [name, does] of Object.entries(screen.does)) {
    interactions[name] = await paintAfter(page, async () => {
      await does(page);
    });
  }
  await context.close();
  return { ...came, firstChartMs, elements, interactions };
}
