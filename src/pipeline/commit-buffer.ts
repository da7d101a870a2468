import {
  KEY_KIND,
  claimKeys,
  insertChunks,
  insertFeatureRows,
  insertPredictions,
} from '../store/predictions.ts';
import { ensureKeyGenerations, keyGeneration } from '../store/key-generations.ts';
import { insertDeadLetters } from '../store/dead-letters.ts';
import { addEventCounts, addEventsRead } from '../store/event-counts.ts';
import { parkLabels, wakeLabels } from '../store/labels.ts';
import { ensureDays, utcDay } from '../store/partitions.ts';
import type { Pool, Tx } from '../store/pool.ts';
import { raiseWatermarks } from '../store/watermarks.ts';
import { appendParts } from '../store/window-parts.ts';
import { lockWindowsForWriting, markDirty } from '../store/windows.ts';
import type { AcceptedRow, CheckpointBuffer } from '../window/checkpoint-buffer.ts';
import { encodeFeatureChunk } from '../window/feature-chunk.ts';
import { isKept } from '../window/kept.ts';

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
 * Writes everything a buffer holds, inside the caller's transaction. Days must exist (`ensureDays`).
 *
 * @returns the rows another checkpoint had claimed first; they are already taken back out of the counts
 */
export async function commitBuffer(
  tx: Tx,
  buffer: CheckpointBuffer,
  stretch: Stretch,
  reevaluateAfterMs: number,
): Promise<ReadonlySet<AcceptedRow>> {
  const duplicates = await claimRows(tx, buffer.rows);
  buffer.retract(duplicates);
  await storeRows(
    tx,
    buffer.rows.filter((row) => isKept(row.model, row.idHash) && !duplicates.has(row)),
  );
  await storeDeltas(tx, buffer, stretch, reevaluateAfterMs);
  await parkLabels(tx, buffer.labels);
  await insertDeadLetters(tx, buffer.deadLetters);
  await addEventCounts(tx, stretch.source, stretch.partition, buffer.counts);
  await addEventsRead(tx, stretch.source, stretch.partition, buffer.read);
  await raiseWatermarks(tx, stretch.source, stretch.partition, buffer.maxEventMs);
  return duplicates;
}

/** Makes the tables that `commitBuffer` will write to. Apart from its transaction: it locks their parents. */
export async function preparePartitions(pool: Pool, buffer: CheckpointBuffer): Promise<void> {
  await ensureDays(pool, daysOf(buffer));
  const claimed = buffer.rows.filter((row) => row.event.predictionId !== null);
  await ensureKeyGenerations(pool, new Set(claimed.map((row) => keyGeneration(row.event.timestampMs))));
}

function daysOf(buffer: CheckpointBuffer): string[] {
  const days = new Set<string>();
  for (const row of buffer.rows) {
    if (isKept(row.model, row.idHash)) days.add(utcDay(row.event.timestampMs));
  }
  return [...days].sort();
}

async function claimRows(tx: Tx, rows: readonly AcceptedRow[]): Promise<Set<AcceptedRow>> {
  const claiming = rows.filter((row) => row.event.predictionId !== null);
  const lost = await claimKeys(
    tx,
    claiming.map((row) => ({
      modelId: row.modelId,
      kind: KEY_KIND[row.event.type],
      idHash: row.idHash,
      eventMs: row.event.timestampMs,
    })),
  );
  return new Set(claiming.filter((_, index) => lost.has(index)));
}

async function storeRows(tx: Tx, rows: readonly AcceptedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const groups = Map.groupBy(rows, (row) => `${row.modelVersionId}/${utcDay(row.event.timestampMs)}`);
  const chunks = [...groups.values()];
  const ids = await insertChunks(
    tx,
    chunks.map((group) => ({
      modelVersionId: group[0]?.modelVersionId ?? 0,
      day: utcDay(group[0]?.event.timestampMs ?? 0),
      rows: group.length,
      data: encodeFeatureChunk(group.map((row) => row.event.features)),
    })),
  );
  const placed = chunks.flatMap((group, chunk) =>
    group.map((row, chunkRow) => ({ row, chunkId: ids[chunk] ?? 0, chunkRow })),
  );
  await insertPredictions(
    tx,
    placed.flatMap(({ row, chunkId, chunkRow }) =>
      row.event.type !== 'prediction'
        ? []
        : {
            modelVersionId: row.modelVersionId,
            idHash: row.idHash,
            predictionId: row.event.predictionId,
            eventMs: row.event.timestampMs,
            prediction: row.event.prediction,
            score: row.event.score,
            holdout: row.event.holdout,
            segments: row.segments,
            chunkId,
            chunkRow,
          },
    ),
  );
  await insertFeatureRows(
    tx,
    placed
      .filter(({ row }) => row.event.type === 'features')
      .map(({ row, chunkId, chunkRow }) => ({
        modelVersionId: row.modelVersionId,
        idHash: row.idHash,
        eventMs: row.event.timestampMs,
        chunkId,
        chunkRow,
      })),
  );
  await wakeWaitingLabels(tx, rows);
}

async function wakeWaitingLabels(tx: Tx, rows: readonly AcceptedRow[]): Promise<void> {
  const byModel = Map.groupBy(
    rows.filter((row) => row.event.type === 'prediction' && row.event.predictionId !== null),
    (row) => row.modelId,
  );
  for (const [modelId, group] of [...byModel].sort((a, b) => a[0] - b[0])) {
    await wakeLabels(
      tx,
      modelId,
      group.map((row) => row.idHash),
    );
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
