import type { Task } from '../../core/model.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { UnreadablePart } from '../../store/windows/unreadable-parts.ts';
import {
  type ListedPart,
  listParts,
  loadPartsById,
  type StoredPart,
} from '../../store/windows/window-parts.ts';
import type { StoredBaseline } from './baseline-cache.ts';
import { inPieces } from './in-pieces.ts';
import type { PartsToSum, PartSums } from './sum-parts.ts';

export interface WindowContent {
  /** Adds up to the window. */
  readonly parts: readonly StoredPart[];
  /** In none of them, as far as they were added up. */
  readonly unreadable: readonly UnreadablePart[];
  /** The stored parts those are, or are the sum of. */
  readonly ids: readonly number[];
  /** How many deltas they are the sum of. */
  readonly deltas: number;
}

export interface WindowContentOptions {
  readonly task: Task;
  readonly baseline: StoredBaseline | null;
  readonly sumParts: (input: PartsToSum) => Promise<PartSums>;
  readonly pieceBytes?: number;
  /** Absent: of all of them. */
  readonly segment?: string;
}

/** A window of many checkpoints, segments and features holds a hundred megabytes, and its sum one or two. */
export const PIECE_BYTES = 3 * 2 ** 20;
/** The id of a sum that was made on the way. */
const NOT_STORED = 0;
/** Parts are folded now and then; five times during one reading they are not. */
const MAX_TRIES = 5;

/**
 * Everything that adds up to a window, as of one moment. What is more than `pieceBytes` is read piece by piece, each
 * added to the sum of those before, so that memory does not grow with how often the window was written to.
 */
export async function readContent(
  pool: Pool,
  windowId: number,
  options: WindowContentOptions,
): Promise<WindowContent> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const listed = await listParts(pool, windowId, options.segment ?? null);
    const added = await addUp(pool, windowId, listed, options);
    if (added === null) continue;
    return {
      ...added,
      ids: listed.map(({ id }) => id),
      deltas: listed.reduce((sum, { deltas }) => sum + deltas, 0),
    };
  }
  throw new Error(`parts of window ${windowId} were folded ${MAX_TRIES} times while it was read`);
}

/** Null: some were replaced by their sum meanwhile. Parts are never changed otherwise. */
async function addUp(
  pool: Pool,
  windowId: number,
  listed: readonly ListedPart[],
  { task, baseline, sumParts, pieceBytes = PIECE_BYTES }: WindowContentOptions,
): Promise<Pick<WindowContent, 'parts' | 'unreadable'> | null> {
  const pieces = inPieces(listed, pieceBytes);
  // Rows of training are not looked at, and large.
  const counted = baseline === null ? null : { ...baseline, sample: null };
  let parts: readonly StoredPart[] = [];
  const unreadable: UnreadablePart[] = [];
  for (const piece of pieces) {
    const loaded = await loadPartsById(pool, windowId, piece);
    if (loaded.length !== piece.length) return null;
    if (pieces.length === 1) return { parts: loaded, unreadable };
    const summed = await sumParts({ task, baseline: counted, parts: [...parts, ...loaded] });
    parts = summed.sums.map((sum) => ({ ...sum, id: NOT_STORED }));
    unreadable.push(...summed.unreadable);
  }
  return { parts, unreadable };
}
