import type { Queryable } from '../connection/pool.ts';

/**
 * Whether a verdict on windows of this size is on its way: an evaluation is asked for and not done, or the time of one has come
 * and the next sweep asks for it.
 */
export async function isToBeJudged(
  db: Queryable,
  { modelVersionId, sizeMs }: { readonly modelVersionId: number; readonly sizeMs: number },
  matureAfterMs: number,
  nowMs: number,
): Promise<boolean> {
  const found = await db.query<{ isDue: boolean }>(
    `with own as (select * from "window" where model_version_id = $1 and size_ms = $2 and not pane_only)
     select exists (select from own where evaluation_due_at <= $4 and state <> 'open')
       or exists (select from own where state = 'open' and end_at + grace_ms * interval '1 millisecond' <= $4)
       or exists (select from own where state = 'closed' and end_at + $3 * interval '1 millisecond' <= $4)
       or exists (
         select from outbox o join own on own.id = (o.payload->>'windowId')::bigint
         where o.kind = 'evaluate' and o.done_at is null and o.available_at <= $4
       ) as "isDue"`,
    [modelVersionId, sizeMs, matureAfterMs, new Date(nowMs)],
  );
  return found.rows[0]?.isDue === true;
}
