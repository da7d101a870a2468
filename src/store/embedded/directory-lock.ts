import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { hasCode } from './error-code.ts';
import { describeProcess, isAlive } from './process-facts.ts';

const POLL_MS = 50;
const EXIT_WAIT_MS = 1_000;
const holderSchema = z.object({ pid: z.int(), startedAt: z.string() });

/**
 * Held while a server is being started or stopped, so that two shiftwatch processes on one folder never
 * create it twice, and none adopts a server that another is about to stop.
 *
 * A file naming its holder, since Node has no kernel file lock. A holder that is dead loses it: killing
 * shiftwatch at any moment must not block the next start.
 */
export async function withDirectoryLock<T>(
  directory: string,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const path = lockOf(directory);
  const mine = ownName();
  const deadline = Date.now() + waitMs;
  while (!tryAcquire(path, mine)) {
    if (Date.now() > deadline) {
      throw new UserError(
        `Another shiftwatch process has been starting the database in ${directory} for too long.`,
        {
          fix: `End that process (it is named in ${path}) and start again.`,
        },
      );
    }
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * The same for a process that is ending and can wait for nothing but the clock. Does nothing when another holds the lock
 * for longer than a moment; a process that ends while it holds the lock itself goes ahead.
 */
export function withDirectoryLockAtExit(directory: string, work: () => void): void {
  const path = lockOf(directory);
  const mine = ownName();
  if (read(path) === mine) return work();
  for (let waitedMs = 0; !tryAcquire(path, mine); waitedMs += POLL_MS) {
    if (waitedMs >= EXIT_WAIT_MS) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  try {
    work();
  } finally {
    rmSync(path, { force: true });
  }
}

function lockOf(directory: string): string {
  return join(directory, 'start.lock');
}

function ownName(): string {
  return JSON.stringify({ pid: process.pid, startedAt: describeProcess(process.pid)?.startedAt });
}

let attempts = 0;

function tryAcquire(path: string, mine: string): boolean {
  attempts += 1;
  const draft = `${path}.${process.pid}.${attempts}`;
  // Written apart and linked into place: nobody ever reads a half-written lock.
  writeFileSync(draft, mine);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    dropIfDead(path, draft);
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function dropIfDead(path: string, draft: string): void {
  const before = read(path);
  if (before === null || holderLives(before)) return;
  // Two waiters may see the same dead holder. Each moves the lock aside and looks again at what it holds in
  // its hand; one that took the other's new lock by mistake puts it back.
  const aside = `${draft}.aside`;
  try {
    renameSync(path, aside);
    if (read(aside) !== before) linkSync(aside, path);
  } catch {
    // Somebody else was faster; the next round sees what they left.
  } finally {
    rmSync(aside, { force: true });
  }
}

function holderLives(lock: string): boolean {
  try {
    const holder = holderSchema.parse(JSON.parse(lock));
    return isAlive(holder.pid, holder.startedAt);
  } catch {
    return false;
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
