import type { AssignedPartition, RecordBatch } from '../../core/events/log-source.ts';
import {
  beginPosition,
  loadPosition,
  registerPartitions,
  type PositionRow,
} from '../../store/log/source-positions.ts';
import { loadEventTimes } from '../../store/log/watermarks.ts';
import { EventTimes } from '../../window/event-times.ts';
import type { PartitionConsumerOptions } from './partition-consumer-options.ts';
import { pickSource } from './partition-state.ts';

type Registering = Pick<PartitionConsumerOptions, 'pool' | 'startAtEnd' | 'eventTypeOf'>;

/** Writes down where partitions begin that nobody has read yet. */
export async function registerAll(
  partitions: readonly AssignedPartition[],
  { pool, startAtEnd, eventTypeOf }: Registering,
): Promise<void> {
  await registerPartitions(
    pool,
    partitions.map((partition) => ({
      source: partition.source,
      partition: partition.partition,
      nextOffset: startAtEnd ? partition.highOffset : partition.lowOffset,
      nextOffsetIfAdded: partition.lowOffset,
      highOffset: partition.highOffset,
      holdsWatermark: eventTypeOf(partition) !== 'label',
    })),
  );
}

/** Where a partition goes on, and how far its events had come by then. */
export async function openPartition(
  batch: RecordBatch,
  options: Pick<Registering, 'pool' | 'eventTypeOf'> & { readonly owner: string },
): Promise<{ readonly position: PositionRow; readonly times: EventTimes }> {
  const position = await positionOf(batch, options);
  // After the position: had another process stored in between, the position has moved, and nothing is stored here.
  const times = await loadEventTimes(options.pool, batch.source, batch.partition);
  return { position, times: new EventTimes(times) };
}

/** Where to continue; for a partition nobody has read yet, where it was registered or this first batch begins. */
async function positionOf(
  batch: RecordBatch,
  { pool, eventTypeOf, owner }: Parameters<typeof openPartition>[1],
): Promise<PositionRow> {
  const stored = await loadPosition(pool, batch.source, batch.partition);
  if (stored?.started === true) return stored;
  await beginPosition(pool, {
    ...pickSource(batch),
    nextOffset: stored?.nextOffset ?? batch.fromOffset,
    highOffset: batch.highOffset,
    holdsWatermark: eventTypeOf(batch) !== 'label',
    owner,
  });
  const begun = await loadPosition(pool, batch.source, batch.partition);
  if (begun === null) throw new Error(`the position of ${batch.source} was deleted while it was begun`);
  return { ...begun, started: false };
}
