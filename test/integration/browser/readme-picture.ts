/** The dashboard as the README shows it: `npm run pictures` takes it anew. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Stage } from './stage.ts';
import { visit } from './watched-page.ts';

const PICTURE = fileURLToPath(new URL('../../../docs/pictures/dashboard.png', import.meta.url));
const MOST_BYTES = 150_000;

export function readmePicture(stage: () => Stage): void {
  it('the picture in the README is small', async () => {
    if (process.env['UPDATE_PICTURES'] === '1') {
      const page = stage().pages[1_440];
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 1_200, height: 820 });
      await visit(page, `${stage().url}/models/loans`);
      await mkdir(new URL('.', `file://${PICTURE}`), { recursive: true });
      await writeFile(PICTURE, await page.screenshot());
      await page.setViewportSize({ width: 1_440, height: 900 });
    }
    expect((await stat(PICTURE)).size).toBeLessThanOrEqual(MOST_BYTES);
  });
}
