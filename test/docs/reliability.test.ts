/** docs/records/reliability.md claims that tests hold what is promised; this holds the claims. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs/records/reliability.md'), 'utf8');

/** Whose subject a later issue names. */
const NOT_YET = [27, 36, 37, 41];

interface Row {
  readonly number: number;
  readonly evidence: string;
  readonly state: string;
}

const rows: readonly Row[] = PAGE.split('\n').flatMap((line) => {
  const cells = /^\| (\d+) \| .+? \| (.+) \| ([^|]+) \|$/.exec(line);
  return cells === null
    ? []
    : [{ number: Number(cells[1]), evidence: cells[2] ?? '', state: cells[3] ?? '' }];
});

/** Files in the order in which they are named, each with the titles that follow it. */
function citations(evidence: string): { readonly file: string; readonly titles: string[] }[] {
  const found: { file: string; titles: string[] }[] = [];
  for (const [, file, title] of evidence.matchAll(/`((?:test|bench|\.ci)\/[^`]+)`|“([^”]+)”/g)) {
    if (file !== undefined) found.push({ file, titles: [] });
    else if (title !== undefined) found.at(-1)?.titles.push(title);
  }
  return found;
}

/** As a title stands in the code. */
function isTitleIn(code: string, title: string): boolean {
  const quoted = title.replaceAll("'", "\\'");
  return [`'${quoted}'`, `"${title}"`, `\`${title}\``].some((text) => code.includes(text));
}

describe('docs/records/reliability.md', () => {
  it('has every row of the list once', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 44 }, (_, at) => at + 1));
  });

  it('leaves open only what later issues name', () => {
    const open = rows.filter(({ state }) => !state.startsWith('held'));
    expect(open.map(({ number }) => number)).toEqual(NOT_YET);
    for (const { state } of open) expect(state).toMatch(/^far: .+ A later issue has it$/);
  });

  it.each(rows.map(({ number, evidence }) => [number, evidence] as const))(
    'names for row %i only what there is',
    (_number, evidence) => {
      const cited = citations(evidence);
      expect(cited.length).toBeGreaterThan(0);
      const missing = cited.flatMap(({ file, titles }) => {
        const path = join(ROOT, file);
        if (!existsSync(path)) return [file];
        if (!file.endsWith('.test.ts')) return [];
        const code = readFileSync(path, 'utf8');
        return titles.length === 0
          ? [`${file} by no title`]
          : titles.filter((title) => !isTitleIn(code, title)).map((title) => `${file}: ${title}`);
      });
      expect(missing).toEqual([]);
    },
  );
});
