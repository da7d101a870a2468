/** What is taken out of windows to be added up: what is answered is deleted in the same statement, so it is added once or not at all. */
import type { Task } from '../../core/model.ts';
import type { Tx } from '../connection/pool.ts';

/** Counts that were deleted, and what they belong to. */
export interface TakenCounts {
  readonly id: number;
  readonly modelVersionId: number;
  readonly baselineId: number | null;
  readonly task: Task;
  /** First day of what they are added to; null: to nothing. */
  readonly start: string | null;
  readonly segment: string;
  readonly kind: 'input' | 'label';
  readonly rows: number;
  /** Of how many windows they are the first. */
  readonly windows: number;
  readonly storedMs: number;
  readonly delta: Uint8Array;
}

/** It holds all its rows itself, whatever smaller or larger windows there are, and lies within a UTC day. Windows of so many rows have no counts of their own. */
const IS_PIECE_OF_DAY = (w: string): string => `${w}.size_ms > 0 and ${w}.pane_ms is null
  and ${w}.end_at <= (date_trunc('day', ${w}.start_at at time zone 'UTC') + interval '1 day') at time zone 'UTC'`;

/**
 * The day that the counts of a window `w` are added to; null: none. Of those that overlap it is the largest, so that a row is in it once, and none is
 * missing where a smaller size was configured while it was open.
 */
export const DAY_OF_WINDOW = `case when ${IS_PIECE_OF_DAY('w')}
    and not exists (select from "window" n
      where n.model_version_id = w.model_version_id and n.size_ms > w.size_ms and n.start_at < w.end_at and n.end_at > w.start_at
        and ${IS_PIECE_OF_DAY('n')})
  then (w.start_at at time zone 'UTC')::date::text end`;

/**
 * Takes counts out of windows, not more than some bytes of them beside those of the segment that passes it. What belongs to one row of a
 * day comes together. The windows are locked; whoever calls holds `lockDayProfiles`.
 *
 * @returns none: the windows have no more
 */
export async function takeCounts(
  tx: Tx,
  windowIds: readonly number[],
  mostBytes: number,
): Promise<TakenCounts[]> {
  await tx.query('select from "window" where id = any($1::bigint[]) order by id for update', [windowIds]);
  const taken = await tx.query<TakenCounts>(
    `with w as (
       select w.id, w.model_version_id, w.baseline_id, m.task, w.created_at, w.added_at is null as is_new, ${DAY_OF_WINDOW} as start
       from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
       where w.id = any($1::bigint[])
     ), listed as (
       select p.window_id, p.id, sum(octet_length(p.delta)) over whole as bytes, sum(octet_length(p.delta)) over own as own_bytes
       from window_part p join w on w.id = p.window_id
       where p.window_id = any($1::bigint[]) and p.kind <> 'rows'
       window whole as (order by w.model_version_id, w.baseline_id, w.start, p.segment, p.kind, p.window_id),
         own as (partition by p.segment, p.kind, p.window_id)
     ), gone as (
       delete from window_part p using listed l
       where p.window_id = any($1::bigint[]) and p.window_id = l.window_id and p.id = l.id and l.bytes - l.own_bytes < $2
       returning p.id, p.window_id, p.segment, p.kind, p.rows, p.delta
     )
     select g.id::float8 as id, w.model_version_id as "modelVersionId", w.baseline_id::float8 as "baselineId", w.task, w.start, g.segment,
       g.kind, g.rows::float8 as rows, extract(epoch from w.created_at)::float8 * 1000 as "storedMs",
       (w.is_new and row_number() over (partition by g.window_id, g.segment, g.kind order by g.id) = 1)::int as windows,
       case when w.start is null then '' else g.delta end as delta
     from gone g join w on w.id = g.window_id order by g.window_id, g.id`,
    [windowIds, mostBytes],
  );
  await tx.query(
    `update "window" w set added_at = now() where w.id = any($1::bigint[]) and w.added_at is null
       and not exists (select from window_part p where p.window_id = w.id and p.kind <> 'rows')`,
    [windowIds],
  );
  return taken.rows;
}
