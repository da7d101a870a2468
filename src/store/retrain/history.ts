import { DAY_MS } from '../../core/clock.ts';
import type { RetrainHistory } from '../../core/retrain/history.ts';
import { OPEN_RETRAIN_STATES } from '../../core/retrain/state.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';

type StandingFaults = Pick<RetrainHistory, 'newestWindowFaulty' | 'faultOpen'>;
type PastRuns = Omit<RetrainHistory, keyof StandingFaults>;

/** First half of the advisory locks of retraining decisions; the second half is the model. */
const LOCK_CLASS = 0x72_65_74_72;

/** Of all who are about to ask for a model's retraining, one at a time looks at its runs and adds one. */
export async function lockRetrainDecision(tx: Tx, modelVersionId: number): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, model_id) from model_version where id = $2', [
    LOCK_CLASS,
    modelVersionId,
  ]);
}

/**
 * What the guards look at. The pace is the model's: a version that comes of one run and does badly asks for the next.
 *
 * @param countDryRuns a rehearsal keeps the pace of the real thing; the real thing is not held up by rehearsals
 */
export async function loadRetrainHistory(
  db: Queryable,
  modelVersionId: number,
  { nowMs, countDryRuns }: { readonly nowMs: number; readonly countDryRuns: boolean },
): Promise<RetrainHistory> {
  const found = await db.query<PastRuns>(
    `select coalesce(bool_or(model_version_id = $1 and state = any($4::text[])), false) as "hasOpenRun",
       ${epochMs('max(requested_at)')} as "lastRunAtMs",
       count(*) filter (where requested_at > $2 and state not in ('rejected', 'expired')) as "runsThisWeek"
     from retrain_run
     where model_version_id in (
       select v.id from model_version one join model_version v using (model_id) where one.id = $1
     ) and (state <> 'dry_run' or $3)`,
    [modelVersionId, new Date(nowMs - 7 * DAY_MS), countDryRuns, [...OPEN_RETRAIN_STATES]],
  );
  const { hasOpenRun = false, lastRunAtMs = null, runsThisWeek = 0 } = found.rows[0] ?? {};
  return { hasOpenRun, lastRunAtMs, runsThisWeek, ...(await loadFaults(db, modelVersionId)) };
}

/** Faults in a version's data as they stand: in the newest window of each size, and in incidents that are not over. */
export async function loadFaults(db: Queryable, modelVersionId: number): Promise<StandingFaults> {
  const found = await db.query<StandingFaults>(
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
       ) as "newestWindowFaulty",
       exists (
         select 1 from alert_view v join alert a on a.id = v.alert_id
         where a.model_version_id = $1 and v.series = 'closed' and v.state in ('firing', 'recovering')
           and 'data_fault' = any(v.types)
       ) as "faultOpen"`,
    [modelVersionId],
  );
  return found.rows[0] ?? { newestWindowFaulty: false, faultOpen: false };
}

/** The newest run of a version that succeeded. */
export async function newestSuccess(
  db: Queryable,
  modelVersionId: number,
): Promise<{ readonly requestedAtMs: number; readonly succeededAtMs: number } | null> {
  const found = await db.query<{ requestedAtMs: number; succeededAtMs: number }>(
    `select ${epochMs('requested_at')} as "requestedAtMs", ${epochMs('closed_at')} as "succeededAtMs" from retrain_run
     where model_version_id = $1 and state = 'succeeded' and closed_at is not null
     order by closed_at desc limit 1`,
    [modelVersionId],
  );
  return found.rows[0] ?? null;
}
