import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** What bin/right-node.js asks for. Not the newest of its line: that one would hide what the first cannot. */
export const OLDEST_NODE = '22.18.0';

const ROOT = join(import.meta.dirname, '..', '..');
const INSTALL_MS = 180_000;

/**
 * The oldest Node that shiftwatch runs on: the program that `TEST_OLDEST_NODE` names, else npm's package of it, fetched
 * once into `.cache`. Null where neither can be had; with CI set that is an error.
 */
export function oldestNode(): string | null {
  const given = process.env['TEST_OLDEST_NODE'];
  if (given !== undefined && given !== '') return given;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = join(ROOT, '.cache', `node-${OLDEST_NODE}`);
  const program = join(
    folder,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(program)) return program;
  try {
    mkdirSync(folder, { recursive: true });
    const wanted = `${name}@${OLDEST_NODE}`;
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      wanted,
    ];
    execFileSync('npm', args, { cwd: folder, timeout: INSTALL_MS, stdio: 'pipe' });
    return program;
  } catch (error) {
    if (process.env['CI']) throw error;
    return null;
  }
}
