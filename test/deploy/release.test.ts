/** `npm run release` in a repository of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const TOOL = join(ROOT, 'tools/release.ts');
const IMAGE_AND_CHART = ['Dockerfile', 'deploy/helm/shiftwatch/Chart.yaml'];
const folders: string[] = [];
let repository: string;

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'shiftwatch-release-'));
  folders.push(repository);
  for (const file of ['package.json', 'package-lock.json', 'contracts/openapi.json', ...IMAGE_AND_CHART]) {
    mkdirSync(dirname(join(repository, file)), { recursive: true });
    cpSync(join(ROOT, file), join(repository, file));
  }
  mkdirSync(join(repository, 'clients/python/src/shiftwatch'), { recursive: true });
  write('clients/python/pyproject.toml', '[project]\nname = "shiftwatch"\nversion = "0.1.0"\n');
  write('clients/python/src/shiftwatch/__init__.py', '__version__ = "0.1.0"\n');
  write(
    'CHANGELOG.md',
    '# Changelog\n\n## Pending\n\n- [FEATURE] A thing.\n\n## 0.0.1 (2025-01-01)\n\n- The first.\n',
  );
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.email', 'test@example.org');
  git('config', 'user.name', 'Test');
  git('add', '.');
  git('commit', '--quiet', '--message', 'all');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  writeFileSync(join(repository, file), text);
}

function release(...args: readonly string[]): { code: number | null; said: string } {
  const ran = spawnSync(process.execPath, [TOOL, ...args], { cwd: repository, encoding: 'utf8' });
  return { code: ran.status, said: ran.stdout + ran.stderr };
}

it('sets one version everywhere, dates what was pending, commits and tags', () => {
  const before = JSON.parse(read('package-lock.json')) as { packages: Record<string, object> };
  expect(release('minor')).toMatchObject({
    code: 0,
    said: expect.stringContaining('git push origin main v0.2.0') as string,
  });
  expect(JSON.parse(read('package.json'))).toMatchObject({ version: '0.2.0' });
  const { packages } = before;
  expect(JSON.parse(read('package-lock.json'))).toEqual({
    ...before,
    version: '0.2.0',
    packages: { ...packages, '': { ...packages[''], version: '0.2.0' } },
  });
  expect(JSON.parse(read('contracts/openapi.json'))).toMatchObject({ info: { version: '0.2.0' } });
  expect(read('Dockerfile')).toContain('\nARG VERSION="0.2.0"\n');
  expect(parse(read('deploy/helm/shiftwatch/Chart.yaml'))).toMatchObject({
    version: '0.2.0',
    appVersion: '0.2.0',
  });
  expect(read('clients/python/pyproject.toml')).toContain('version = "0.2.0"');
  expect(read('clients/python/src/shiftwatch/__init__.py')).toBe('__version__ = "0.2.0"\n');
  const date = new Date(git('log', '-1', '--format=%cI')).toISOString().slice(0, 10);
  expect(read('CHANGELOG.md')).toBe(
    `# Changelog\n\n## Pending\n\n## 0.2.0 (${date})\n\n- [FEATURE] A thing.\n\n## 0.0.1 (2025-01-01)\n\n- The first.\n`,
  );
  expect(git('status', '--porcelain')).toBe('');
  expect(git('log', '--format=%s')).toBe('release: 0.2.0\nall');
  expect(git('rev-parse', 'v0.2.0^{commit}')).toBe(git('rev-parse', 'HEAD'));
  // Nothing has come since.
  expect(release('patch')).toMatchObject({
    code: 1,
    said: expect.stringContaining('nothing is pending') as string,
  });
});

it('changes nothing when it is asked what it would do', () => {
  expect(release('1.0.0', '--dry-run')).toMatchObject({
    code: 0,
    said: expect.stringContaining('0.1.0 → 1.0.0') as string,
  });
  expect(git('status', '--porcelain')).toBe('');
  expect(git('tag')).toBe('');
});

it.each([
  ['0.1.0', 'not greater'],
  ['0.0.9', 'not greater'],
  ['1.0', 'no version'],
  ['1.01.0', 'no version'],
  ['1.0.0-rc.1', 'no version'],
  ['--force', 'Usage'],
])('refuses %s', (version, said) => {
  expect(release(version)).toMatchObject({ code: 1, said: expect.stringContaining(said) as string });
  expect(git('log', '--format=%s')).toBe('all');
});

it('refuses a tree that is not clean', () => {
  write('new.txt', '');
  expect(release('patch')).toMatchObject({ code: 1, said: expect.stringContaining('not clean') as string });
});
