import type { Pool, Tx } from './pool.ts';
import { inTransaction } from './pool.ts';

/** Whoever writes waits behind the lock for so long at most. */
const LOCK_WAIT_MS = 300;
const LOCK_NOT_AVAILABLE = '55P03';

/** Does what needs a table for itself, or leaves it for the next time where the table is in use. @returns whether it was done */
export async function withoutWaiting(pool: Pool, work: (tx: Tx) => Promise<boolean>): Promise<boolean> {
  try {
    return await inTransaction(pool, async (tx) => {
      await tx.query(`set local lock_timeout = ${LOCK_WAIT_MS}`);
      return await work(tx);
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}
