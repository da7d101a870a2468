import { findDueWindows, type HistoryPolicy, type ModelHistory } from '../../store/history/due-windows.ts';
import { retireHistory } from '../../store/history/retire.ts';
import type { Retention, Retired } from '../../core/history/retention.ts';
import type { Config } from '../../config/resolve.ts';
import { type Log, silentLog } from '../../core/log.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { addUpWindows, retireDays } from './add-up.ts';
import { BaselineReferences } from './baseline-references.ts';
import { dropDaysOf, dropOldDays, findOldDays } from '../../store/predictions/partitions.ts';

export interface RetireOptions {
  readonly history: { readonly retention: Retention; readonly models: readonly ModelHistory[] };
  /** The instant as of which things are old. */
  readonly nowMs: number;
  /** Only says what would go. */
  readonly isDry?: boolean;
  readonly log?: Log;
  readonly stepBytes?: number;
}

/** Lets go of all that is older than it is kept. */
export async function retire(
  pool: Pool,
  { history, nowMs, isDry = false, log = silentLog, ...steps }: RetireOptions,
): Promise<Retired> {
  const policy = { ...history, nowMs };
  const line = { pool, references: new BaselineReferences(pool), log, ...steps };
  const addUp = async (windowIds: readonly number[]): Promise<void> => await addUpWindows(line, windowIds);
  return {
    predictions: await retirePredictions(pool, { history, nowMs, isDry }),
    ...(await retireHistory(pool, policy, { isDry, addUp })),
    ...(await retireDays(line, policy, isDry ? await dueForCounts(pool, policy) : null)),
  };
}

async function dueForCounts(pool: Pool, policy: HistoryPolicy): Promise<readonly number[]> {
  return (await findDueWindows(pool, 'counts', policy, { fromId: 0, toId: Number.MAX_SAFE_INTEGER })).due;
}

/** A day goes as a whole once nobody keeps it; before, of those models that keep theirs for less. @returns how many went, or went of a model */
async function retirePredictions(
  pool: Pool,
  { history: { retention, models }, nowMs, isDry }: Required<Omit<RetireOptions, 'log' | 'stepBytes'>>,
): Promise<number> {
  const longestMs = Math.max(retention.predictionsMs, ...models.map((each) => each.retention.predictionsMs));
  const beforeMs = nowMs - longestMs;
  const days = new Set(isDry ? await findOldDays(pool, beforeMs) : await dropOldDays(pool, beforeMs));
  let ofModels = 0;
  for (const {
    model,
    retention: { predictionsMs },
  } of models) {
    if (predictionsMs === longestMs) continue;
    const gone = await dropDaysOf(pool, model, nowMs - predictionsMs, isDry);
    ofModels += gone.filter((day) => !days.has(day)).length;
  }
  return days.size + ofModels;
}

/** What is old now. */
export async function retireOld(
  {
    config: { history },
    pool,
    log,
  }: { readonly config: Pick<Config, 'history'>; readonly pool: Pool; readonly log: Log },
  nowMs: number,
): Promise<void> {
  const retired = await retire(pool, { history, nowMs, log });
  if (Object.values(retired).some((count) => count > 0)) log.info(retired, 'let go of what is old');
}
