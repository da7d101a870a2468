import type { AlertCause, AlertKind } from '../../core/alerts/alert.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { storableText } from '../connection/storable-json.ts';
import type { AlertSeriesKey } from './alerts.ts';

/** As `src/decide` knows it. */
interface Closed {
  readonly id: string;
  readonly untilMs: number;
  readonly kinds: readonly AlertKind[];
}

const COLUMNS = `id::text as id, ${epochMs('closed_until')} as "untilMs",
  array(select distinct unnest(types || told_types)) as kinds`;

/** Incidents of some rows and a cause that somebody closed, and that a window which ends then cannot open again. */
export async function loadClosedSince(
  db: Queryable,
  { modelVersionId, sizeMs, segment }: AlertSeriesKey,
  cause: AlertCause,
  endMs: number,
): Promise<Closed[]> {
  const found = await db.query<Closed>(
    `select ${COLUMNS} from alert
     where model_version_id = $1 and size_ms = $2 and segment = $3 and cause = $4 and closed_until >= $5`,
    [modelVersionId, sizeMs, segment, cause, new Date(endMs)],
  );
  return found.rows;
}

/** The newest incident of some rows and a cause that people heard of, if somebody closed it. */
export async function loadNewestClosed(
  db: Queryable,
  { modelVersionId, sizeMs, segment }: AlertSeriesKey,
  cause: AlertCause,
): Promise<Closed | null> {
  const found = await db.query<Closed & { readonly untilMs: number | null }>(
    `select ${COLUMNS} from alert
     where model_version_id = $1 and size_ms = $2 and segment = $3 and cause = $4 and fired_at is not null
     order by alert.id desc limit 1`,
    [modelVersionId, sizeMs, segment, cause],
  );
  const [newest] = found.rows;
  return newest === undefined || newest.untilMs === null ? null : newest;
}

/** When the newest window of a series ends; null: there is none. */
export async function newestWindowEnd(
  db: Queryable,
  { modelVersionId, sizeMs }: Pick<AlertSeriesKey, 'modelVersionId' | 'sizeMs'>,
): Promise<number | null> {
  const found = await db.query<{ endMs: number | null }>(
    `select ${epochMs('max(end_at)')} as "endMs" from "window"
     where model_version_id = $1 and size_ms = $2 and not pane_only
       and start_at = (select max(start_at) from "window" where model_version_id = $1 and size_ms = $2 and not pane_only)`,
    [modelVersionId, sizeMs],
  );
  return found.rows[0]?.endMs ?? null;
}

/** Says who closed an incident. */
export async function noteClosed(
  tx: Tx,
  alertId: string,
  { by, comment, untilMs }: { readonly by: string; readonly comment: string; readonly untilMs: number },
): Promise<void> {
  await tx.query('update alert set closed_by = $2, closed_comment = $3, closed_until = $4 where id = $1', [
    alertId,
    storableText(by),
    storableText(comment),
    new Date(untilMs),
  ]);
}

/** It shows again what somebody had closed. */
export async function noteFollows(tx: Tx, alertId: string, follows: string): Promise<void> {
  await tx.query('update alert set follows = $2 where id = $1', [alertId, follows]);
}

/** Which incident it shows again, and who had closed that one. */
export interface FollowedIncident {
  readonly id: string;
  readonly by: string;
  readonly atMs: number;
}

export async function loadFollowed(db: Queryable, alertId: string): Promise<FollowedIncident | null> {
  const found = await db.query<FollowedIncident>(
    `select f.id::text as id, f.closed_by as by, ${epochMs('f.resolved_at')} as "atMs"
     from alert a join alert f on f.id = a.follows where a.id = $1 and f.closed_by is not null`,
    [alertId],
  );
  return found.rows[0] ?? null;
}

/** Newest windows that counted towards an incident, of either series. */
export async function loadShownWindows(
  db: Queryable,
  alertId: string,
  most: number,
): Promise<{ readonly windowId: string; readonly series: EvaluationSeries }[]> {
  const found = await db.query<{ windowId: string; series: EvaluationSeries }>(
    `select "windowId", series from (
       select e.window_id::text as "windowId", e.series, max(e.id) as id,
         row_number() over (partition by e.series order by max(e.id) desc) as n
       from alert_event e
       where e.alert_id = $1 and e.window_id is not null and e.series is not null
         and e.kind in ('pending', 'firing', 'still_firing')
       group by e.window_id, e.series
     ) w where n <= $2 order by id desc`,
    [alertId, most],
  );
  return found.rows;
}
