/** Names that logs may hold are only ever text, and their links lead where they say. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { displayText } from '../../../src/words/display-text.ts';
import { HOSTILE_NAMES } from './screen-models.ts';
import { type Stage, WIDTHS } from './stage.ts';
import { complaintsOf, overhang, settled, visit } from './watched-page.ts';

/** As much of it as every place has room for. */
const ROOM = 30;

export function hostileNames(stage: () => Stage): void {
  it.each(HOSTILE_NAMES)('%j is text on its own screens', async (name) => {
    const page = stage().pages[375];
    const { url } = stage();
    const path = `${url}/models/${encodeURIComponent(name)}`;
    const shown = displayText(name, 400).slice(0, ROOM);
    await visit(page, `${url}/?q=${encodeURIComponent(name.slice(0, ROOM))}`);
    await follow(page, '#content tbody th a', shown);
    expect(page.url().split('?')[0]).toBe(path);
    await follow(page, `#content a[href*="/features/${encodeURIComponent(name)}"]`, shown);
    await visit(page, `${url}/incidents?model=${encodeURIComponent(name)}`);
    await harmless(page, '');
    await follow(page, '#content a[href*="/incidents/"]', shown);
    await follow(page, '#content a[href*="/windows/"]', 'UTC');
    for (const rest of ['/performance', '/versions', '/features/country']) {
      await visit(page, `${path}${rest}`);
      await harmless(page, rest.includes('feature') ? '' : shown);
    }
  });

  it.each(WIDTHS)('all of them are text where all models are listed, at %i px', async (width) => {
    const page = stage().pages[width];
    for (const path of ['/', '/incidents', '/configuration', '/pipeline']) {
      await visit(page, stage().url + path);
      await harmless(page, '');
    }
  });
}

/** The first link that fits, and what it leads to. */
async function follow(page: Page, selector: string, shown: string): Promise<void> {
  await page.locator(selector).first().click();
  await settled(page);
  await harmless(page, shown);
}

async function harmless(page: Page, shown: string): Promise<void> {
  const where = decodeURIComponent(page.url());
  expect(await page.locator('h1').allTextContents(), where).toEqual([expect.stringContaining(shown)]);
  expect(await page.locator('img, body script, .failed').count(), where).toBe(0);
  expect(await page.locator('main').textContent(), where).not.toContain('There is no');
  expect(await turnedTexts(page), where).toEqual([]);
  expect(await overhang(page), where).toBeLessThanOrEqual(0);
  expect(complaintsOf(page), where).toEqual([]);
}

/** What is shown, or said by screen readers, in which a name would turn what stands beside it: in cells, titles and pictures, too. */
async function turnedTexts(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(`(() => {
    const texts = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walk.nextNode()) {
      const { nodeType, data, parentElement } = walk.currentNode;
      if (nodeType === Node.TEXT_NODE) texts.push(parentElement.localName + ' ' + data);
      else for (const name of ['aria-label', 'title']) texts.push(name + ' ' + (walk.currentNode.getAttribute(name) ?? ''));
    }
    return texts;
  })()`);
  return texts.filter((text) => /[\u202A-\u202E\u2066-\u2069]/.test(text));
}
