import { idHash } from '../../core/ids/id-hash.ts';
import { decodeRowSample, encodeRowSample } from '../../stats/profile/rows/row-sample-codec.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { loadBaseline } from '../../store/evaluation/baselines.ts';
import {
  forgetRows,
  type ForgottenRows,
  loadSampleParts,
  replaceSample,
} from '../../store/history/forget-rows.ts';
import { loadChunkForUpdate, replaceChunk } from '../../store/predictions/prediction-chunks.ts';
import { deleteBlocks, listBlocks, waitForMerging } from '../../store/predictions/prediction-blocks.ts';
import { decodeFeatureChunk, FeatureChunkBuilder } from '../../window/feature-chunk.ts';
import type { KeptRow } from '../../window/prediction-pack.ts';
import { BaselineCache } from '../windows/baseline-cache.ts';
import { isNamedIn, spellingsOf } from './json-spellings.ts';
import { rewriteBlocks } from '../predictions/merge-predictions.ts';
import { halvesOf, PredictionFinder } from '../predictions/prediction-finder.ts';

/** What was kept of a prediction, and is no more. */
export interface Forgotten extends ForgottenRows {
  /** Kept rows, of the prediction and of features logged apart. */
  readonly predictions: number;
  /** Windows whose sample of rows it was in. */
  readonly samples: number;
}

/** Windows whose samples are in memory at once. */
const WINDOWS_AT_ONCE = 50;
const BOTH_KINDS = [0, 1] as const;

class Rehearsed extends Error {}

/**
 * Takes one prediction out of all that is kept: its row and features, its labels, those that wait, samples of windows, and messages that
 * could not be read and name it. All in one transaction. Counts and verdicts stay: they name nobody. Its hash stays among
 * the ids that were met lately, so that the same event is known as a repetition when a log brings it again.
 *
 * @param isDry everything is done and taken back
 */
export async function forgetPrediction(
  pool: Pool,
  {
    id,
    modelIds,
    isDry,
  }: { readonly id: string; readonly modelIds: readonly number[]; readonly isDry: boolean },
): Promise<Forgotten> {
  let forgotten: Forgotten | null = null;
  try {
    await inTransaction(pool, async (tx) => {
      forgotten = await forget(tx, id, modelIds);
      if (isDry) throw new Rehearsed();
    });
  } catch (error) {
    if (!(error instanceof Rehearsed)) throw error;
  }
  if (forgotten === null) throw new Error('nothing was looked at');
  return forgotten;
}

async function forget(tx: Tx, id: string, modelIds: readonly number[]): Promise<Forgotten> {
  const hash = idHash(id);
  const kept: KeptRow[] = [];
  for (const modelId of modelIds)
    for (const kind of BOTH_KINDS) kept.push(...(await forgetKept(tx, { modelId, kind }, hash)));
  const [first] = kept;
  const samples = await forgetSampled(tx, modelIds, hash, first?.eventMs ?? null);
  const named = { id, hash, spellings: spellingsOf(id), isNamedIn: (text: string) => isNamedIn(text, id) };
  const rows = await forgetRows(tx, named, modelIds);
  return { predictions: kept.length, samples, ...rows };
}

/** Blocks are made anew without it; a row of a chunk of features is emptied, since the others are found by their place. */
async function forgetKept(
  tx: Tx,
  space: { readonly modelId: number; readonly kind: 0 | 1 },
  hash: bigint,
): Promise<KeptRow[]> {
  await waitForMerging(tx, space);
  const finder = new PredictionFinder();
  const half = halvesOf(hash);
  const kept: KeptRow[] = [];
  for (const block of await listBlocks(tx, space)) {
    const [row] = (await finder.findIn(tx, [block], [half])) ?? [];
    if (row === undefined) continue;
    kept.push(row);
    await emptyFeatures(tx, block.day, row);
    await rewriteBlocks(tx, [block], (each) =>
      each.high === half.high && each.low === half.low ? null : each,
    );
    await deleteBlocks(tx, block.day, [block.id]);
  }
  return kept;
}

async function emptyFeatures(tx: Tx, day: string, { chunkId, chunkRow }: KeptRow): Promise<void> {
  const data = await loadChunkForUpdate(tx, chunkId, day);
  if (data === null) return;
  const chunk = new FeatureChunkBuilder();
  for (const [row, features] of decodeFeatureChunk(data).entries())
    chunk.add(row === chunkRow ? new Map() : features);
  await replaceChunk(tx, chunkId, day, chunk.encode());
}

async function forgetSampled(
  tx: Tx,
  modelIds: readonly number[],
  hash: bigint,
  eventMs: number | null,
): Promise<number> {
  const baselines = new BaselineCache();
  const windows = new Set<number>();
  for (let after = 0; ;) {
    const parts = await loadSampleParts(tx, modelIds, eventMs, after, WINDOWS_AT_ONCE);
    if (parts.length === 0) return windows.size;
    for (const part of parts) {
      const { reference } = baselines.open(await loadBaseline(tx, part.baselineId));
      const sample = decodeRowSample(part.delta, reference, null);
      if (sample.remove(hash) === null) continue;
      windows.add(part.windowId);
      await replaceSample(tx, part, sample.rows.length, encodeRowSample(sample));
    }
    after = parts.at(-1)!.windowId;
  }
}
