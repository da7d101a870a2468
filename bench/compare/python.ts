import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Entrant } from './entrants.ts';

const run = promisify(execFile);

/** The Python of an entrant's environment, made when it is not there; or why it could not be made. */
export async function environmentOf(
  cache: string,
  { environment, packages }: Entrant,
): Promise<{ python: string } | { failed: string }> {
  const folder = join(cache, `venv-${environment}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return { python };
  rmSync(folder, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 2 ** 26 });
    writeFileSync(complete, packages.join('\n'));
    return { python };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
