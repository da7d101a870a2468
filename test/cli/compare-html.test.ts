import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chromiumPath, openChromium } from '../dashboard/chromium.ts';
import { fileWith, testFolder } from '../ingest/table/files.ts';
import { compare, loans } from '../files/compare-run.ts';

const HOSTILE = '<script>document.title="taken"</script>';

async function report(reference: string, current: string, ...options: string[]): Promise<string> {
  const path = join(testFolder(), 'report.html');
  const ran = await compare(reference, current, '--html', path, ...options);
  expect(ran.said).toContain(`report: ${path}`);
  return readFileSync(path, 'utf8');
}

const before = (): string => fileWith('before.csv', loans(1, { rows: 4000 }));
const moved = (): string =>
  fileWith('now.csv', loans(2, { rows: 4000, shift: { fromHour: 5, years: 12 }, brokenHour: 2 }));

describe('compare --html', () => {
  it('writes one page that fetches nothing and runs nothing, what it means first', async () => {
    const page = await report(before(), moved(), '--segments', 'country', '--preset', 'evidently');
    expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import/);
    const places = [
      '<h1>',
      '>Why<',
      '>Features<',
      '>Model<',
      '>Performance<',
      '>All columns together<',
      '>Segments<',
    ];
    const found = places.map((part) => page.indexOf(part));
    expect(found.every((at) => at > 0)).toBe(true);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(page).toContain('country=NL');
    expect(page).toContain('2026-03-01 12:00 UTC');
  });

  it('shows windows as a strip, and each feature over time', async () => {
    const page = await report(before(), moved(), '--window', '1h', '--no-multivariate');
    expect(page.match(/<li class="(ok|covariate|fault)"/g)).toHaveLength(8);
    expect(page.match(/<path class="course"/g)).toHaveLength(3);
    expect(page).toContain('4 of 8 windows moved.');
  });

  it('shows hostile names and levels as text', async () => {
    const hostile = (csv: string): string =>
      csv
        .replace('age', `"${HOSTILE.replaceAll('"', '""')}"`)
        .replaceAll(',DE,', `,<img src=x onerror=alert(1)>,`);
    const page = await report(
      fileWith('r<b>.csv', hostile(loans(1))),
      fileWith('c.csv', hostile(loans(2, { shift: { fromHour: 0, years: 12 } }))),
      '--segments',
      'country',
      '--no-multivariate',
    );
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('r&lt;b&gt;.csv');
  });

  it('says when it cannot be written, and goes together with --json', async () => {
    const file = before();
    await expect(
      compare(file, file, '--no-multivariate', '--html', '/nowhere/at/all.html'),
    ).rejects.toMatchObject({
      message: expect.stringContaining('cannot write /nowhere/at/all.html'),
    });
    const ran = await compare(
      file,
      file,
      '--json',
      '--no-multivariate',
      '--html',
      join(testFolder(), 'r.html'),
    );
    expect(JSON.parse(ran.out)).toHaveProperty('diagnosis');
  });

  it('stays small', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `feature_${at}`);
    const csv = (seed: number): string =>
      `${names.join(',')}\n${Array.from({ length: 400 }, (_, row) => names.map((_, at) => Math.sin(seed + row * (at + 1)).toFixed(4)).join(',')).join('\n')}\n`;
    const page = await report(fileWith('r.csv', csv(1)), fileWith('c.csv', csv(2)), '--no-multivariate');
    expect(page.length).toBeLessThan(50_000);
  });

  const chromium = chromiumPath();
  it.skipIf(chromium === null)('fits a phone and a desk, and asks the network for nothing', async () => {
    const path = join(testFolder(), 'report.html');
    await compare(
      before(),
      moved(),
      '--window',
      '1h',
      '--segments',
      'country',
      '--html',
      path,
      '--no-multivariate',
    );
    const browser = await openChromium(chromium ?? '');
    try {
      for (const width of [375, 1280]) {
        const page = await browser.newPage({ viewport: { width, height: 800 } });
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.goto(`file://${path}`);
        await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
        const over = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(over, `at ${width} pixels`).toBe(0);
        expect(asked).toEqual([`file://${path}`]);
      }
    } finally {
      await browser.close();
    }
  });
});
