import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = [
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`),
  'README.md',
  'CONTRIBUTING.md',
  'bench/README.md',
  'bench/sealed/README.md',
].filter((path) => path.endsWith('.md'));

/** As GitHub makes them of headings. */
function anchorsOf(page: string): Set<string> {
  const headings = read(page)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('every page and heading that a document links to is there', () => {
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
      ([, path = '', anchor]) => ({
        page,
        to: path === '' ? page : normalize(join(page, '..', path)),
        anchor,
      }),
    ),
  );
  expect(links.filter(({ anchor }) => anchor !== undefined).length).toBeGreaterThan(50);
  const broken = links.filter(
    ({ to, anchor }) =>
      !existsSync(join(ROOT, to)) ||
      (anchor !== undefined && statSync(join(ROOT, to)).isFile() && !anchorsOf(to).has(anchor)),
  );
  expect(broken).toEqual([]);
});

test('the map leads to every page', () => {
  const linked = new Set(
    [...read('docs/README.md').matchAll(/\]\(([^)#\s]+)/g)].map(([, path = '']) =>
      normalize(join('docs', path)),
    ),
  );
  const unnamed = pages.filter((page) => /^docs\/(?!decisions\/|README)/.test(page) && !linked.has(page));
  expect(unnamed).toEqual([]);
});
