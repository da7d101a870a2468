/** What package.json declares is imported, and what is imported is declared: nothing is installed for nobody, or by luck. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagesOf } from './packages-of.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** Started or looked up by a name that no import and no script spells out. */
const STARTED_OTHERWISE: Readonly<Record<string, string>> = {
  'own-node': 'brings the Node of this platform, which bin/right-node.js finds',
  'oxlint-tsgolint': 'oxlint --type-aware starts it',
};

/** What is wrong: a line for each package. `commandsOf` are the programs that a package brings. */
function complaints(
  manifest: Manifest,
  sources: ReadonlyMap<string, string>,
  commandsOf: (name: string) => readonly string[],
): string[] {
  const importers = new Map<string, string[]>();
  for (const [file, text] of sources)
    for (const name of packagesOf(text)) importers.set(name, [...(importers.get(name) ?? []), file]);
  const declared = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.devDependencies,
  });
  const words = new Set(Object.values(manifest.scripts).flatMap((script) => script.split(/\s+/)));
  const isUsed = (name: string): boolean =>
    importers.has(name) ||
    name === '@types/node' ||
    (name.startsWith('@types/') && importers.has(name.slice('@types/'.length))) ||
    commandsOf(name).some((command) => words.has(command)) ||
    Object.hasOwn(STARTED_OTHERWISE, name);
  return [
    ...declared.filter((name) => !isUsed(name)).map((name) => `${name} is declared and used nowhere`),
    ...[...importers]
      // By its own name it is installed in a test.
      .filter(([name]) => !declared.includes(name) && name !== 'shiftwatch')
      .map(([name, files]) => `${name} is not declared: ${files[0]}`),
  ];
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
/** Without this file, whose sources are trials. */
const files = globSync('{src,bin,bench,test,tools}/**/*.{ts,tsx,js,mjs}', { cwd: ROOT }).filter(
  (file) => !import.meta.filename.endsWith(file),
);
const sources = new Map([...files, 'vitest.config.ts'].map((file) => [file, read(file)]));

function commandsOf(name: string): string[] {
  // Optional packages for other platforms are not there.
  if (!existsSync(join(ROOT, 'node_modules', name))) return [];
  const { bin } = JSON.parse(read(`node_modules/${name}/package.json`)) as {
    bin?: string | Record<string, string>;
  };
  return typeof bin === 'object' ? Object.keys(bin) : bin === undefined ? [] : [name];
}

describe('declared dependencies', () => {
  it('are each imported, and each import is declared', () => {
    expect(sources.size).toBeGreaterThan(1000);
    expect(complaints(manifest, sources, commandsOf)).toEqual([]);
  });

  it('are missed when nobody imports one, or one is imported that is not declared', () => {
    const dependencies = { ...manifest.dependencies, 'left-pad': '^1.3.0' };
    expect(complaints({ ...manifest, dependencies }, sources, commandsOf)).toEqual([
      'left-pad is declared and used nowhere',
    ]);
    const trial = `import type { Pad } from '@pads/left/types';\nimport './own.ts';`;
    expect(complaints(manifest, new Map([...sources, ['src/trial.ts', trial]]), commandsOf)).toEqual([
      '@pads/left is not declared: src/trial.ts',
    ]);
  });

  it('are found wherever a source names one', () => {
    const text = [
      `import 'a/polyfill';`,
      `import b, {\n  type B,\n} from '@b/b';`,
      `export { c } from 'c';`,
      `const d = await import('d');`,
      `const e = require('e/package.json');`,
      `import.meta.resolve('@f/f/file.ttf');`,
      `import { readFileSync } from 'node:fs';`,
    ].join('\n');
    expect(packagesOf(text)).toEqual(['a', '@b/b', 'c', 'd', 'e', '@f/f']);
  });
});
