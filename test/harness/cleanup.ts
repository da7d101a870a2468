import { afterAll } from 'vitest';
import { DEADLINES } from './deadlines.ts';

/** Its result is awaited and otherwise ignored. */
type Cleanup = () => unknown;

const cleanups: Cleanup[] = [];

/**
 * Runs after the last test of the file, latest first. Test files do not share modules, so importing this one
 * is what ties the list to the file.
 */
export function atEnd(cleanup: Cleanup): void {
  cleanups.push(cleanup);
}

afterAll(async () => {
  const failures: unknown[] = [];
  for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) {
    try {
      await next();
    } catch (error) {
      // The others still have to run: each of them ends something real.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Cleaning up after this file failed.');
}, DEADLINES.hookMs);
