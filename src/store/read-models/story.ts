import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Queryable } from '../connection/pool.ts';

/** A verdict about all rows of a window, for a narrator. */
export interface StoryVerdict {
  readonly startMs: number;
  readonly series: EvaluationSeries;
  readonly verdict: string;
  readonly summary: string;
}

const SELECT = `select (extract(epoch from w.start_at) * 1000)::bigint as "startMs", v.series, v.verdict, v.summary
  from verdict v join "window" w on w.id = v.window_id where v.segment = ''`;

const NEWEST = `and v.revision = (select max(n.revision) from verdict n
  where n.window_id = v.window_id and n.series = v.series and n.segment = v.segment)`;

/** The newest verdict of each window, inputs first, in order of time. */
export async function verdictsInOrder(db: Queryable): Promise<StoryVerdict[]> {
  const found = await db.query<StoryVerdict>(`${SELECT} ${NEWEST} order by v.series, w.start_at`);
  return found.rows;
}

/**
 * Those of windows before which none waits to be judged. Windows that close at once are judged side by side, and the
 * later one may be done first: told as they come, a story begins with its second week.
 */
export async function settledVerdicts(db: Queryable): Promise<StoryVerdict[]> {
  const unjudged = `not exists (select from "window" e where e.model_version_id = w.model_version_id and e.start_at < w.start_at
    and not exists (select from verdict x where x.window_id = e.id and x.series = v.series and x.segment = ''))`;
  const found = await db.query<StoryVerdict>(
    `${SELECT} ${NEWEST} and ${unjudged} order by v.series, w.start_at`,
  );
  return found.rows;
}

/** Windows that are not matured yet, labels that wait, and messages that are not delivered. */
export async function unfinishedWork(db: Queryable): Promise<number> {
  const found = await db.query<{ n: number }>(
    `select (select count(*) from "window" where state <> 'matured')
       + (select count(*) from outbox where done_at is null)
       + (select count(*) from retrain_run where state in ('requested', 'sent', 'running')) as n`,
  );
  return found.rows[0]?.n ?? 0;
}
