/** Laws of the house that neither the compiler nor the linter holds by itself. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LONG_FILES, LONG_FUNCTIONS } from '../oxlint.config.ts';
import { circles } from './circles.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MOST_FILES = 25;
/** Cases, not code: as many as there are. */
const FIXTURES = /^test\/vectors/;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .sort();
}

const sources = [...filesBelow('src', '.ts'), ...filesBelow('src', '.tsx')].sort();
const tests = filesBelow('test', '.ts');
const pages = [...filesBelow('docs', '.md'), 'README.md', 'CONTRIBUTING.md'];

/** What a file imports of ours, types included. */
function importsOf(path: string): string[] {
  const specifiers = read(path).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => normalize(join(dirname(path), specifier)));
}

test('no imports go in a circle, not even of types', () => {
  expect(circles(new Map(sources.map((path) => [path, importsOf(path)])))).toEqual([]);
  expect(
    circles(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b', 'd']],
        ['d', []],
      ]),
    ),
  ).toEqual([['b', 'c']]);
});

test('the schemas of rows are loaded by the API alone: commands and threads take their types', () => {
  const loading = sources.filter((path) =>
    [...read(path).matchAll(/^import (?!type\b)[^;]*?'(\.[^']+)';/gm)].some(([, specifier = '']) =>
      normalize(join(dirname(path), specifier)).startsWith('src/store/rows'),
    ),
  );
  expect(loading).toContain('src/api/routes/findings.ts');
  expect(loading.filter((path) => !/^src\/(?:api\/|store\/rows)/.test(path))).toEqual([]);
});

test('nothing is exported that no other file names, and nothing is there for tests alone', () => {
  const names = new Map(
    [...sources, ...tests, ...filesBelow('bench', '.ts'), ...filesBelow('bin', '.js')].map((path) => [
      path,
      read(path).match(/[A-Za-z_$][\w$]*/g) ?? [],
    ]),
  );
  const namedIn = new Map<string, Set<string>>();
  for (const [path, words] of names)
    for (const word of words) namedIn.set(word, (namedIn.get(word) ?? new Set()).add(path));

  const [unread, forTests]: [string[], string[]] = [[], []];
  for (const path of sources) {
    const text = read(path);
    const examples = text.match(/@example[\s\S]*?\*\//g)?.join('\n') ?? '';
    const declared = text.matchAll(/^export (?:abstract |async )*(?:function\*?|const|class|let) (\w+)/gm);
    for (const [, name = ''] of declared) {
      const elsewhere = [...(namedIn.get(name) ?? [])].filter((other) => other !== path);
      const here = (names.get(path) ?? []).filter((word) => word === name).length;
      if (elsewhere.length === 0 && !examples.includes(name)) unread.push(`${path}: ${name}`);
      if (here === 1 && !elsewhere.some((other) => other.startsWith('src/')))
        forTests.push(`${path}: ${name}`);
    }
  }
  expect(unread).toEqual([]);
  expect(forTests).toEqual([]);
});

test.each([
  ['the server', sources.filter((path) => !path.startsWith('src/browser/'))],
  ['the browser', sources.filter((path) => path.startsWith('src/browser/'))],
])('no two files of %s export the same name', (_, files) => {
  const declaring = new Map<string, Set<string>>();
  const form = /^export (?:abstract |async )*(?:function\*?|const|let|class|enum|interface|type) (\w+)/gm;
  for (const path of files)
    for (const [, name = ''] of read(path).matchAll(form))
      declaring.set(name, (declaring.get(name) ?? new Set()).add(path));
  /** Of which there is one each: a command registers itself, a tool that is compared with has its own Hellinger distance. */
  const owner = (name: string, path: string): string | undefined =>
    (name === 'register' ? /^src\/cli\/.+/ : /^src\/compare\/presets\/\w+\//).exec(path)?.[0];
  const twice = [...declaring].filter(([name, paths]) => {
    const owners = new Set([...paths].map((path) => owner(name, path)));
    return paths.size > 1 && (owners.has(undefined) || owners.size < paths.size);
  });
  expect(declaring.size).toBeGreaterThan(50);
  expect(twice.map(([name, paths]) => [name, ...paths].join(' '))).toEqual([]);
});

test('no folder holds more files than one takes in', () => {
  const counts = new Map<string, number>();
  for (const path of [...sources, ...tests]) {
    const folder = dirname(path);
    if (!FIXTURES.test(folder)) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
});

describe('the tables of rooms in docs/architecture.md', () => {
  const rows = [...read('docs/architecture.md').matchAll(/^\| `src\/([^`]+)` \|/gm)].map(
    ([, room = '']) => room,
  );
  const foldersOf = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);

  test('have a row for each room, and no other', () => {
    expect(new Set(rows).size).toBe(rows.length);
    const expected = [
      ...foldersOf('src'),
      ...['pipeline', 'store'].flatMap((room) => foldersOf(`src/${room}`).map((inner) => `${room}/${inner}`)),
    ];
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });

  test('are law: what is not said there is refused, and nothing else', () => {
    const trials: readonly (readonly [path: string, specifier: string])[] = [
      ['src/pipeline/messages/trial.ts', '../retrain/polls.ts'],
      ['src/pipeline/intake/trial.ts', '../../cli/terminal/io.ts'],
      ['src/api/routes/trial.ts', '../../pipeline/intake/intake.ts'],
      ['src/compare/measures/trial.ts', '../../diagnose/thresholds.ts'],
      ['src/store/log/trial.ts', '../windows/windows.ts'],
      ['src/window/trial.ts', 'kafkajs'],
    ];
    const allowed: typeof trials = [
      ['src/pipeline/incidents/trial.ts', '../retrain/polls.ts'],
      ['src/store/labels/trial.ts', '../predictions/packs.ts'],
      ['src/cli/doctor/trial.ts', '../../pipeline/intake/intake.ts'],
      ['src/ingest/kafka/trial.ts', 'kafkajs'],
    ];
    // Rules go by paths below the folder of the configuration: these are of a house of their own.
    const house = mkdtempSync(join(tmpdir(), 'shiftwatch-tidy-'));
    for (const path of ['oxlint.config.ts', 'docs/architecture.md']) copyInto(house, path, read(path));
    symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    for (const [path, specifier] of [...trials, ...allowed])
      copyInto(house, path, `import '${specifier}';\n`);
    expect(refusals(house, ['src'], 'no-restricted-imports')).toEqual(
      trials.map(([path]) => path).toSorted(),
    );
  });
});

test('what may be longer than others is as long as it says, and so can only shrink', () => {
  const overrides = [
    ...Object.entries(LONG_FILES).map(([file, max]) => ({
      files: [file],
      rules: { 'eslint/max-lines': ['error', { max: max - 1 }] },
    })),
    ...Object.entries(LONG_FUNCTIONS).map(([file, max]) => ({
      files: [file],
      rules: { 'eslint/max-lines-per-function': ['error', { max: max - 1 }] },
    })),
  ];
  const house = mkdtempSync(join(tmpdir(), 'shiftwatch-tidy-'));
  for (const path of [...Object.keys(LONG_FILES), ...Object.keys(LONG_FUNCTIONS)])
    copyInto(house, path, read(path));
  copyInto(house, '.oxlintrc.json', JSON.stringify({ categories: { correctness: 'off' }, overrides }));
  expect(refusals(house, ['.'], 'max-lines')).toEqual(Object.keys(LONG_FILES).toSorted());
  expect(refusals(house, ['.'], 'max-lines-per-function')).toEqual(Object.keys(LONG_FUNCTIONS).toSorted());
});

test('every path that a document names is there', () => {
  const missing = pages.flatMap((page) => {
    const text = read(page);
    const named = text.matchAll(/`((?:src|test|bench|docs|bin|migrations|examples|deploy)\/[\w./-]*\w\/?)`/g);
    const linked = text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g);
    return [
      ...named.map(([, path = '']) => path),
      ...linked.map(([, path = '']) => normalize(join(dirname(page), path))),
    ].flatMap((path) => (existsSync(join(ROOT, path)) ? [] : [`${page}: ${path}`]));
  });
  expect(missing).toEqual([]);
});

test('every npm script that a document names is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const missing = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].flatMap(([, name = '']) =>
      name in scripts ? [] : [`${page}: npm run ${name}`],
    ),
  );
  expect(missing).toEqual([]);
});

test('every command that a document names is there', () => {
  const known = new Set(
    [...read('src/cli/main.ts').matchAll(/import\('\.\/([^']+)'\)/g)].flatMap(([, path = '']) =>
      [...read(`src/cli/${path}`).matchAll(/\.command\('([\w-]+)/g)].map(([, name]) => name),
    ),
  );
  const missing = pages.flatMap((page) =>
    codeOf(read(page)).flatMap((code) =>
      [...code.matchAll(/^(?:\$ |npx )?shiftwatch ([a-z][\w-]*)/gm)].flatMap(([, name = '']) =>
        known.has(name) ? [] : [`${page}: shiftwatch ${name}`],
      ),
    ),
  );
  expect(known.size).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test('every table of what was measured stands beside the command that prints it, or the test that holds it', () => {
  const command = /`(?:npm |npx |node |shiftwatch |compare )[^`]*`|^```sh|`(?:test|bench)\//m;
  const measured = pages
    .filter((page) => !page.startsWith('docs/decisions/'))
    .flatMap((page) => {
      const [lead = '', ...sections] = read(page).split(/^(?=## )/m);
      return sections.map((text) => ({ of: `${page} ${text.slice(0, text.indexOf('\n'))}`, lead, text }));
    })
    .filter(({ text }) => /\bMeasured\b|\bCPU s\b/.test(text))
    .filter(({ text }) => [...text.matchAll(/^\|.*\d.*\d.*\|$/gm)].length > 2);
  expect(measured.length).toBeGreaterThan(5);
  const unnamed = measured.filter(({ lead, text }) => !command.test(lead) && !command.test(text));
  expect(unnamed.map(({ of }) => of)).toEqual([]);
});

/** What stands between fences, and between back-ticks. */
function codeOf(text: string): string[] {
  const [fences, inline] = [/^```\w*\n([\s\S]*?)^```/gm, /`([^`\n]+)`/g];
  return [...text.matchAll(fences), ...text.replaceAll(fences, '').matchAll(inline)].map(
    ([, code = '']) => code,
  );
}

function copyInto(folder: string, path: string, text: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** The files in which the linter refuses something by this rule, each once. */
function refusals(folder: string, args: readonly string[], rule: string): string[] {
  const linter = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const { stdout, stderr } = spawnSync(process.execPath, [linter, '--format', 'json', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout === '' ? stderr : stdout) as {
    diagnostics: readonly { readonly code: string; readonly filename: string }[];
  };
  const refused = diagnostics.filter(({ code }) => code.includes(`(${rule})`));
  return [...new Set(refused.map(({ filename }) => filename))].sort();
}
