/** What holds on every screen, at both widths and in both colour schemes; pictures are kept in `build/screenshots`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SCREENS } from './screens.ts';
import { type Stage, WIDTHS } from './stage.ts';
import { axeViolations, complaintsOf, overhang, visit } from './watched-page.ts';

const PICTURES = fileURLToPath(new URL('../../../build/screenshots/', import.meta.url));

export function everyScreen(stage: () => Stage): void {
  mkdirSync(PICTURES, { recursive: true });
  for (const width of WIDTHS)
    it.each(SCREENS)(`$name is whole and accessible at ${width} px`, async ({ name, heading, address }) => {
      const page = stage().pages[width];
      await page.emulateMedia({ colorScheme: 'light' });
      await visit(page, stage().url + (await address(stage())));
      expect(await page.locator('h1').allTextContents()).toEqual([expect.stringMatching(heading)]);
      expect(await page.locator('main').count()).toBe(1);
      expect(await overhang(page)).toBeLessThanOrEqual(0);
      // Among the components are those that failed.
      if (name !== 'components') expect(await page.locator('.failed').allTextContents()).toEqual([]);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({
          path: join(PICTURES, `${name}-${width}-${colorScheme}.png`),
          fullPage: true,
        });
        const rules = colorScheme === 'light' ? 'wcag' : 'contrast';
        expect(await axeViolations(page, rules), colorScheme).toEqual([]);
      }
      // What is not there is answered with 404, which the browser tells by itself.
      const complaints = complaintsOf(page).filter((text) => name !== 'nothing' || !text.includes('404'));
      expect(complaints).toEqual([]);
    });
}
