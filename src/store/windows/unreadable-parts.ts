import type { Queryable } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';
import type { PartKind, StoredPart } from './window-parts.ts';

/** A part that does not decode. */
export interface UnreadablePart extends Pick<StoredPart, 'id' | 'segment' | 'kind'> {
  readonly error: string;
}

/** Writes down parts that do not decode. Answers those that were not known before. */
export async function recordUnreadable(
  db: Queryable,
  windowId: number,
  parts: readonly UnreadablePart[],
): Promise<UnreadablePart[]> {
  if (parts.length === 0) return [];
  const recorded = await db.query<{ id: number }>(
    `insert into unreadable_part (part_id, window_id, segment, kind, error)
     select p.part_id, $1, p.segment, p.kind, p.error
     from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as p (part_id, segment, kind, error)
     on conflict do nothing returning part_id as id`,
    [
      windowId,
      parts.map(({ id }) => id),
      parts.map(({ segment }) => segment),
      parts.map(({ kind }) => kind),
      parts.map(({ error }) => storableText(error)),
    ],
  );
  const fresh = new Set(recorded.rows.map(({ id }) => id));
  return parts.filter(({ id }) => fresh.has(id));
}

/** Forgets parts that are not there any more: a process that could read them has added them up. */
export async function forgetReadParts(db: Queryable): Promise<void> {
  await db.query(
    `delete from unreadable_part u where not exists (
       select 1 from window_part p where p.window_id = u.window_id and p.id = u.part_id)`,
  );
}

export interface UnreadableRow {
  model: string;
  version: string;
  window_id: string;
  window_start: string;
  segment: string;
  kind: PartKind;
  part_id: string;
  error: string;
  seen_at: string;
}

export interface UnreadableCount {
  model: string;
  parts: number;
  windows: number;
}
