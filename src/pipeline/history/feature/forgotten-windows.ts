import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Pool, Tx } from '../../../store/connection/pool.ts';
import {
  countWindowsOf,
  deleteMeasurements,
  loadPartsToRewrite,
  loadStoredComparisons,
  type PagedWindow,
  pageOfWindows,
  renameSegment,
  replaceComparison,
  replacePart,
  rewriteSaid,
  segmentsNaming,
} from '../../../store/history/feature-rows.ts';
import { rewrittenPart } from './forgotten-parts.ts';
import { ReferencesWithout } from './references-without.ts';
import type { Forgetting } from './forgetting.ts';

const WINDOWS_AT_ONCE = 50;
const PARTS_AT_ONCE = 50;

/** What was kept of windows. */
export interface ForgottenInWindows {
  parts: number;
  measurements: number;
  comparisons: number;
  verdicts: number;
  segments: number;
  /** Parts that do not decode: they are left as they are. */
  unreadable: number;
}

/** Goes through the windows of a model, some at a time. */
export async function forgetInWindows(pool: Pool, forgetting: Forgetting): Promise<ForgottenInWindows> {
  const { model, onProgress } = forgetting;
  const found = { parts: 0, measurements: 0, comparisons: 0, verdicts: 0, segments: 0, unreadable: 0 };
  const all = await countWindowsOf(pool, model.id);
  const references = new ReferencesWithout(pool, forgetting.words.name);
  for (let after = 0, seen = 0; ;) {
    const windows = await pageOfWindows(pool, model.id, after, WINDOWS_AT_ONCE);
    const last = windows.at(-1);
    if (last === undefined) return found;
    await forgetSaid(pool, windows, forgetting, found);
    await forgetParts(pool, windows, references, forgetting, found);
    after = last.id;
    seen += windows.length;
    onProgress(`${seen.toLocaleString('en')} of ${all.toLocaleString('en')} windows`);
  }
}

async function forgetSaid(
  pool: Pool,
  windows: readonly PagedWindow[],
  { words, spellings, inStep }: Forgetting,
  found: ForgottenInWindows,
): Promise<void> {
  const windowIds = windows.map(({ id }) => id);
  const said = await inStep(pool, async (tx) => ({
    measurements: await deleteMeasurements(tx, windowIds, words.name),
    comparisons: await forgetComparisons(tx, windowIds, words),
    verdicts:
      (await rewriteSaid(tx, 'verdict', { windowIds, spellings }, (value) => words.said(value))) +
      (await rewriteSaid(tx, 'measurement', { windowIds, spellings }, (value) => words.said(value))),
    segments: await renameSegments(tx, windowIds, words),
  }));
  found.measurements += said.measurements;
  found.comparisons += said.comparisons;
  found.verdicts += said.verdicts;
  found.segments += said.segments;
}

async function renameSegments(
  tx: Tx,
  windowIds: readonly number[],
  words: Forgetting['words'],
): Promise<number> {
  let renamed = 0;
  for (const segment of await segmentsNaming(tx, windowIds, `${words.name}=`)) {
    const neutral = words.segment(segment);
    if (neutral === null) continue;
    await renameSegment(tx, windowIds, segment, neutral);
    renamed += 1;
  }
  return renamed;
}

async function forgetComparisons(
  tx: Tx,
  windowIds: readonly number[],
  words: Forgetting['words'],
): Promise<number> {
  let changed = 0;
  for (const comparison of await loadStoredComparisons(tx, windowIds)) {
    const text = zstdDecompressSync(comparison.columns).toString();
    const kept = JSON.stringify(words.said(JSON.parse(text)));
    if (kept === text) continue;
    await replaceComparison(tx, comparison, zstdCompressSync(kept));
    changed += 1;
  }
  return changed;
}

async function forgetParts(
  pool: Pool,
  windows: readonly PagedWindow[],
  references: ReferencesWithout,
  { model, words, inStep }: Forgetting,
  found: ForgottenInWindows,
): Promise<void> {
  const baselineOf = new Map(windows.map(({ id, baselineId }) => [id, baselineId]));
  for (let after = 0; ;) {
    const parts = await loadPartsToRewrite(pool, [...baselineOf.keys()], after, PARTS_AT_ONCE);
    const last = parts.at(-1);
    if (last === undefined) return;
    after = last.id;
    for (const part of parts) {
      const baseline = await references.of(baselineOf.get(part.windowId) ?? null);
      const bytes = rewrittenPart(part, baseline, model.task, words);
      if (!bytes.ok) found.unreadable += 1;
      const kept = bytes.ok ? bytes.value : null;
      if (kept === null) continue;
      if (await inStep(pool, async (tx) => await replacePart(tx, part, kept))) found.parts += 1;
    }
  }
}
