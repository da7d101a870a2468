/** One axis of time for all charts of a screen: drawn, typed, kept in the address, and taken back. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Stage } from './stage.ts';
import { complaintsOf, settled, visit } from './watched-page.ts';

const CHARTS = ['Prediction drift', 'Label drift', 'Volume'] as const;

export function timeOfCharts(stage: () => Stage): void {
  it('drawing on one chart zooms all, the address shows the same again, and Latest undoes it', async () => {
    const page = stage().pages[1_440];
    await visit(page, `${stage().url}/models/loans?from=latest-30d`);
    const before = await numbersOf(page);
    expect(before['Volume']!.length).toBeGreaterThan(20);
    await drawOn(page, 'Volume', 0.25, 0.5);
    await settled(page);
    const asked = new URL(page.url()).searchParams;
    const [fromMs, toMs] = [Date.parse(asked.get('from') ?? ''), Date.parse(asked.get('to') ?? '')];
    expect(toMs - fromMs).toBeGreaterThan(6 * 86_400_000);
    expect(toMs - fromMs).toBeLessThan(9 * 86_400_000);
    const after = await numbersOf(page);
    for (const chart of CHARTS) {
      expect(after[chart]!.length, chart).toBeGreaterThanOrEqual(6);
      expect(after[chart]!.length, chart).toBeLessThanOrEqual(10);
    }
    const shown = await periodText(page);
    await page.reload();
    await settled(page);
    expect(await periodText(page)).toBe(shown);
    expect(await numbersOf(page)).toEqual(after);

    await page.getByRole('button', { name: 'Latest' }).click();
    await settled(page);
    expect(new URL(page.url()).search).toBe('');
    expect(await numbersOf(page)).toEqual(before);
    expect(complaintsOf(page)).toEqual([]);
  });

  it('the period is typed by keyboard', async () => {
    const page = stage().pages[1_440];
    await visit(page, `${stage().url}/models/loans`);
    await page.getByText('Other period').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await typeMoment(page, '02', '05');
    // Past the rest of the field, and the button of its calendar.
    await page.getByLabel('To', { exact: true }).focus();
    await typeMoment(page, '02', '09');
    await page.keyboard.press('Enter');
    await settled(page);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      from: '2026-02-05T00:00:00.000Z',
      to: '2026-02-09T00:00:00.000Z',
    });
    expect((await numbersOf(page))['Volume']!.map(([start]) => start)).toEqual(
      ['05', '06', '07', '08'].map((day) => expect.stringContaining(day)),
    );
  });

  it('where nothing was logged a curve has a hole', async () => {
    const page = stage().pages[1_440];
    await visit(page, `${stage().url}/models/loans?from=latest-30d`);
    const path = await page
      .getByRole('img', { name: /^Prediction drift\./ })
      .locator('path.curve')
      .first()
      .getAttribute('d');
    expect(path?.match(/M/g)?.length).toBe(2);
  });
}

async function drawOn(page: Page, chart: string, from: number, to: number): Promise<void> {
  const picture = page.getByRole('img', { name: new RegExp(`^${chart}\\.`) });
  await picture.scrollIntoViewIfNeeded();
  const box = await picture.boundingBox();
  if (box === null) throw new Error(`${chart} is not drawn`);
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, y, { steps: 5 });
  await page.mouse.up();
}

/** Month, day, year, hour and minute, as an English field wants them. */
async function typeMoment(page: Page, month: string, day: string): Promise<void> {
  await page.keyboard.type(month + day + '2026');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type('1200AM');
}

const periodText = async (page: Page): Promise<string | null> =>
  await page.locator('.time-control .period').textContent();

/** Cells of "Show numbers" of each chart. */
async function numbersOf(page: Page): Promise<Record<string, string[][]>> {
  return await page.evaluate<Record<string, string[][]>>(
    `Object.fromEntries(${JSON.stringify(CHARTS)}.map((name) => {
       const frame = [...document.querySelectorAll('section.chart')].find((chart) => chart.querySelector('h3').textContent === name);
       return [name, [...(frame?.querySelectorAll('.numbers tbody tr') ?? [])].map((row) => [...row.cells].map((cell) => cell.textContent))];
     }))`,
  );
}
