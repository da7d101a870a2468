import type { Log } from '../../core/log.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { recordUnreadable, type UnreadablePart } from '../../store/windows/unreadable-parts.ts';

/** Writes down what does not decode, for `doctor` and the metrics, and says so once. */
export async function noteUnreadable(
  db: Queryable,
  log: Log,
  { windowId, model }: { readonly windowId: number; readonly model: string },
  parts: readonly UnreadablePart[],
): Promise<void> {
  for (const { id, segment, kind, error } of await recordUnreadable(db, windowId, parts)) {
    log.error(
      { model, windowId, partId: id, segment, kind, error, reason: 'part_unreadable' },
      'a part of a window does not decode and is left out',
    );
  }
}
