import { setTimeout as sleep } from 'node:timers/promises';
import { markOfName } from '../../../core/history/forgotten-names.ts';
import type { Task } from '../../../core/model.ts';
import { shortName } from '../../../window/checkpoint/surplus-counts.ts';
import { chunkWithout } from '../../../window/feature-chunk.ts';
import { inRehearsal, inTransaction, type Pool, type Tx } from '../../../store/connection/pool.ts';
import {
  deleteDeadLetters,
  findDeadLetters,
  forgetNames,
  isNamedInBlock,
  isSegment,
  pageOfChunks,
} from '../../../store/history/feature-rows.ts';
import {
  addForgotten,
  loadForgotten,
  raiseForgotten,
  removeForgotten,
  writersAtWork,
} from '../../../store/history/forgotten-features.ts';
import {
  hasTable,
  rewriteTold,
  TOLD_TABLES,
  type ToldForm,
  type ToldKind,
} from '../../../store/history/told-rows.ts';
import { deleteBlocks, listBlocks, waitForMerging } from '../../../store/predictions/prediction-blocks.ts';
import { loadChunkForUpdate, replaceChunk } from '../../../store/predictions/prediction-chunks.ts';
import { rewriteBlocks } from '../../predictions/merge-predictions.ts';
import { readingsOf, spellingsOf } from '../json-spellings.ts';
import { forgetInDays } from './forgotten-days.ts';
import { forgetInBaselines, ownLevels } from './forgotten-baselines.ts';
import { type ForgottenInWindows, forgetInWindows } from './forgotten-windows.ts';
import { ForgottenWords } from './forgotten-words.ts';
import type { Forgetting } from './forgetting.ts';

/** What was kept of a feature, and is no more: how many of each said something of it. */
export interface ForgottenFeature extends ForgottenInWindows, Record<ToldKind, number> {
  baselines: number;
  /** Counts of days and weeks. */
  days: number;
  /** Chunks of kept predictions. */
  chunks: number;
  /** Blocks of kept predictions, where segments were made of it. */
  blocks: number;
  dead_letters: number;
  /** Habits, places of columns, settings. */
  names: number;
}

export interface FeatureToForget {
  readonly model: { readonly id: number; readonly name: string; readonly task: Task };
  readonly name: string;
  readonly isDry: boolean;
  readonly onProgress?: (said: string) => void;
}

/** After the first, what others wrote meanwhile of what they had read before. */
const MOST_PASSES = 6;
const AT_ONCE = 100;
const LOOK_EVERY_MS = 100;
/** Longer than any transaction of ours. */
const WRITERS_END_WITHIN_MS = 120_000;

/**
 * Takes a feature out of all that is kept of a model, and has it dropped from then on. First of all its mark is stored and the model's
 * baselines are without it, in one transaction: from then on no process stores what it read before (`ForgottenSince`). The rest is gone
 * through in steps, again and again until a pass finds nothing; killed at any point, it is run again from the beginning. A part that does not
 * decode is left.
 */
export async function forgetFeature(pool: Pool, feature: FeatureToForget): Promise<ForgottenFeature> {
  const { model, name, isDry, onProgress = () => undefined } = feature;
  const { secret } = await loadForgotten(pool);
  const words = new ForgottenWords(name, secret, await ownLevels(pool, model.id, name));
  const spellings = spellingsOf(name).map((bytes) => bytes.toString());
  const inStep = isDry ? inRehearsal : inTransaction;
  const forgetting: Forgetting = { model, words, spellings, inStep, isDry, onProgress };
  const found = nothing();
  found.baselines = await inStep(pool, async (tx) => {
    await addForgotten(tx, model.id, markOfName(secret, model.id, name));
    const changed = await forgetInBaselines(tx, model.id, name);
    await raiseForgotten(tx);
    return changed;
  });
  let madeSegments = await isSegment(pool, model.id, name);
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    if (!isDry) await writersEnd(pool, onProgress);
    const passed = await onePass(pool, forgetting, madeSegments);
    for (const kind of Object.keys(passed) as (keyof ForgottenFeature)[]) {
      // Found again by each pass.
      if (kind === 'unreadable') found.unreadable = passed.unreadable;
      else found[kind] += passed[kind];
    }
    const { unreadable: _left, ...changed } = passed;
    if (isDry || Object.values(changed).every((count) => count === 0)) return found;
    madeSegments ||= passed.segments > 0;
    await raiseForgotten(pool);
  }
  onProgress(`still something of it was written during ${MOST_PASSES} passes; run it once more`);
  return found;
}

/** From now on it is counted again where logs bring it. @returns whether it was forgotten */
export async function undoForgotten(pool: Pool, modelId: number, name: string): Promise<boolean> {
  const { secret } = await loadForgotten(pool);
  return await inTransaction(pool, async (tx) => {
    const was = await removeForgotten(tx, modelId, markOfName(secret, modelId, name));
    if (was) await raiseForgotten(tx);
    return was;
  });
}

/** Waits for transactions that began before the number was raised: those after it know better. */
async function writersEnd(pool: Pool, onProgress: Forgetting['onProgress']): Promise<void> {
  const before = await writersAtWork(pool);
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const now = new Set(await writersAtWork(pool));
    const left = before.filter((writer) => now.has(writer));
    if (left.length === 0) return;
    if (waitedMs >= WRITERS_END_WITHIN_MS) {
      onProgress(
        `transactions of long ago are still at work (pid ${left.join(', ')}); not waited for any longer`,
      );
      return;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function onePass(pool: Pool, forgetting: Forgetting, madeSegments: boolean): Promise<ForgottenFeature> {
  const found: ForgottenFeature = { ...nothing(), ...(await forgetInWindows(pool, forgetting)) };
  found.days = await forgetInDays(pool, forgetting, found);
  found.chunks = await forgetInChunks(pool, forgetting);
  if (madeSegments || found.segments > 0) found.blocks = await forgetInBlocks(pool, forgetting);
  for (const told of TOLD_TABLES) {
    if (!(await hasTable(pool, told.table))) continue;
    const { model, words, spellings, isDry } = forgetting;
    const rewrite = (value: unknown, form: ToldForm): unknown => toldOf(value, form, words, model.name);
    found[told.counts] += await rewriteTold(pool, told, { model, spellings, isDry, rewrite });
  }
  found.dead_letters = await forgetDeadLetters(pool, forgetting);
  const { model, words, inStep } = forgetting;
  const named = { modelId: model.id, name: words.name, shortName: shortName(words.name) };
  found.names = await inStep(pool, async (tx) => await forgetNames(tx, named));
  return found;
}

async function forgetInChunks(pool: Pool, { model, words, inStep, onProgress }: Forgetting): Promise<number> {
  let changed = 0;
  for (let after = 0, seen = 0; ;) {
    const chunks = await pageOfChunks(pool, model.id, after, AT_ONCE);
    const last = chunks.at(-1);
    if (last === undefined) return changed;
    for (const { id, day } of chunks) {
      const isChanged = await inStep(pool, async (tx) => {
        const data = await loadChunkForUpdate(tx, id, day);
        const kept = data === null ? null : chunkWithout(data, words.name);
        if (kept !== null) await replaceChunk(tx, id, day, kept);
        return kept !== null;
      });
      if (isChanged) changed += 1;
    }
    after = last.id;
    seen += chunks.length;
    onProgress(`${seen.toLocaleString('en')} chunks of kept predictions`);
  }
}

async function forgetInBlocks(pool: Pool, { model, words, inStep }: Forgetting): Promise<number> {
  const inJson = JSON.stringify(words.name).slice(1, -1);
  const prefixes = [`"${inJson}=`, `:${inJson}=`];
  let changed = 0;
  for (const kind of [0, 1] as const) {
    for (const block of await listBlocks(pool, { modelId: model.id, kind })) {
      if (!(await isNamedInBlock(pool, block, prefixes))) continue;
      await inStep(pool, async (tx: Tx) => {
        await waitForMerging(tx, block);
        await rewriteBlocks(tx, [block], (row) => ({
          ...row,
          segments: row.segments.map((segment) => words.segment(segment) ?? segment),
        }));
        await deleteBlocks(tx, block.day, [block.id]);
      });
      changed += 1;
    }
  }
  return changed;
}

async function forgetDeadLetters(
  pool: Pool,
  { model, words, spellings, inStep }: Forgetting,
): Promise<number> {
  let gone = 0;
  for (let after = 0; ;) {
    const found = await inStep(pool, async (tx) => {
      const letters = await findDeadLetters(tx, { model: model.name, spellings }, after, AT_ONCE);
      const named = letters.filter(({ texts }) =>
        texts.some((bytes) => readingsOf(bytes.toString()).some((text) => words.isNamed(text))),
      );
      await deleteDeadLetters(
        tx,
        named.map(({ id }) => id),
      );
      return { last: letters.at(-1)?.id, named: named.length };
    });
    if (found.last === undefined) return gone;
    after = found.last;
    gone += found.named;
  }
}

/** Of a digest only what it says of the model. */
function toldOf(value: unknown, form: ToldForm, words: ForgottenWords, model: string): unknown {
  if (form === 'free') return words.json(value, true);
  const digest = digestOf(value);
  if (digest === null) return words.said(value);
  const groups = digest.groups.map((group) => (group.model === model ? words.said(group) : group));
  const { notification, ...rest } = value as { readonly notification: object };
  return { ...rest, notification: { ...notification, digest: { ...digest, groups } } };
}

function digestOf(value: unknown): { readonly groups: readonly { readonly model: string }[] } | null {
  const payload = value as { notification?: { digest?: { groups: { model: string }[] } } } | null;
  return typeof payload === 'object' ? (payload?.notification?.digest ?? null) : null;
}

function nothing(): ForgottenFeature {
  return {
    baselines: 0,
    days: 0,
    chunks: 0,
    blocks: 0,
    parts: 0,
    measurements: 0,
    comparisons: 0,
    verdicts: 0,
    segments: 0,
    unreadable: 0,
    dead_letters: 0,
    names: 0,
    incidents: 0,
    messages: 0,
    retrainings: 0,
    silences: 0,
    batches: 0,
    notes: 0,
  };
}
