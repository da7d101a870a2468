import type { Log } from '../../core/log.ts';
import { addEventCounts } from '../../store/log/event-counts.ts';
import {
  deferPendingLabels,
  deletePendingLabels,
  type DueLabels,
  takeDueLabels,
} from '../../store/labels/labels.ts';
import { epochMs } from '../../store/connection/epoch-ms.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { JOINED_FROM, joinToPredictions } from './join-labels.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { ReadAgain } from '../windows/refuse-recounted.ts';
import { PredictionFinder } from '../predictions/prediction-finder.ts';

export interface LabelJoinerOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly reevaluateAfterMs: number;
  /** Keeps what it learned from one sweep to the next. */
  readonly finder?: PredictionFinder;
  /** Labels of one sweep at most. */
  readonly batch?: number;
  readonly log: Log;
}

/** Labels of one sweep: with many, those of one window make one part, and blocks are asked once. */
export const JOIN_BATCH = 20_000;

/** What one sweep did, per label. `deferred` ones wait for their prediction. */
export interface JoinOutcome {
  readonly taken: number;
  readonly joined: number;
  readonly superseded: number;
  readonly deferred: number;
  readonly expired: number;
}

/**
 * Takes waiting labels to their predictions, in one transaction. Any number of processes may sweep at once: each takes
 * labels the others have not locked. A label whose prediction has not come yet is put back, and expires after the
 * model's horizon.
 */
export async function sweepLabels(options: LabelJoinerOptions): Promise<JoinOutcome> {
  try {
    return await sweepOnce(options);
  } catch (error) {
    if (!(error instanceof ReadAgain)) throw error;
    return await sweepOnce(options);
  }
}

async function sweepOnce(options: LabelJoinerOptions): Promise<JoinOutcome> {
  return await inTransaction(options.pool, async (tx) => {
    const due = await takeDueLabels(tx, options.batch ?? JOIN_BATCH);
    const taken = due.labels.length;
    if (taken === 0) return { taken, joined: 0, superseded: 0, deferred: 0, expired: 0 };
    const { found, waiting, joined } = await joinToPredictions(tx, due.labels, {
      ...options,
      finder: options.finder ?? new PredictionFinder(),
    });
    const waits = new Set(waiting);
    await deletePendingLabels(
      tx,
      due.ids.filter((_, index) => !waits.has(index)),
    );
    const { deferred, expired } = await putBack(tx, due, waiting, options.catalog);
    const superseded = found - joined;
    await addEventCounts(tx, JOINED_FROM, 0, [
      { type: 'label', outcome: 'joined', count: joined },
      { type: 'label', outcome: 'superseded', count: superseded },
      { type: 'label', outcome: 'expired', count: expired },
    ]);
    return { taken, joined, superseded, deferred, expired };
  });
}

async function putBack(
  tx: Tx,
  { labels, ids, receivedAtMs }: DueLabels,
  waiting: readonly number[],
  catalog: ModelCatalog,
): Promise<{ deferred: number; expired: number }> {
  if (waiting.length === 0) return { deferred: 0, expired: 0 };
  const clock = await tx.query<{ nowMs: number }>(`select ${epochMs('now()')} as "nowMs"`);
  const nowMs = clock.rows[0]?.nowMs ?? 0;
  const gone: number[] = [];
  const kept: number[] = [];
  for (const index of waiting) {
    const horizonMs = catalog.modelById(labels.modelIds[index] ?? 0)?.spec.labels.horizonMs ?? Infinity;
    const isExpired = nowMs - (receivedAtMs[index] ?? 0) > horizonMs;
    (isExpired ? gone : kept).push(ids[index] ?? 0);
  }
  await deletePendingLabels(tx, gone);
  await deferPendingLabels(tx, kept);
  return { deferred: kept.length, expired: gone.length };
}
