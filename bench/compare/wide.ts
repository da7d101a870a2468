import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { FilePair } from './data.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/shiftwatch.js', import.meta.url));
const LOOK_EVERY_MS = 500;
const SAY_EVERY_MS = 15_000;

export interface WideRun {
  readonly wallSeconds: number;
  readonly peakBytes: number;
  readonly code: number | null;
}

/** One `compare` of two wide files: it tells now and then what it holds, as nobody waits half an hour for nothing. */
export async function runWide(
  { reference, current }: FilePair,
  options: readonly string[],
  { program = PROGRAM, say }: { program?: string; say: (text: string) => void },
): Promise<WideRun> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [program, 'compare', reference, current, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakBytes = 0;
  let saidMs = startedMs;
  const look = setInterval(() => {
    const { now, most } = memoryOf(child.pid);
    peakBytes = Math.max(peakBytes, most);
    if (performance.now() - saidMs < SAY_EVERY_MS) return;
    saidMs = performance.now();
    const seconds = Math.round((saidMs - startedMs) / 1_000);
    say(`${seconds} s: ${Math.round(now / 1e6)} MB, at most ${Math.round(most / 1e6)}`);
  }, LOOK_EVERY_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearInterval(look));
  return { wallSeconds: (performance.now() - startedMs) / 1_000, peakBytes, code };
}

/** Of Linux: what the process holds, and the most it ever held; zeros elsewhere and when it is gone. */
function memoryOf(pid: number | undefined): { now: number; most: number } {
  try {
    const status = readFileSync(join('/proc', String(pid), 'status'), 'utf8');
    const bytes = (field: string): number =>
      1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
    return { now: bytes('VmRSS'), most: bytes('VmHWM') };
  } catch {
    return { now: 0, most: 0 };
  }
}
