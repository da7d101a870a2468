import type { Log } from '../../core/log.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { findStaleWindows } from '../../store/windows/windows.ts';

/** A look adds up the parts of so many windows. */
const WINDOWS_AT_ONCE = 100;

/**
 * Goes through all closed windows, a few at each call and round and round, and has those evaluated again whose verdict is
 * older than its parts. Whoever writes asks for that by itself: what is found here would have been missed for good.
 */
export function createStaleSearch(pool: Pool, log: Log): () => Promise<void> {
  let afterId = 0;
  return async () => {
    const { lastId, found } = await findStaleWindows(pool, afterId, WINDOWS_AT_ONCE);
    afterId = lastId ?? 0;
    if (found > 0) log.warn({ windows: found }, 'verdicts were older than their parts; they are made again');
  };
}
