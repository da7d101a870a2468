import type { Queryable } from '../connection/pool.ts';
import { select } from '../connection/select.ts';

/**
 * What became of all events of one type. `read` is counted when a record is taken up, everything else where it ended;
 * they always agree: nothing is lost on the way, nothing counted twice.
 */
export interface ConservationRow {
  event_type: string;
  read: number;
  windowed: number;
  late: number;
  duplicate: number;
  /** Features of a model that takes them from its predictions. */
  ignored: number;
  joined: number;
  /** Labels whose prediction has not come yet. */
  waiting: number;
  superseded: number;
  expired: number;
  dead_letter: number;
  unknown_model: number;
  /** Read, minus all of the above. Anything but 0 is a fault of shiftwatch. */
  unaccounted: number;
}

/**
 * One statement, so that all counts are of one moment. A label is `parked` when it is stored, and from then on either
 * waits or has been taken to an end: the sum of these takes its place, so that a label lost while it waited shows.
 */
export async function conservation(db: Queryable): Promise<ConservationRow[]> {
  return await select<ConservationRow>(
    db,
    `with ended as (
       select event_type,
         coalesce(sum(count) filter (where outcome = 'windowed'), 0)::bigint as windowed,
         coalesce(sum(count) filter (where outcome = 'late'), 0)::bigint as late,
         coalesce(sum(count) filter (where outcome = 'duplicate'), 0)::bigint as duplicate,
         coalesce(sum(count) filter (where outcome = 'ignored'), 0)::bigint as ignored,
         coalesce(sum(count) filter (where outcome = 'joined'), 0)::bigint as joined,
         coalesce(sum(count) filter (where outcome = 'superseded'), 0)::bigint as superseded,
         coalesce(sum(count) filter (where outcome = 'expired'), 0)::bigint as expired,
         coalesce(sum(count) filter (where outcome = 'dead_letter'), 0)::bigint as dead_letter,
         coalesce(sum(count) filter (where outcome = 'unknown_model'), 0)::bigint as unknown_model
       from event_count group by event_type
     ), taken_up as (
       select event_type, sum(count)::bigint as read from event_read group by event_type
     ), counted as (
       select event_type, coalesce(read, 0) as read, coalesce(windowed, 0) as windowed, coalesce(late, 0) as late,
         coalesce(duplicate, 0) as duplicate, coalesce(ignored, 0) as ignored, coalesce(joined, 0) as joined,
         case event_type when 'label' then (select count(*) from pending_label) else 0 end as waiting,
         coalesce(superseded, 0) as superseded, coalesce(expired, 0) as expired,
         coalesce(dead_letter, 0) as dead_letter, coalesce(unknown_model, 0) as unknown_model
       from taken_up full join ended using (event_type)
     )
     select *, read - windowed - late - duplicate - ignored - joined - waiting - superseded - expired
       - dead_letter - unknown_model as unaccounted
     from counted order by event_type`,
  );
}
