import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/resolve.ts';
import { silentLog } from '../../core/log.ts';
import { findTaskChanges, sayTaskChange, TASK_CHANGE_FIX } from '../../store/windows/models.ts';
import { createPool } from '../../store/connection/pool.ts';

export interface StoredMistake {
  readonly model: string;
  readonly message: string;
  readonly fix: string;
}

/** A configuration can be checked where its database is not: then it is not waited for. */
const ANSWERS_WITHIN_MS = 3_000;

/** What of a configuration does not fit what the database holds; nothing where that cannot be asked. */
export async function storedMistakes({ databaseUrl, models }: Config): Promise<StoredMistake[]> {
  if (databaseUrl === null) return [];
  const pool = createPool({
    connectionString: databaseUrl,
    max: 1,
    applicationName: 'shiftwatch command',
    log: silentLog,
  });
  try {
    const asked = findTaskChanges(pool, models).catch(() => []);
    const changes = await Promise.race([asked, sleep(ANSWERS_WITHIN_MS, [], { ref: false })]);
    return changes.map((change) => ({
      model: change.model,
      message: sayTaskChange(change),
      fix: TASK_CHANGE_FIX,
    }));
  } finally {
    // Not waited for: a server that does not answer would be.
    void pool.end().catch(() => undefined);
  }
}
