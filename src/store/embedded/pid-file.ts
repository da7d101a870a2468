import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';
import { describeProcess } from './process-facts.ts';
import { anyAtWorkOn, isPostmasterOf } from './servers-at-work.ts';

/** A server found at work on a data directory. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** False while it starts, recovers or stops. */
  readonly isReady: boolean;
}

/**
 * The server that `postmaster.pid` names, or null when it names none. Null does not mean that there is none: a server
 * opens the file before it writes it, and what is read meanwhile is empty or cut short.
 */
export function findServer(dataDirectory: string): RunningServer | null {
  const text = read(dataDirectory);
  if (text === null) return null;
  // Line 1 is the pid, line 4 the port, line 8 the state (see miscadmin.h of PostgreSQL); the last come late. What
  // follows the last line break is a line only in part.
  const lines = text.split('\n').slice(0, -1);
  const pid = Number(lines[0]);
  const facts = describeProcess(pid);
  if (facts === null || !isPostmasterOf(facts, dataDirectory)) return null;
  return { pid, port: Number(lines[3] ?? 0), isReady: lines[7]?.trim() === 'ready' };
}

/**
 * Removes a `postmaster.pid` over which PostgreSQL would stumble although no server stands behind it: one that is empty
 * or no number, as a power cut may leave it, and one whose pid still has a bearer: another program by now, or the dead
 * server itself, as long as nobody has buried it. Otherwise the file of a dead server stays: PostgreSQL removes it itself,
 * once it has made sure that nothing of that server is left.
 *
 * A server removes itself when its file is gone. So the file is read first and the processes are looked at after: who
 * has opened the file we saw was at work then, and is seen now, or is dead.
 */
export function removeLeftover(dataDirectory: string): void {
  const text = read(dataDirectory);
  if (text === null) return;
  const pid = Number.parseInt(text, 10);
  if (pid > 0 && !hasBearer(pid)) return;
  if (anyAtWorkOn(dataDirectory) || read(dataDirectory) !== text) return;
  rmSync(pidFile(dataDirectory), { force: true });
}

/** As PostgreSQL asks it, for which a zombie is alive. */
function hasBearer(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

function pidFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

function read(dataDirectory: string): string | null {
  try {
    return readFileSync(pidFile(dataDirectory), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
