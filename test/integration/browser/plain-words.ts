/** What a reader who has the screens alone asks: what comes first, what colours stand for, since when, and what is not final yet. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openIncident } from './screens.ts';
import type { Stage } from './stage.ts';
import { complaintsOf, overhang, settled, visit } from './watched-page.ts';

const ORDERS = [
  ['', 'worst first', 'Newest verdict', 'descending'],
  ['-verdict', 'worst last', 'Newest verdict', 'ascending'],
  ['name', 'by name, A to Z', 'Model', 'ascending'],
  ['-rows', 'most rows first', 'Rows per hour', 'descending'],
] as const;

/** What the charts are drawn from, and no address of a screen. */
const PERFORMANCE = /\/api\/v1\/models\/loans\/performance(?:\?|$)/;
const TRENDS = /\/api\/v1\/models\/loans\/trends/;

export function plainWords(stage: () => Stage): void {
  it('the fleet says its order, in words and at the column, and what its colours are', async () => {
    const page = stage().pages[1_440];
    for (const [sort, words, column, said] of ORDERS) {
      await visit(page, `${stage().url}/${sort === '' ? '' : `?sort=${sort}`}`);
      expect(await page.locator('.fleet-legend').textContent()).toContain(`Order: ${words}`);
      const sorted = page.locator('.fleet-frame th[aria-sort]:not([aria-sort=none])');
      expect(await sorted.count()).toBe(1);
      expect(await sorted.textContent()).toBe(`${column} ${said === 'ascending' ? '↑' : '↓'}`);
      expect(await sorted.getAttribute('aria-sort')).toBe(said);
    }
    const legend = page.getByRole('list', { name: 'Marks of verdicts' });
    expect(await legend.getByRole('listitem').allTextContents()).toEqual(
      expect.arrayContaining([
        'Dconcept drift',
        'Fdata fault',
        '–no shift',
        expect.stringContaining('still open'),
      ]),
    );
  });

  it('on a phone each model is a card with everything that its row has', async () => {
    const page = stage().pages[375];
    await visit(page, `${stage().url}/?q=loans`);
    const card = page.locator('.fleet-frame tbody tr').filter({ hasText: 'loans' });
    const box = await card.boundingBox();
    for (const label of [
      'Newest verdict',
      'Verdicts',
      'Open incidents',
      'Performance',
      'Rows per hour',
      'Newest window',
    ]) {
      const cell = card.locator(`td[data-label="${label}"]`);
      const place = await cell.boundingBox();
      expect(place!.height, label).toBeGreaterThan(10);
      expect(place!.x + place!.width, label).toBeLessThanOrEqual(375);
      expect(place!.y + place!.height, label).toBeLessThanOrEqual(box!.y + box!.height);
    }
    expect(
      await page.evaluate(
        `getComputedStyle(document.querySelector('.fleet-frame tbody td'), '::before').content`,
      ),
    ).toContain('Newest verdict');
    await visit(page, `${stage().url}/incidents`);
    const incident = page.locator('table.incidents tbody tr').first();
    for (const cell of await incident.locator('td:not(:empty)').all()) {
      const place = await cell.boundingBox();
      expect(place!.x + place!.width).toBeLessThanOrEqual(375);
    }
    expect(await overhang(page)).toBeLessThanOrEqual(0);
  });

  it('a line of the incidents is its sentence, its state by the word of all screens, and what became of its messages', async () => {
    const page = stage().pages[1_440];
    const id = await openIncident(stage());
    await visit(page, `${stage().url}/incidents?model=loans`);
    const row = page
      .locator('table.incidents tbody tr')
      .filter({ has: page.locator(`a[href*="/incidents/${id}"]`) });
    expect(await row.locator('a').first().textContent()).toMatch(
      /^Concept drift.* since \d+ Feb 2026 .* UTC.*\.$/,
    );
    const cells = await row.locator('td').allTextContents();
    expect(cells.slice(2, 6)).toEqual([
      'open',
      expect.stringMatching(/^2026-02/),
      '',
      expect.stringMatching(/^\d+ (?:delivered|waiting)/),
    ]);
    for (const path of ['/', '/incidents', '/models/loans', `/incidents/${id}`]) {
      await visit(page, stage().url + path);
      expect(await page.locator('main').textContent(), path).not.toMatch(/\bfiring\b/);
    }
  });

  it('an incident says once since when, and hides statistics until somebody asks for them', async () => {
    const page = stage().pages[1_440];
    await visit(page, `${stage().url}/incidents/${await openIncident(stage())}`);
    expect(
      await page
        .locator('.incident-answers dt')
        .filter({ hasText: /^Since$/ })
        .count(),
    ).toBe(1);
    expect(await page.locator('.incident-answers').innerText()).toContain(
      'the start of the first window that shows it',
    );
    const evidence = page.getByRole('region', { name: 'Evidence', exact: true });
    expect(await seenIn(page, '.evidence')).not.toMatch(/\bp [<=]|PSI|χ²/);
    await evidence.getByText('More statistics').first().click();
    expect(await evidence.locator('details[open] tbody tr').count()).toBeGreaterThan(0);
  });

  it('a chart without a value is a sentence with a command, and no axis', async () => {
    const page = stage().pages[1_440];
    await page.route(PERFORMANCE, async (route) => {
      const answer = await route.fetch();
      const found = (await answer.json()) as { points: object[] };
      const points = found.points.map((point) => ({ ...point, share: null, expected_share: null }));
      await route.fulfill({ response: answer, json: { ...found, points } });
    });
    await visit(page, `${stage().url}/models/loans/performance?from=latest-30d`);
    const chart = chartOf(page, 'Labels that are in');
    expect(await chart.locator('.empty').textContent()).toMatch(/No label has come.*shiftwatch doctor/);
    expect(await chart.locator('svg[role=img]').count()).toBe(0);
    await page.unroute(PERFORMANCE);
  });

  it('what is provisional has a hollow end, and the legend says so', async () => {
    const page = stage().pages[1_440];
    await page.route(TRENDS, async (route) => {
      const answer = await route.fetch();
      const trends = (await answer.json()) as { points: Record<string, unknown>[] };
      const points = trends.points.map((point, at) => ({
        ...point,
        provisional: at === trends.points.length - 1,
      }));
      await route.fulfill({ response: answer, json: { ...trends, points } });
    });
    await visit(page, `${stage().url}/models/loans`);
    const chart = chartOf(page, 'Prediction drift');
    expect(await chart.locator('svg[role=img] circle.hollow').count()).toBeGreaterThan(0);
    expect(await chart.locator('ul.key').textContent()).toContain('provisional');
    await page.unroute(TRENDS);
    await visit(page, `${stage().url}/models/loans`);
    expect(await chart.locator('circle.hollow').count()).toBe(0);
  });

  it('another version lies under the performance, too', async () => {
    const page = stage().pages[1_440];
    await visit(page, `${stage().url}/models/loans/performance?from=latest-30d&against=version:1`);
    expect(await page.locator('ul.key').first().textContent()).toContain('by labels, version 1');
    await page.getByLabel('Compare with').selectOption('');
    await settled(page);
    expect(await page.locator('ul.key').first().textContent()).not.toContain('version 1');
    await visit(page, `${stage().url}/models/loans/performance?against=version:none`);
    expect(await page.locator('.failed').textContent()).toContain('nothing is laid under the curves');
    expect(complaintsOf(page)).toEqual([]);
  });

  it('arrow keys move a focus over the heat map that is seen and heard', async () => {
    const page = stage().pages[1_440];
    await visit(page, `${stage().url}/models/loans?from=latest-30d`);
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowLeft');
    const [name, first] = await focusedCell(page);
    expect(await page.locator('.heat-said').textContent()).toBe(name);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    const [nextName, next] = await focusedCell(page);
    expect(await page.locator('.heat-said').textContent()).toBe(nextName);
    expect(nextName).not.toBe(name);
    expect([next.x < first.x, next.y > first.y, next.outline]).toEqual([true, true, 'solid']);
  });
}

/** The text of what is not folded away. */
async function seenIn(page: Page, selector: string): Promise<string> {
  return await page.evaluate<string>(
    `[...document.querySelectorAll('${selector} *')].filter((each) => each.childElementCount === 0 && each.checkVisibility()).map(({ textContent }) => textContent).join(' | ')`,
  );
}

const chartOf = (page: Page, title: string) =>
  page.locator('section.chart').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly outline: string;
}

/** What the frame of the map says has the focus. */
async function focusedCell(page: Page): Promise<[name: string, cell: Cell]> {
  return await page.evaluate<[string, Cell]>(`(() => {
    const cell = document.getElementById(document.activeElement.getAttribute('aria-activedescendant'));
    const { x, y } = cell.getBoundingClientRect();
    return [cell.getAttribute('aria-label'), { x, y, outline: getComputedStyle(cell).outlineStyle }];
  })()`);
}
