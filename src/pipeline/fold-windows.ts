import { encodeRowSample } from '../stats/profile/row-sample-codec.ts';
import { sumRowSamples } from '../stats/profile/sum-row-samples.ts';
import { inTransaction, type Pool } from '../store/pool.ts';
import {
  crowdedWindows,
  foldParts,
  loadSomeParts,
  nextDeltaNumber,
  type NewPart,
  type StoredPart,
} from '../store/window-parts.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { baselineOfWindow, lockOpenWindow } from '../store/windows.ts';
import { newInputs, newLabels, readInputs, readLabels } from '../window/part-profiles.ts';

/** A day of checkpoints every few seconds is some ten thousand parts; their sum is one. */
const CROWDED_FROM_PARTS = 128;
const PARTS_AT_ONCE = 256;
const WINDOWS_AT_ONCE = 20;

/**
 * Replaces the many small deltas of a window by their sum while it is still open, so that neither its rows nor the
 * memory of its evaluation grow with the number of checkpoints. Writers only add parts, so they are not disturbed.
 *
 * @returns how many windows were folded
 */
export async function foldCrowdedWindows(pool: Pool, catalog: ModelCatalog): Promise<number> {
  const crowded = await crowdedWindows(pool, CROWDED_FROM_PARTS, WINDOWS_AT_ONCE);
  let folded = 0;
  for (const windowId of crowded) if (await foldSome(pool, catalog, windowId)) folded += 1;
  return folded;
}

async function foldSome(pool: Pool, catalog: ModelCatalog, windowId: number): Promise<boolean> {
  const window = await baselineOfWindow(pool, windowId);
  const model = window === null ? null : catalog.model(window.modelName);
  if (window === null || model === null) return false;
  const reference = window.baselineId === null ? null : await catalog.reference(window.baselineId);
  const { task } = model.spec;
  return await inTransaction(pool, async (tx) => {
    // An evaluation folds closed windows; only one of the two may.
    if (!(await lockOpenWindow(tx, windowId))) return false;
    const parts = await loadSomeParts(tx, windowId, PARTS_AT_ONCE);
    const number = await nextDeltaNumber(tx);
    const sums = [...Map.groupBy(parts, (part) => `${part.kind}\u0000${part.segment}`).values()].map(
      (group): NewPart => ({
        windowId,
        segment: group[0]?.segment ?? '',
        kind: group[0]?.kind ?? 'input',
        source: 'folded',
        partition: 0,
        from: number,
        to: number + 1n,
        rows: group.reduce((sum, part) => sum + part.rows, 0),
        delta: sumOf(group),
      }),
    );
    return await foldParts(
      tx,
      windowId,
      parts.map((part) => part.id),
      sums,
    );
  });

  function sumOf(group: readonly StoredPart[]): Uint8Array {
    const part = group[0]?.segment ?? '';
    if (group[0]?.kind === 'label') {
      const sum = newLabels(part, reference, task);
      for (const { delta } of group) sum.merge(readLabels(part, delta, reference, task));
      return sum.encode();
    }
    if (group[0]?.kind === 'rows') {
      if (reference === null) throw new Error(`window ${windowId} has rows and no baseline to read them by`);
      const deltas = group.map(({ delta }) => delta);
      return encodeRowSample(sumRowSamples(deltas, reference));
    }
    const sum = newInputs(part, reference, task);
    for (const { delta } of group) sum.merge(readInputs(part, delta, reference, task));
    return sum.encode();
  }
}
