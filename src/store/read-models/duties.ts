import { PROCESS_GONE_MS } from '../duties.ts';
import type { Queryable } from '../connection/pool.ts';
import type { UnreadableCount, UnreadableRow } from '../windows/unreadable-parts.ts';
import { select } from '../connection/select.ts';

/** One duty over all processes that run. */
export interface DutyRow {
  name: string;
  role: string;
  every_ms: number;
  processes: number;
  /** Since when one of them has had it. */
  since: string;
  last_success_at: string | null;
  last_failure_at: string | null;
  last_error: string | null;
  /** In a row, in the process where it goes worst. */
  failures: number;
}

export async function dutyRows(db: Queryable): Promise<DutyRow[]> {
  return await select(
    db,
    `select name, min(role) as role, max(every_ms) as every_ms, count(*) as processes, min(since) as since,
       max(last_success_at) as last_success_at, max(last_failure_at) as last_failure_at,
       (array_agg(last_error order by last_failure_at desc nulls last))[1] as last_error, max(failures) as failures
     from duty where seen_at > now() - ${PROCESS_GONE_MS} * interval '1 millisecond'
     group by name order by name`,
  );
}

/** Evaluations that wait for something other than their turn. */
export interface PostponedRow {
  reason: string;
  count: number;
  since: string;
}

export async function postponedEvaluations(db: Queryable): Promise<PostponedRow[]> {
  return await select(
    db,
    `select postponed_for as reason, count(*) as count, min(created_at) as since from outbox
     where done_at is null and kind = 'evaluate' and postponed_for is not null
     group by postponed_for order by postponed_for`,
  );
}

/** Parts of windows that do not decode, by model. */
export async function unreadableCounts(db: Queryable): Promise<UnreadableCount[]> {
  return await select(
    db,
    `select m.name as model, count(*) as parts, count(distinct u.window_id) as windows
     ${UNREADABLE} group by m.name order by m.name`,
  );
}

/** The newest of them. */
export async function newestUnreadable(db: Queryable): Promise<UnreadableRow[]> {
  return await select(
    db,
    `select m.name as model, v.name as version, u.window_id::text as window_id, w.start_at as window_start, u.segment,
       u.kind, u.part_id::text as part_id, u.error, u.seen_at
     ${UNREADABLE} order by u.seen_at desc, u.part_id desc limit 20`,
  );
}

const UNREADABLE = `from unreadable_part u
  join window_part p on p.window_id = u.window_id and p.id = u.part_id
  join "window" w on w.id = u.window_id
  join model_version v on v.id = w.model_version_id
  join model m on m.id = v.model_id`;
