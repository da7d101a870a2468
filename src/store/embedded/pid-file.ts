import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';
import { describeProcess, isPostmasterOf } from './process-facts.ts';

/** A server found at work on a data directory. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** False while it starts, recovers or stops. */
  readonly isReady: boolean;
}

/**
 * The server that `postmaster.pid` speaks of, or null when there is none.
 *
 * PostgreSQL refuses to start while the pid in that file belongs to any live process, even one that only
 * inherited the number, so a file that no server stands behind is removed here. The caller holds the
 * directory's lock: nobody is just starting.
 */
export function findServer(dataDirectory: string): RunningServer | null {
  const path = join(dataDirectory, 'postmaster.pid');
  let lines: string[];
  try {
    lines = readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  // Line 1 is the pid, line 4 the port, line 8 the state (see miscadmin.h of PostgreSQL); the last come late.
  const pid = Number(lines[0]);
  const facts = describeProcess(pid);
  if (facts !== null && isPostmasterOf(facts, dataDirectory)) {
    return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
  }
  rmSync(path, { force: true });
  return null;
}
