import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, it } from 'vitest';

/** Of a package that is installed nothing else is there. */
it('pages that messages and the written configuration name come with the package', () => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  const named = new Set(
    sources.flatMap((name) => readFileSync(join('src', name), 'utf8').match(/\bdocs\/[a-z-]+\.md/g) ?? []),
  );
  expect(named).toContain('docs/configuration.md');
  expect([...named].filter((page) => !files.some((glob) => matchesGlob(page, glob)))).toEqual([]);
});
