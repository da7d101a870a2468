import type { Log } from '../../core/log.ts';
import { addEventCounts } from '../../store/log/event-counts.ts';
import {
  deferPendingLabels,
  deletePendingLabels,
  type DueLabel,
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
    if (due.length === 0) return { taken: 0, joined: 0, superseded: 0, deferred: 0, expired: 0 };
    const { found, waiting, joined } = await joinToPredictions(tx, due, {
      ...options,
      finder: options.finder ?? new PredictionFinder(),
    });
    await deletePendingLabels(
      tx,
      found.map((label) => label.id),
    );
    const { deferred, expired } = await putBack(tx, waiting, options.catalog);
    const superseded = found.length - joined;
    await addEventCounts(tx, JOINED_FROM, 0, [
      { type: 'label', outcome: 'joined', count: joined },
      { type: 'label', outcome: 'superseded', count: superseded },
      { type: 'label', outcome: 'expired', count: expired },
    ]);
    return { taken: due.length, joined, superseded, deferred, expired };
  });
}

async function putBack(
  tx: Tx,
  labels: readonly DueLabel[],
  catalog: ModelCatalog,
): Promise<{ deferred: number; expired: number }> {
  if (labels.length === 0) return { deferred: 0, expired: 0 };
  const clock = await tx.query<{ nowMs: number }>(`select ${epochMs('now()')} as "nowMs"`);
  const nowMs = clock.rows[0]?.nowMs ?? 0;
  const expired = labels.filter((label) => {
    const horizonMs = catalog.modelById(label.modelId)?.spec.labels.horizonMs ?? Infinity;
    return nowMs - label.receivedAtMs > horizonMs;
  });
  const gone = new Set(expired.map((label) => label.id));
  await deletePendingLabels(tx, [...gone]);
  await deferPendingLabels(
    tx,
    labels.flatMap((label) => (gone.has(label.id) ? [] : label.id)),
  );
  return { deferred: labels.length - expired.length, expired: expired.length };
}
