import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/**
 * shiftwatch as people have it, who install a package as they install the others here: what `npm pack` makes, where it finds
 * the packages of this checkout. Answers the program.
 */
export function installedProgram(): string {
  const folder = join(ROOT, 'build/installed');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [made] = JSON.parse(said.slice(said.indexOf('['))) as [{ filename: string }];
  execFileSync('tar', ['-xzf', join(folder, made.filename), '-C', folder]);
  return join(folder, 'package/bin/shiftwatch.js');
}
