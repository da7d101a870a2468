import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileWith, testFolder } from '../ingest/table/files.ts';
import { compare, loans } from '../files/compare-run.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/compare');

const training = (): string => fileWith('training.csv', loans(1, { rows: 4000 }));
const production = (): string =>
  fileWith('production.csv', loans(2, { rows: 4000, shift: { fromHour: 5, years: 12 }, brokenHour: 2 }));

/** Cells of each row, of tables whose rows have as many cells as their headings. */
function tables(markdown: string): string[][][] {
  return [...markdown.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) => {
    const rows = table
      .trimEnd()
      .split('\n')
      .map((row) => row.slice(2, -2).split(' | '));
    for (const row of rows) expect(row).toHaveLength(rows[0]?.length ?? 0);
    return rows;
  });
}

const withoutTags = (markdown: string): string => markdown.replaceAll(/<\/?(?:details|summary)>/g, '');

/** UPDATE_FIXTURES=1 writes them anew. */
function expectFixture(name: string, text: string): string {
  const path = join(FIXTURES, name);
  if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
  return text;
}

describe('compare --markdown', () => {
  it('is one screen instead of the text, and the rest to be opened', async () => {
    const ran = await compare(
      training(),
      production(),
      '--segments',
      'country',
      '--no-multivariate',
      '--markdown',
    );
    expect({ code: ran.code, said: ran.said }).toEqual({ code: 3, said: '' });
    expectFixture('report.expected.md', ran.out);
    expect(readFileSync(join(import.meta.dirname, '../../docs/compare.md'), 'utf8')).toContain(
      '](../test/fixtures/compare/report.expected.md)',
    );
  });

  it('has the incidents of windows, and of the newest what each shows', async () => {
    const ran = await compare(
      training(),
      production(),
      '--window',
      '1h',
      '--no-multivariate',
      '--markdown',
      '-',
    );
    expect(ran.code).toBe(3);
    expectFixture('windows.expected.md', ran.out);
  });

  it('goes into a file beside the text, JSON and HTML', async () => {
    const file = training();
    const folder = testFolder();
    const [report, html] = [join(folder, 'report.md'), join(folder, 'report.html')];
    const plain = await compare(file, file, '--no-multivariate');
    const ran = await compare(file, file, '--no-multivariate', '--markdown', report);
    expect(ran).toEqual({ out: plain.out, said: `report: ${report}\n`, code: 0 });
    expect(readFileSync(report, 'utf8')).toMatch(/^### Verdict: none.* · Advice: none\n/);
    const all = await compare(
      file,
      file,
      '--no-multivariate',
      '--json',
      '--markdown',
      report,
      '--html',
      html,
    );
    expect(JSON.parse(all.out)).toHaveProperty('diagnosis');
    expect(all.said).toBe(`report: ${html}\nreport: ${report}\n`);
    await expect(
      compare(file, file, '--no-multivariate', '--markdown', '/nowhere/at/all.md'),
    ).rejects.toMatchObject({ message: expect.stringContaining('cannot write /nowhere/at/all.md') });
  });

  it.each([['--markdown'], ['--markdown', '-']])(
    'is not printed together with JSON: %s %s',
    async (...flags) => {
      await expect(compare('none.csv', 'none.csv', '--json', ...flags)).rejects.toMatchObject({
        name: 'UserError',
        message: '--json and --markdown would both be printed',
        fix: 'Name a file for one of them: --markdown report.md.',
      });
    },
  );

  it('shows hostile names and levels as text', async () => {
    const hostile = (csv: string): string =>
      csv
        .replace('age', '"a|b<script>`@team #12\n\u202E"')
        .replaceAll(',DE,', ',</details>|<img src=x>@all,');
    const ran = await compare(
      fileWith('r<b>|@me.csv', hostile(loans(1))),
      fileWith('c.csv', hostile(loans(2, { shift: { fromHour: 0, years: 12 } }))),
      '--segments',
      'country',
      '--no-multivariate',
      '--markdown',
    );
    expect(withoutTags(ran.out)).not.toMatch(/[<@`\u202E]/);
    expect(ran.out.match(/<\/details>/g)?.length).toBe(ran.out.match(/<details>/g)?.length);
    expect(tables(ran.out).length).toBeGreaterThan(2);
    expect(ran.out).toContain('a&#124;b&#60;script&#62;&#96;&#64;&#8288;team &#35;&#8288;12');
  });

  it('fits into a comment whatever the data, cutting what is folded first', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `${'<'.repeat(40)}${at}`);
    const csv = (shift: number): string =>
      `${names.join(',')}\n${Array.from({ length: 300 }, (_, row) => names.map((_, at) => ((row * (at + 7)) % 101) + shift).join(',')).join('\n')}\n`;
    const ran = await compare(
      fileWith('r.csv', csv(0)),
      fileWith('c.csv', csv(60)),
      '--no-multivariate',
      '--markdown',
    );
    expect(ran.out.length).toBeLessThan(60_000);
    expect(ran.out.length).toBeGreaterThan(50_000);
    const shown = tables(ran.out);
    const [moved, all] = [shown[0], shown.at(-1)];
    expect(moved).toHaveLength(22);
    expect(ran.out).toContain('\n… and 180 more\n');
    const left = 200 + 2 - (all?.length ?? 0);
    expect(left).toBeGreaterThan(0);
    expect(ran.out).toContain(`\n… and ${left} more, left out to fit into a comment\n\n</details>\n`);
  });
});
