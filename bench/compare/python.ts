import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where data and environments are kept from run to run. */
export function benchCache(): string {
  const cache = process.env['SHIFTWATCH_BENCH_CACHE'] ?? join(tmpdir(), 'shiftwatch-bench-compare');
  mkdirSync(cache, { recursive: true });
  return cache;
}

/** A virtual environment of its own, because libraries pin each other's. */
export interface Environment {
  readonly environment: string;
  /** From PyPI. */
  readonly packages: readonly string[];
}

/** The Python of an entrant's environment, made when it is not there; or why it could not be made. */
export async function environmentOf(
  cache: string,
  { environment, packages }: Environment,
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
