import { errorMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { isOutage } from '../../store/connection/outage.ts';
import { expectNothingForgotten, inTransaction, type Pool } from '../../store/connection/pool.ts';
import { forgetReadParts } from '../../store/windows/unreadable-parts.ts';
import {
  crowdedWindows,
  foldParts,
  loadSomeParts,
  nextDeltaNumber,
  type NewPart,
} from '../../store/windows/window-parts.ts';
import { keepingUp } from './keep-up.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { noteUnreadable } from './note-unreadable.ts';
import { baselineOfWindow, lockOpenWindow } from '../../store/windows/windows.ts';
import { sumParts } from './sum-parts.ts';

/** A day of checkpoints every few seconds is some ten thousand parts; their sum is one. */
const CROWDED_FROM_PARTS = 128;
const AT_ONCE = { parts: 256, bytes: 16 * 2 ** 20 };
const WINDOWS_AT_ONCE = 20;

/** Looks of one turn: windows that cannot be folded must not keep the others from it. */
const MOST_LOOKS = 20;

/**
 * Replaces the many small deltas of a window by their sum while it is still open, so that neither its rows nor the
 * memory of its evaluation grow with the number of checkpoints. Writers only add parts, so they are not disturbed. A
 * part that does not decode is left where it is and written down; a window that cannot be folded at all is passed over,
 * and fails the turn once the others are done.
 *
 * @returns how many windows were folded
 */
export async function foldCrowdedWindows(pool: Pool, catalog: ModelCatalog, log: Log): Promise<number> {
  const failed = new Map<number, unknown>();
  let folded = 0;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const crowded = await crowdedWindows(pool, CROWDED_FROM_PARTS, WINDOWS_AT_ONCE, [...failed.keys()]);
    const before = folded + failed.size;
    for (const windowId of crowded) {
      try {
        const fold = async (): Promise<boolean> => await foldSome(pool, catalog, log, windowId);
        if (await keepingUp(catalog, fold)) folded += 1;
      } catch (error) {
        if (isOutage(error)) throw error;
        failed.set(windowId, error);
        log.error({ windowId, error: errorMessage(error) }, 'a window could not be folded');
      }
    }
    if (crowded.length < WINDOWS_AT_ONCE || folded + failed.size === before) break;
  }
  await forgetReadParts(pool);
  const [first] = failed;
  if (first === undefined) return folded;
  const others = failed.size === 1 ? '' : ` and ${failed.size - 1} others`;
  throw new Error(`window ${first[0]}${others} could not be folded: ${errorMessage(first[1])}`);
}

async function foldSome(pool: Pool, catalog: ModelCatalog, log: Log, windowId: number): Promise<boolean> {
  const window = await baselineOfWindow(pool, windowId);
  const model = window === null ? null : catalog.model(window.modelName);
  if (window === null || model === null) return false;
  const { asOf } = catalog;
  const reference = window.baselineId === null ? null : await catalog.reference(window.baselineId);
  const { task } = model.spec;
  return await inTransaction(pool, async (tx) => {
    expectNothingForgotten(tx, asOf);
    // An evaluation folds closed windows; only one of the two may.
    if (!(await lockOpenWindow(tx, windowId))) return false;
    const parts = await loadSomeParts(tx, windowId, AT_ONCE);
    const { sums, unreadable } = sumParts(parts, reference, task);
    await noteUnreadable(tx, log, { windowId, model: window.modelName }, unreadable);
    const out = new Set(unreadable.map(({ id }) => id));
    const number = await nextDeltaNumber(tx);
    return await foldParts(
      tx,
      windowId,
      parts.flatMap(({ id }) => (out.has(id) ? [] : id)),
      sums.map((sum): NewPart => ({
        ...sum,
        windowId,
        source: 'folded',
        partition: 0,
        from: number,
        to: number + 1n,
      })),
    );
  });
}
