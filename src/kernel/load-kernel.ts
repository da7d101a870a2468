import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { errorMessage } from '../core/errors.ts';
import { CountingKernel } from './kernel.ts';
import { ASSEMBLY, PACKAGE, kernelHash } from './kernel-sources.ts';

const BUILD_WITHIN_MS = 60_000;
const BUILDER = fileURLToPath(new URL('build-main.ts', import.meta.url));
/** Without it every message goes the ordinary way: for comparing, and for machines where it misbehaves. */
const OFF = 'SHIFTWATCH_NO_KERNEL';

/** What this thread counts with: its kernel, or why it has none. */
export type KernelState =
  | { readonly kernel: CountingKernel }
  | { readonly kernel: null; readonly reason: string };

let state: KernelState | null = null;

/** The kernel that was compiled of these very sources; null when there is none, and every message is decoded. */
export function loadedKernel(): CountingKernel | null {
  state ??= load();
  return state.kernel;
}

/** Compiles the kernel if it has not been, about two seconds in a process beside this one, and loads it. Never throws. */
export async function ensureKernel(): Promise<KernelState> {
  state ??= load();
  if (state.kernel !== null || process.env[OFF] === '1' || !existsSync(ASSEMBLY)) return state;
  const refusals: string[] = [];
  for (const place of places()) {
    try {
      await promisify(execFile)(process.execPath, [BUILDER, place], { timeout: BUILD_WITHIN_MS });
      return (state = load());
    } catch (error) {
      refusals.push(errorMessage(error));
    }
  }
  return (state = { kernel: null, reason: refusals.join('; ') });
}

function load(): KernelState {
  if (process.env[OFF] === '1') return { kernel: null, reason: `${OFF} is set` };
  const found = places().find((place) => existsSync(place));
  if (found === undefined) return { kernel: null, reason: 'it has not been compiled' };
  try {
    return { kernel: new CountingKernel(readFileSync(found)) };
  } catch (error) {
    return { kernel: null, reason: errorMessage(error) };
  }
}

/** The package comes without the sources, and with what was compiled of them. */
function places(): string[] {
  if (!existsSync(ASSEMBLY)) return [join(PACKAGE, 'dist/kernel.wasm')];
  const name = `kernel/${kernelHash()}.wasm`;
  return [join(PACKAGE, 'build', name), join(homedir(), '.cache/shiftwatch', name)];
}
