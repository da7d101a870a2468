import { DAY_MS } from '../../core/clock.ts';
import { OPEN_RETRAIN_STATES } from '../../core/retrain/state.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

export interface RetrainHistory {
  readonly hasOpenRun: boolean;
  readonly lastRunAtMs: number | null;
  readonly runsThisWeek: number;
  readonly newestWindowFaulty: boolean;
  readonly faultOpen: boolean;
}

/** First half of the advisory locks of retraining decisions; the second half is the model version. */
const LOCK_CLASS = 0x72_65_74_72;

/** Of all who are about to ask for a version's retraining, one at a time looks at its runs and adds one. */
export async function lockRetrainDecision(tx: Tx, modelVersionId: number): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, $2)', [LOCK_CLASS, modelVersionId]);
}

/**
 * What the guards look at.
 *
 * @param countDryRuns a rehearsal keeps the pace of the real thing; the real thing is not held up by rehearsals
 */
export async function loadRetrainHistory(
  db: Queryable,
  modelVersionId: number,
  { nowMs, countDryRuns }: { readonly nowMs: number; readonly countDryRuns: boolean },
): Promise<RetrainHistory> {
  const found = await db.query<{ open: boolean; last_at: Date | null; this_week: number }>(
    `select coalesce(bool_or(state = any($4::text[])), false) as open, max(requested_at) as last_at,
       count(*) filter (where requested_at > $2 and state not in ('rejected', 'expired')) as this_week
     from retrain_run where model_version_id = $1 and (state <> 'dry_run' or $3)`,
    [modelVersionId, new Date(nowMs - 7 * DAY_MS), countDryRuns, [...OPEN_RETRAIN_STATES]],
  );
  const runs = found.rows[0];
  return {
    hasOpenRun: runs?.open ?? false,
    lastRunAtMs: runs?.last_at?.getTime() ?? null,
    runsThisWeek: runs?.this_week ?? 0,
    ...(await loadFaults(db, modelVersionId)),
  };
}

/** Faults in a version's data as they stand: in the newest window of each size, and in incidents that are not over. */
export async function loadFaults(
  db: Queryable,
  modelVersionId: number,
): Promise<Pick<RetrainHistory, 'newestWindowFaulty' | 'faultOpen'>> {
  const found = await db.query<{ newest: boolean; open: boolean }>(
    `select
       exists (
         select 1 from (select distinct size_ms from alert_cursor where model_version_id = $1) s
         cross join lateral (
           select w.id from "window" w
           where w.model_version_id = $1 and w.size_ms = s.size_ms and not w.pane_only and w.closed_revision > 0
           order by w.start_at desc limit 1
         ) w
         cross join lateral (
           select v.types from verdict v
           where v.window_id = w.id and v.series = 'closed' and v.segment = '' order by v.revision desc limit 1
         ) v
         where 'data_fault' = any(v.types)
       ) as newest,
       exists (
         select 1 from alert
         where model_version_id = $1 and series = 'closed' and state in ('firing', 'recovering')
           and 'data_fault' = any(types)
       ) as open`,
    [modelVersionId],
  );
  const row = found.rows[0];
  return { newestWindowFaulty: row?.newest ?? false, faultOpen: row?.open ?? false };
}

/** The newest run of a version that succeeded. */
export async function newestSuccess(
  db: Queryable,
  modelVersionId: number,
): Promise<{ readonly requestedAtMs: number; readonly succeededAtMs: number } | null> {
  const found = await db.query<{ requested_at: Date; closed_at: Date }>(
    `select requested_at, closed_at from retrain_run
     where model_version_id = $1 and state = 'succeeded' and closed_at is not null
     order by closed_at desc limit 1`,
    [modelVersionId],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  return { requestedAtMs: row.requested_at.getTime(), succeededAtMs: row.closed_at.getTime() };
}
