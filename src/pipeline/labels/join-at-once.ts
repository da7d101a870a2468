import { addEventCounts } from '../../store/log/event-counts.ts';
import type { Tx } from '../../store/connection/pool.ts';
import type { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import { JOINED_FROM, joinToPredictions, type JoinOptions } from './join-labels.ts';

export interface JoinAtOnce extends JoinOptions {
  /** Fewer labels cost less when the joiner takes them with others. */
  readonly fewest: number;
}

/**
 * Takes the labels of a checkpoint to their predictions in its own transaction, so that they are neither stored nor read
 * nor deleted in between.
 *
 * Only of a checkpoint with nothing but labels, as a topic of labels makes them: one that has locked windows for its rows
 * must not wait for rows of labels.
 *
 * @returns indices of the labels that have to wait; null: all have
 */
export async function joinAtOnce(
  tx: Tx,
  buffer: CheckpointBuffer,
  { fewest, ...options }: JoinAtOnce,
): Promise<readonly number[] | null> {
  const { labels } = buffer;
  const onlyLabels = buffer.touched.size === 0 && buffer.heldIds.length === 0 && buffer.stored.length === 0;
  if (!onlyLabels || labels.length < Math.max(1, fewest)) return null;
  const { found, waiting, joined } = await joinToPredictions(tx, labels, options);
  await addEventCounts(tx, JOINED_FROM, 0, [
    { type: 'label', outcome: 'joined', count: joined },
    { type: 'label', outcome: 'superseded', count: found - joined },
  ]);
  return waiting;
}
