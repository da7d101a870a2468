import { inTransaction, type Pool } from '../store/pool.ts';
import {
  crowdedWindows,
  foldParts,
  loadSomeParts,
  nextDeltaNumber,
  type NewPart,
} from '../store/window-parts.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { baselineOfWindow, lockOpenWindow } from '../store/windows.ts';
import { sumParts } from './sum-parts.ts';

/** A day of checkpoints every few seconds is some ten thousand parts; their sum is one. */
const CROWDED_FROM_PARTS = 128;
const AT_ONCE = { parts: 256, bytes: 16 * 2 ** 20 };
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
    const parts = await loadSomeParts(tx, windowId, AT_ONCE);
    const number = await nextDeltaNumber(tx);
    const sums = sumParts(parts, reference, task).map((sum): NewPart => ({
      ...sum,
      windowId,
      source: 'folded',
      partition: 0,
      from: number,
      to: number + 1n,
    }));
    return await foldParts(
      tx,
      windowId,
      parts.map((part) => part.id),
      sums,
    );
  });
}
