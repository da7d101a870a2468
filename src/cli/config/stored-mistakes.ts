import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/resolve.ts';
import { silentLog } from '../../core/log.ts';
import { findUnknownSettings } from '../../store/evaluation/baseline-columns.ts';
import type { UnknownSetting } from '../../store/evaluation/baseline-columns.ts';
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
  const asked = async (): Promise<StoredMistake[]> => {
    const changes = await findTaskChanges(pool, models);
    const unknown = await findUnknownSettings(pool, models);
    return [
      ...changes.map((change) => ({
        model: change.model,
        message: sayTaskChange(change),
        fix: TASK_CHANGE_FIX,
      })),
      ...unknown.map(unknownSetting),
    ];
  };
  try {
    return await Promise.race([asked().catch(() => []), sleep(ANSWERS_WITHIN_MS, [], { ref: false })]);
  } finally {
    // Not waited for: a server that does not answer would be.
    void pool.end().catch(() => undefined);
  }
}

function unknownSetting({ model, column, nearest }: UnknownSetting): StoredMistake {
  return {
    model,
    message: `model "${model}" says something of a column ${column}, which no baseline of it has`,
    fix:
      nearest === null
        ? 'Remove it from `features`, or make a baseline that has the column.'
        : `Did you mean ${nearest}?`,
  };
}
