import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Queryable } from '../connection/pool.ts';

/** A verdict about all rows of a window, for a narrator. */
export interface StoryVerdict {
  readonly id: number;
  readonly startMs: number;
  readonly series: EvaluationSeries;
  readonly verdict: string;
  readonly summary: string;
}

const SELECT = `select v.id, (extract(epoch from w.start_at) * 1000)::bigint as "startMs", v.series, v.verdict, v.summary
  from verdict v join "window" w on w.id = v.window_id where v.segment = ''`;

/** In the order in which they were reached. */
export async function newVerdicts(db: Queryable, afterId: number): Promise<StoryVerdict[]> {
  const found = await db.query<StoryVerdict>(`${SELECT} and v.id > $1 order by v.id limit 1000`, [afterId]);
  return found.rows;
}

/** The newest verdict of each window, inputs first, in order of time. */
export async function verdictsInOrder(db: Queryable): Promise<StoryVerdict[]> {
  const newest = `and v.revision = (select max(n.revision) from verdict n
    where n.window_id = v.window_id and n.series = v.series and n.segment = v.segment)`;
  const found = await db.query<StoryVerdict>(`${SELECT} ${newest} order by v.series, w.start_at`);
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
