import { encodeRowSample } from '../../stats/profile/rows/row-sample-codec.ts';
import { insertDeadLetters } from '../../store/log/dead-letters.ts';
import { addEventCounts, addEventsRead } from '../../store/log/event-counts.ts';
import { addEventNotices } from '../../store/log/event-notices.ts';
import { parkLabels, wakeLabels } from '../../store/labels/labels.ts';
import { ensureDays } from '../../store/predictions/partitions.ts';
import { expectNothingForgotten, type Pool, type Tx } from '../../store/connection/pool.ts';
import {
  addBlockRow,
  addPacks,
  nextBlockId,
  type PackedBlock,
} from '../../store/predictions/prediction-blocks.ts';
import { insertChunk } from '../../store/predictions/prediction-chunks.ts';
import { raiseWatermarks } from '../../store/log/watermarks.ts';
import { addSurplus } from '../../store/windows/surplus-columns.ts';
import { appendParts, type NewPart } from '../../store/windows/window-parts.ts';
import { lockWindowsForWriting, markDirty } from '../../store/windows/windows.ts';
import { type CheckpointBuffer, type SampleDelta, WHOLE } from '../../window/checkpoint/buffer.ts';
import { IdFilter } from '../../window/id-filter.ts';
import { packRows } from '../../window/pack-rows.ts';
import { packBits } from '../../window/prediction-pack.ts';
import type { StoredGroup } from '../../window/checkpoint/stored-rows.ts';
import type { IdLedger } from './id-ledger.ts';
import { type JoinAtOnce, joinAtOnce } from '../labels/join-at-once.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { refuseRecounted } from '../windows/refuse-recounted.ts';

/** The stretch of a log that a buffer holds; it names the deltas, so that none can be stored twice. */
export interface Stretch {
  readonly source: string;
  readonly partition: number;
  /** Of a log that was made anew, whose offsets begin again. Absent: 0. */
  readonly epoch?: number;
  readonly from: bigint;
  readonly to: bigint;
}

export interface CommitOptions {
  readonly ledger: IdLedger;
  readonly catalog: ModelCatalog;
  readonly reevaluateAfterMs: number;
  /** Absent: every label waits for the joiner. */
  readonly atOnce?: JoinAtOnce;
}

/** `commitBuffer` with its options. */
export type CommitCheckpoint = (tx: Tx, buffer: CheckpointBuffer, stretch: Stretch) => Promise<() => void>;

/**
 * Writes everything a buffer holds, inside the caller's transaction. Its tables must exist (`preparePartitions`).
 *
 * @returns what to call once the transaction has committed
 * @throws ForgottenSince when what it holds may be of a feature that was forgotten since
 * @throws ReadAgain when another checkpoint was first with one of its ids, or a window was counted again: the buffer is of no use any more
 */
export async function commitBuffer(
  tx: Tx,
  buffer: CheckpointBuffer,
  stretch: Stretch,
  { ledger, catalog, reevaluateAfterMs, atOnce }: CommitOptions,
): Promise<() => void> {
  if (buffer.asOf !== null) expectNothingForgotten(tx, buffer.asOf);
  // What is large is written first: from the claim until the commit other checkpoints of the model wait.
  const written = [];
  for (const group of buffer.stored.groups) written.push(await writeGroup(tx, group));
  const samples = buffer.samples();
  const parts = partsOf(buffer, samples, stretch);
  const claimed = await ledger.claim(tx, buffer);
  for (const { group, id, block } of written) {
    await addBlockRow(tx, id, { ...block, oldestIdBlock: claimed.blockOf(group) });
    if (group.type === 'prediction') await wakeLabels(tx, group.modelId, group.rows.ids);
  }
  await storeParts(tx, buffer, parts, { catalog, reevaluateAfterMs });
  const waiting = atOnce === undefined ? null : await joinAtOnce(tx, buffer, atOnce);
  await parkLabels(tx, buffer.labels, waiting ?? buffer.labels.map((_, index) => index));
  await insertDeadLetters(tx, buffer.deadLetters);
  await addEventCounts(tx, stretch.source, stretch.partition, buffer.counts);
  await addEventsRead(tx, stretch.source, stretch.partition, buffer.read);
  await addEventNotices(tx, stretch.source, stretch.partition, buffer.notices.entries());
  await addSurplus(tx, buffer.surplus.entries());
  await raiseWatermarks(tx, stretch.source, stretch.partition, buffer.times.seen);
  return () => {
    claimed.committed();
    for (const { window, sample } of samples) buffer.cutoffs.note(window.id, sample);
  };
}

/** Makes the tables that `commitBuffer` will write to. Apart from its transaction: it locks their parents. */
export async function preparePartitions(pool: Pool, buffer: CheckpointBuffer): Promise<void> {
  await ensureDays(pool, [...new Set(buffer.stored.groups.map(({ day }) => day))].sort());
}

interface WrittenGroup {
  readonly group: StoredGroup;
  readonly id: number;
  readonly block: Omit<PackedBlock, 'oldestIdBlock'>;
}

/** Features and packs of rows. They are found once their block is added. */
async function writeGroup(tx: Tx, group: StoredGroup): Promise<WrittenGroup> {
  const { modelId, modelVersionId, day, rows: columns } = group;
  const { ids, length: rows } = columns;
  group.features.seal();
  const chunkId = await insertChunk(tx, { modelVersionId, day, rows }, group.features.encode());
  const bits = packBits(rows, columns.probabilityCount);
  const filter = IdFilter.for(rows);
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (let row = 0; row < rows; row++) {
    filter.add(ids.high(row), ids.low(row));
    const eventMs = columns.eventMs[row] ?? 0;
    fromMs = Math.min(fromMs, eventMs);
    toMs = Math.max(toMs, eventMs);
  }
  const block = {
    modelId,
    kind: group.type === 'prediction' ? (0 as const) : (1 as const),
    day,
    rows,
    bits,
    fromMs,
    toMs,
    filter: filter.encode(),
  };
  const id = await nextBlockId(tx);
  await addPacks(tx, id, day, packRows(columns, { modelVersionId, chunkId }, bits));
  return { group, id, block };
}

/** What its windows and their segments gained, as it is stored. */
function partsOf(buffer: CheckpointBuffer, samples: readonly SampleDelta[], stretch: Stretch): NewPart[] {
  const source = partSource(stretch);
  return [
    ...buffer.deltas().map((delta) => ({
      windowId: delta.window.id,
      segment: delta.segment,
      kind: 'input' as const,
      ...stretch,
      source,
      rows: delta.rows,
      delta: delta.encoded(),
    })),
    ...samples.map(({ window, sample }) => ({
      windowId: window.id,
      segment: WHOLE,
      kind: 'rows' as const,
      ...stretch,
      source,
      rows: sample.rows.length,
      delta: encodeRowSample(sample),
    })),
  ];
}

async function storeParts(
  tx: Tx,
  buffer: CheckpointBuffer,
  parts: readonly NewPart[],
  { catalog, reevaluateAfterMs }: Pick<CommitOptions, 'catalog' | 'reevaluateAfterMs'>,
): Promise<void> {
  const deltas = buffer.deltas();
  if (deltas.length === 0) return;
  // Fed windows too: none of them may close between counting a row and storing it.
  const closed = await lockWindowsForWriting(tx, [...buffer.touched.keys()]);
  await refuseRecounted(
    tx,
    catalog,
    deltas.map(({ window }) => window),
    closed,
  );
  await appendParts(tx, parts);
  await markDirty(tx, closed, buffer.touched, reevaluateAfterMs);
}

/** Offsets name deltas, and those of a log made anew come a second time. */
function partSource({ source, epoch = 0 }: Stretch): string {
  return epoch === 0 ? source : `${source}#${epoch}`;
}
