import { afterAll, afterEach, TestRunner } from 'vitest';
import { DEADLINES } from './deadlines.ts';

/** Its result is awaited and otherwise ignored. */
type Cleanup = () => unknown;

const ofFile: Cleanup[] = [];
const ofTest: Cleanup[] = [];

/**
 * Runs after the last test of the file, latest first. Test files do not share modules, so importing this one
 * is what ties the lists to the file.
 */
export function atEnd(cleanup: Cleanup): void {
  ofFile.push(cleanup);
}

/**
 * Runs after the test that asked for it, or whose `beforeEach` did; after the file when asked anywhere else. For what each test
 * starts anew: a line of jobs holds five connections for as long as it runs and ten more for a while, and the server that
 * all tests share has a hundred.
 */
export function afterThis(cleanup: Cleanup): void {
  (TestRunner.getCurrentTest() === undefined ? ofFile : ofTest).push(cleanup);
}

afterEach(() => runAll(ofTest, 'test'), DEADLINES.hookMs);
afterAll(() => runAll(ofFile, 'file'), DEADLINES.hookMs);

async function runAll(cleanups: Cleanup[], what: string): Promise<void> {
  const failures: unknown[] = [];
  for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) {
    try {
      await next();
    } catch (error) {
      // The others still have to run: each of them ends something real.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `Cleaning up after this ${what} failed.`);
}
