import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '..', '..', '.cache');
const WITHIN_MS = 180_000;

/** The folder of a package that only some tests want: fetched once from npm into `.cache`, none of its scripts run. */
export function npmFetched(name: string, version: string): string {
  const folder = join(CACHE, `${name.replaceAll(/[@/]+/g, '-').replace(/^-/, '')}-${version}`);
  const fetched = join(folder, 'node_modules', name);
  if (existsSync(fetched)) return fetched;
  mkdirSync(folder, { recursive: true });
  const quietly = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  execFileSync('npm', ['install', '--prefix', folder, ...quietly, `${name}@${version}`], {
    cwd: folder,
    timeout: WITHIN_MS,
    stdio: 'pipe',
  });
  return fetched;
}
