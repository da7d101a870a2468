import { ensureKeyGenerations, keyGeneration } from '../store/key-generations.ts';
import { insertDeadLetters } from '../store/dead-letters.ts';
import { addEventCounts, addEventsRead } from '../store/event-counts.ts';
import { parkLabels, wakeLabels } from '../store/labels.ts';
import { ensureDays } from '../store/partitions.ts';
import type { Pool, Tx } from '../store/pool.ts';
import {
  claimKeys,
  insertChunk,
  insertFeatureRows,
  insertPredictions,
  KEY_KIND,
} from '../store/predictions.ts';
import { raiseWatermarks } from '../store/watermarks.ts';
import { appendParts } from '../store/window-parts.ts';
import { lockWindowsForWriting, markDirty } from '../store/windows.ts';
import type { CheckpointBuffer } from '../window/checkpoint-buffer.ts';
import type { StoredGroup } from '../window/stored-rows.ts';
import { type IdLedger, RepeatedIds } from './id-ledger.ts';

/** The stretch of a log that a buffer holds; it names the deltas, so that none can be stored twice. */
export interface Stretch {
  readonly source: string;
  readonly partition: number;
  /** Of a log that was made anew, whose offsets begin again. Absent: 0. */
  readonly epoch?: number;
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Writes everything a buffer holds, inside the caller's transaction. Its tables must exist (`preparePartitions`).
 *
 * @returns what to call once the transaction has committed
 * @throws RepeatedIds when another checkpoint was first with one of its ids: the buffer is of no use any more
 */
export async function commitBuffer(
  tx: Tx,
  buffer: CheckpointBuffer,
  stretch: Stretch,
  { ledger, reevaluateAfterMs }: { readonly ledger: IdLedger; readonly reevaluateAfterMs: number },
): Promise<() => void> {
  const committed = await ledger.claim(tx, buffer);
  await claimAll(tx, buffer.stored.groups, ledger);
  for (const group of buffer.stored.groups) await storeGroup(tx, group);
  await storeDeltas(tx, buffer, stretch, reevaluateAfterMs);
  await parkLabels(tx, buffer.labels);
  await insertDeadLetters(tx, buffer.deadLetters);
  await addEventCounts(tx, stretch.source, stretch.partition, buffer.counts);
  await addEventsRead(tx, stretch.source, stretch.partition, buffer.read);
  await raiseWatermarks(tx, stretch.source, stretch.partition, buffer.maxEventMs);
  return committed;
}

/** Makes the tables that `commitBuffer` will write to. Apart from its transaction: it locks their parents. */
export async function preparePartitions(pool: Pool, buffer: CheckpointBuffer): Promise<void> {
  const days = [...new Set(buffer.stored.groups.map(({ day }) => day))].sort();
  await ensureDays(pool, days);
  await ensureKeyGenerations(pool, new Set(days.map((day) => keyGeneration(Date.parse(`${day}T00:00:00Z`)))));
}

/** Ids that are older than what the ledger remembers show here; all at once, or each day would cost a reading. */
async function claimAll(tx: Tx, groups: readonly StoredGroup[], ledger: IdLedger): Promise<void> {
  let repeated = 0;
  for (const group of groups) {
    const known = await claimKeys(tx, group);
    ledger.note({ modelId: group.modelId, kind: KEY_KIND[group.type] }, known);
    repeated += known.length;
  }
  if (repeated > 0) throw new RepeatedIds();
}

async function storeGroup(tx: Tx, group: StoredGroup): Promise<void> {
  const chunkId = await insertChunk(tx, group, group.features.encode());
  if (group.type === 'features') {
    await insertFeatureRows(tx, group, chunkId);
  } else {
    await insertPredictions(tx, group, chunkId);
    await wakeLabels(tx, group.modelId, group.ids);
  }
}

async function storeDeltas(
  tx: Tx,
  buffer: CheckpointBuffer,
  stretch: Stretch,
  reevaluateAfterMs: number,
): Promise<void> {
  const deltas = buffer.deltas();
  if (deltas.length === 0) return;
  // Fed windows too: none of them may close between counting a row and storing it.
  const closed = await lockWindowsForWriting(tx, [...buffer.touched.keys()]);
  await appendParts(
    tx,
    deltas.map((delta) => ({
      windowId: delta.window.id,
      segment: delta.segment,
      kind: 'input' as const,
      ...stretch,
      source: partSource(stretch),
      rows: delta.rows,
      delta: delta.profile.encode(),
    })),
  );
  await markDirty(tx, closed, buffer.touched, reevaluateAfterMs);
}

/** Offsets name deltas, and those of a log made anew come a second time. */
function partSource({ source, epoch = 0 }: Stretch): string {
  return epoch === 0 ? source : `${source}#${epoch}`;
}
