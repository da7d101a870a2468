/**
 * `npm run release -- patch|minor|major|X.Y.Z [--dry-run]`: one version in all places, what is pending in the changelog under
 * its date, a commit and a tag. Pushes and publishes nothing; on a failure the files are as they were.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STEPS = ['major', 'minor', 'patch'] as const;
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;
const root = process.cwd();

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' });

class Refused extends Error {}

/** @throws Refused where it is none, or none that is greater */
function nextVersion(before: string, wanted: string): string {
  const numbers = (version: string): number[] => VERSION.exec(version)?.slice(1).map(Number) ?? [];
  const old = numbers(before);
  const step = STEPS.findIndex((name) => name === wanted);
  const next =
    step < 0 ? numbers(wanted) : old.map((part, at) => (at < step ? part : at === step ? part + 1 : 0));
  if (next.length === 0) throw new Refused(`'${wanted}' is no version: say ${STEPS.join(', ')} or X.Y.Z`);
  const moved = next.findIndex((part, at) => part !== old[at]);
  if (moved < 0 || (next[moved] ?? 0) < (old[moved] ?? 0)) {
    throw new Refused(`${next.join('.')} is not greater than ${before}`);
  }
  return next.join('.');
}

/** What changes in a file. Each pattern has to be there, once; its first group is kept. */
function edited(text: string, version: string, file: string, patterns: readonly RegExp[]): string {
  return patterns.reduce((now, pattern) => {
    if (!pattern.test(now)) throw new Refused(`${file} does not say its version where it did`);
    return now.replace(pattern, (_, before: string) => `${before}${version}"`);
  }, text);
}

const PLACES: Readonly<Record<string, readonly RegExp[]>> = {
  'package.json': [/^( {2}"version": ")[^"]+"/m],
  'package-lock.json': [/^( {2}"version": ")[^"]+"/m, /^( {4}"": \{\n(?: {6}.*\n)*? {6}"version": ")[^"]+"/m],
  'contracts/openapi.json': [/^( {4}"version": ")[^"]+"/m],
  Dockerfile: [/^(ARG VERSION=")[^"]+"/m],
  'deploy/helm/shiftwatch/Chart.yaml': [/^(version: ")[^"]+"/m, /^(appVersion: ")[^"]+"/m],
  'clients/python/pyproject.toml': [/^(version = ")[^"]+"/m],
  'clients/python/src/shiftwatch/__init__.py': [/^(__version__ = ")[^"]+"/m],
};

function changelog(text: string, version: string, date: string): string {
  const [head = '', after = ''] = text.split(/(?<=^## Pending\n)/m);
  const end = after.search(/^## /m);
  const [pending, rest] = end < 0 ? [after, ''] : [after.slice(0, end), after.slice(end)];
  if (pending.trim() === '') throw new Refused('nothing is pending in CHANGELOG.md');
  return `${head}\n## ${version} (${date})\n\n${pending.trim()}\n${rest === '' ? '' : `\n${rest}`}`;
}

function release(wanted: string, isDry: boolean): void {
  if (git('status', '--porcelain') !== '')
    throw new Refused('the tree is not clean: commit or stash what is in it');
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const { version: before } = JSON.parse(read('package.json')) as { version: string };
  const version = nextVersion(before, wanted);
  const tag = `v${version}`;
  if (git('tag', '--list', tag) !== '') throw new Refused(`the tag ${tag} is there`);
  const files = new Map<string, string>();
  for (const [file, patterns] of Object.entries(PLACES)) {
    if (existsSync(join(root, file))) files.set(file, edited(read(file), version, file, patterns));
  }
  files.set('CHANGELOG.md', changelog(read('CHANGELOG.md'), version, new Date().toISOString().slice(0, 10)));
  console.log(`${before} → ${version}: ${[...files.keys()].join(', ')}`);
  if (isDry) {
    console.log(`Would commit these and tag ${tag}; nothing was changed.`);
    return;
  }
  try {
    for (const [file, text] of files) writeFileSync(join(root, file), text);
    git('commit', '--quiet', '--message', `release: ${version}`, '--', ...files.keys());
    git('tag', '--annotate', '--message', `shiftwatch ${version}`, tag);
  } catch (error) {
    if (git('status', '--porcelain') !== '') git('checkout', '--quiet', 'HEAD', '--', ...files.keys());
    throw error;
  }
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD').trim();
  console.log(
    `Committed and tagged. To push and publish it:\n\n  git push origin ${branch} ${tag}\n  npm publish`,
  );
}

const args = process.argv.slice(2);
const [wanted, ...more] = args.filter((arg) => arg !== '--dry-run');
const unknown = [...more, wanted].find((arg) => arg?.startsWith('-') === true);
try {
  if (wanted === undefined || more.length > 0 || unknown !== undefined) {
    throw new Refused('Usage: npm run release -- patch|minor|major|X.Y.Z [--dry-run]');
  }
  release(wanted, args.includes('--dry-run'));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
