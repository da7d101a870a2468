/** `compare --min-count`: the same verdict, without the names of what few rows have. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FileComparison } from '../../src/core/findings.ts';
import { createRandom } from '../../src/stats/random.ts';
import { compare } from './compare-run.ts';

const SHOPS = 400;
const ROWS = 4_000;

/** Two thousand rows of one city, the others of shops with five rows each, which the second file spells in capitals. */
function csv(folder: string, name: string, spell: (shop: string) => string): string {
  const random = createRandom(name.length);
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const shop = `zwolle${row % SHOPS}`;
    return `${row % 2 === 0 ? 'Berlin' : spell(shop)},${random() < 0.5 ? 'north' : `isle${row % SHOPS}`},${Math.round(1000 * random())},${row % 1_000 === 0}`;
  });
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, ['shop,region,income,frozen', ...lines].join('\n'));
  return file;
}

it('names no level and no segment that fewer rows have, wherever it says something', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-min-count-'));
  const before = csv(folder, 'before', (shop) => shop);
  const now = csv(folder, 'now', (shop) => shop.toUpperCase());
  const html = join(folder, 'report.html');
  const all = await compare(before, now, '--json', '--segments', 'region,frozen', '--html', html);
  expect(all.out).toContain('ZWOLLE');
  expect(all.out).toContain('region=isle');
  expect(readFileSync(html, 'utf8')).toContain('isle');

  const hiding = ['--segments', 'region,frozen', '--min-count', '20', '--html', html];
  const hidden = await compare(before, now, '--json', ...hiding);
  const text = await compare(before, now, ...hiding);
  for (const said of [hidden.out, hidden.said, text.out, readFileSync(html, 'utf8')]) {
    expect(said).not.toMatch(/zwolle|isle\d/i);
    if (said !== '' && !said.startsWith('note') && !said.startsWith('report'))
      expect(said).toContain('(rare)');
  }
  expect(hidden.out).toContain('Berlin');
  expect(hidden.out).not.toContain('"named"');
  const [open, shut] = [all.out, hidden.out].map((out) => JSON.parse(out) as FileComparison) as [
    FileComparison,
    FileComparison,
  ];
  expect(shut.segments?.map(({ segment }) => segment)).toEqual([
    'region=north',
    'region=(rare)',
    // Four rows: true and false are nobody's.
    'frozen=false',
    'frozen=true',
  ]);
  const facts = ({ diagnosis: { verdict, confidence, faults }, features }: FileComparison) => ({
    verdict,
    confidence,
    faults: faults.map(({ fault, feature, share }) => [fault, feature, share]),
    figures: features.map(({ name, status, p_value, metrics }) => [name, status, p_value, metrics]),
  });
  expect(facts(shut)).toEqual(facts(open));
  expect(facts(shut).faults.length).toBeGreaterThan(0);
});
