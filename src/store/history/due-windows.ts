/** Which windows are old enough that something of them goes. */
import type { Retention, ModelRetention } from '../../core/history/retention.ts';
import type { Queryable } from '../connection/pool.ts';
import type { HistoryPartition } from './partitions.ts';

/** What a model says of its own history, and for how long its labels may come. */
export interface ModelHistory {
  readonly model: string;
  readonly horizonMs: number;
  readonly retention: ModelRetention;
}

export interface HistoryPolicy {
  readonly retention: Retention;
  readonly models: readonly ModelHistory[];
  /** The instant as of which things are old. */
  readonly nowMs: number;
}

export type WindowClass = 'comparisons' | 'counts' | 'windows';

/** Of models that are not configured any more: nobody waits for their labels. */
const NO_HORIZON_MS = 0;

/**
 * Window `w` is older than it is kept by its own time and by when it was stored, and waits for nothing. Of parameters: $1 the instant; $2, $3
 * and $4 names of models, how long they keep it and how long they wait; $5 and $6 the same of all others.
 */
const IS_OLD = (w: string): string => `${w}.state <> 'open'
  and greatest(${w}.end_at, ${w}.created_at) <= $1::timestamptz - coalesce(k.keep_ms, $5) * interval '1 millisecond'
  and (${w}.state = 'matured' or ${w}.end_at <= $1::timestamptz - coalesce(k.wait_ms, $6) * interval '1 millisecond')`;

/** Larger windows that it feeds are still to be judged, or to be judged again. */
const FEEDS = `exists (
  select from "window" whole where whole.model_version_id = w.model_version_id and whole.pane_ms = w.size_ms
    and whole.start_at <= w.start_at and whole.end_at >= w.end_at and whole.emptied_at is null and not (${IS_OLD('whole')}))`;

/** $7 is how long incidents are kept; one that nobody was told of goes with the windows, $10. */
const IS_KEPT = `(a.state <> 'resolved' or coalesce(a.resolved_at, a.updated_at)
  > $1::timestamptz - case when a.fired_at is null then $10::bigint else $7::bigint end * interval '1 millisecond')`;

/** An incident or a retraining that is kept stands on it. */
const IS_STOOD_ON = `(
  exists (select from alert a where a.model_version_id = w.model_version_id and a.size_ms = w.size_ms and a.fired_at is not null
    and w.start_at >= a.since_at and w.start_at <= coalesce(a.until_at, a.resolved_at, 'infinity') and ${IS_KEPT})
  or exists (select from alert a where a.last_window_id = w.id and ${IS_KEPT})
  or exists (select from alert_event e join alert a on a.id = e.alert_id where e.window_id = w.id and ${IS_KEPT})
  or exists (select from alert_view i join alert a on a.id = i.alert_id where i.last_window_id = w.id and ${IS_KEPT})
  or exists (select from retrain_run r where r.window_id = w.id
    and (r.closed_at is null or r.closed_at > $1::timestamptz - $7::bigint * interval '1 millisecond'))
  or exists (select from held_notification h where h.window_id = w.id))`;

/** Every statement has the same parameters. */
const UNUSED = '$7::bigint is not null and $10::bigint is not null';

const IS_DUE: Readonly<Record<WindowClass, string>> = {
  comparisons: `${IS_OLD('w')} and ${UNUSED} and exists (select from comparison c where c.window_id = w.id)`,
  counts: `${IS_OLD('w')} and ${UNUSED} and not ${FEEDS}
    and (w.emptied_at is null or exists (select from window_part p where p.window_id = w.id))`,
  windows: `${IS_OLD('w')} and not ${FEEDS} and not ${IS_STOOD_ON}`,
};

export interface DueWindows {
  readonly due: readonly number[];
  /** How many windows of the partition stay as they are. */
  readonly staying: readonly number[];
}

/** Of the windows that a partition holds. Those of one day of a version come one after the other: they are added up at once. */
export async function findDueWindows(
  db: Queryable,
  kind: WindowClass,
  { retention, models, nowMs }: HistoryPolicy,
  { fromId, toId }: Pick<HistoryPartition, 'fromId' | 'toId'>,
): Promise<DueWindows> {
  const keepOf = ({ comparisonsMs, countsMs, windowsMs }: ModelRetention): number =>
    ({ comparisons: comparisonsMs, counts: countsMs, windows: windowsMs })[kind];
  const found = await db.query<{ id: number; due: boolean }>(
    `select w.id, ${IS_DUE[kind]} as due
     from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
     left join unnest($2::text[], $3::bigint[], $4::bigint[]) as k (name, keep_ms, wait_ms) on k.name = m.name
     where w.id >= $8 and w.id < $9 order by w.model_version_id, w.start_at, w.id`,
    [
      new Date(nowMs),
      models.map(({ model }) => model),
      models.map((each) => keepOf(each.retention)),
      models.map(({ horizonMs }) => horizonMs),
      keepOf(retention),
      NO_HORIZON_MS,
      retention.incidentsMs,
      fromId,
      toId,
      retention.windowsMs,
    ],
  );
  return {
    due: found.rows.filter(({ due }) => due).map(({ id }) => id),
    staying: found.rows.filter(({ due }) => !due).map(({ id }) => id),
  };
}
