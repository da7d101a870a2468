import type { Task } from '../core/model.ts';
import type { Pool } from '../store/pool.ts';
import { listParts, loadPartsById, type ListedPart } from '../store/window-parts.ts';
import type { StoredBaseline } from './baseline-cache.ts';
import type { PartsToSum, WindowPart } from './sum-parts.ts';

export interface WindowContent {
  /** Adds up to the window. */
  readonly parts: readonly WindowPart[];
  /** The stored parts those are, or are the sum of. */
  readonly ids: readonly number[];
  /** How many deltas they are the sum of. */
  readonly deltas: number;
}

export interface ContentOptions {
  readonly task: Task;
  readonly baseline: StoredBaseline | null;
  readonly sumParts: (input: PartsToSum) => Promise<WindowPart[]>;
  readonly pieceBytes?: number;
}

/** A window of many checkpoints, segments and features holds a hundred megabytes, and its sum one or two. */
const PIECE_BYTES = 8 * 2 ** 20;
/** Parts are folded now and then; five times during one reading they are not. */
const MAX_TRIES = 5;

/**
 * Everything that adds up to a window, as of one moment. What is more than `pieceBytes` is read piece by piece, each
 * added to the sum of those before, so that memory does not grow with how often the window was written to.
 */
export async function readContent(
  pool: Pool,
  windowId: number,
  options: ContentOptions,
): Promise<WindowContent> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const listed = await listParts(pool, windowId);
    const parts = await addUp(pool, windowId, listed, options);
    if (parts === null) continue;
    return {
      parts,
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
  { task, baseline, sumParts, pieceBytes = PIECE_BYTES }: ContentOptions,
): Promise<readonly WindowPart[] | null> {
  const pieces = inPieces(listed, pieceBytes);
  let sum: readonly WindowPart[] = [];
  for (const piece of pieces) {
    const parts = await loadPartsById(pool, windowId, piece);
    if (parts.length !== piece.length) return null;
    sum = pieces.length === 1 ? parts : await sumParts({ task, baseline, parts: [...sum, ...parts] });
  }
  return sum;
}

function inPieces(listed: readonly ListedPart[], pieceBytes: number): number[][] {
  const pieces: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const part of listed) {
    if (bytes + part.bytes > pieceBytes) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(part.id);
    bytes += part.bytes;
  }
  return pieces;
}
