import { errorMessage } from '../errors.ts';
import type { Log } from '../log.ts';

/** Pages that the allocator of C holds free. Answers whether some went back to the system. */
export type ReturnMemory = () => boolean;

/**
 * `malloc_trim(0)` of glibc, through koffi; null where there is none (musl, macOS, Windows). What V8 and Node free, buffers
 * of some kilobytes to megabytes, glibc keeps as long as anything behind it is in use: a hundred megabytes and more of a
 * process that reads all the time (docs/decisions/0015-memory-given-back.md).
 */
export async function loadReturnMemory(log: Log): Promise<ReturnMemory | null> {
  if (process.platform !== 'linux') return null;
  try {
    const { default: koffi } = await import('koffi');
    const trim = koffi.load('libc.so.6').func('int malloc_trim(size_t)') as (pad: number) => number;
    return () => trim(0) === 1;
  } catch (error) {
    log.debug(
      { error: errorMessage(error) },
      'no malloc_trim here: free memory goes back when it happens to',
    );
    return null;
  }
}
