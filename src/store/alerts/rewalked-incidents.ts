import type { AlertSeriesKey } from './alerts.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Tx } from '../connection/pool.ts';

/** Series of a version in which windows were decided, of some lengths. */
export async function seriesOfVersion(
  tx: Tx,
  modelVersionId: number,
  sizesMs: readonly number[],
): Promise<(AlertSeriesKey & { readonly decidedUntilMs: number | null })[]> {
  const found = await tx.query<AlertSeriesKey & { decidedUntilMs: number | null }>(
    `select model_version_id as "modelVersionId", size_ms as "sizeMs", segment, series,
       ${epochMs(`nullif(decided_until, '-infinity')`)} as "decidedUntilMs"
     from alert_cursor where model_version_id = $1 and size_ms = any($2::bigint[]) order by size_ms, segment, series desc`,
    [modelVersionId, sizesMs],
  );
  return found.rows;
}

/** An incident about a shift that is over, and rested on windows of a stretch alone. */
export interface PastIncident {
  readonly id: string;
  readonly sinceMs: number;
  /** When it was over. */
  readonly untilMs: number;
}

/** Of one series, without those that are corrected already. */
export async function pastIncidents(
  tx: Tx,
  { modelVersionId, sizeMs, segment, series }: AlertSeriesKey,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<PastIncident[]> {
  const found = await tx.query<PastIncident>(
    `select a.id::text as id, ${epochMs('a.since_at')} as "sinceMs",
       ${epochMs('coalesce(l.end_at, a.since_at)')} as "untilMs"
     from alert a left join "window" l on l.id = a.last_window_id
     where a.model_version_id = $1 and a.size_ms = $2 and a.segment = $3 and a.series = $4 and a.cause = 'shift'
       and a.state = 'resolved' and a.merged_into is null and a.since_at >= $5 and a.since_at < $6
       and not exists (select from alert_event e where e.alert_id = a.id and e.kind in ('withdrawn', 'corrected') and e.reason in ('no_window_stands', 'recomputed'))
     order by a.id`,
    [modelVersionId, sizeMs, segment, series, new Date(fromMs), new Date(toMs)],
  );
  return found.rows;
}

/**
 * From where on a series may be walked through anew: behind the last incident of whatever cause that stands. Null: one is open, and goes
 * on by itself.
 */
export async function lastStandingMs(
  tx: Tx,
  { modelVersionId, sizeMs, segment, series }: AlertSeriesKey,
): Promise<number | null> {
  const found = await tx.query<{ isOpen: boolean; untilMs: number | null }>(
    `select coalesce(bool_or(v.state <> 'resolved'), false) as "isOpen", ${epochMs('max(l.end_at)')} as "untilMs"
     from alert a join alert_view v on v.alert_id = a.id left join "window" l on l.id = v.last_window_id
     where a.model_version_id = $1 and a.size_ms = $2 and a.segment = $3 and v.series = $4 and a.merged_into is null
       and not exists (select from alert_event e where e.alert_id = a.id and e.kind in ('withdrawn', 'corrected') and e.reason in ('no_window_stands', 'recomputed'))`,
    [modelVersionId, sizeMs, segment, series],
  );
  const [row] = found.rows;
  if (row === undefined || row.isOpen) return null;
  return row.untilMs ?? Number.NEGATIVE_INFINITY;
}

/** Windows from an instant on are to be decided once more. */
export async function takeBackDecisions(
  tx: Tx,
  { modelVersionId, sizeMs, segment, series }: AlertSeriesKey,
  fromMs: number,
): Promise<void> {
  await tx.query(
    `update alert_cursor set decided_until = $5, state = 'ok', reason = 'recomputed', window_id = null
     where model_version_id = $1 and size_ms = $2 and segment = $3 and series = $4 and decided_until > $5`,
    [modelVersionId, sizeMs, segment, series, new Date(fromMs)],
  );
  await tx.query(
    `delete from expected_verdict e using "window" w where w.id = e.window_id and e.series = $4 and e.segment = $3
       and w.model_version_id = $1 and w.size_ms = $2 and w.start_at >= $5`,
    [modelVersionId, sizeMs, segment, series, new Date(fromMs)],
  );
}

/** Whether a window of a series that somebody had judged again says something else than it did before. */
export async function hasChanged(
  tx: Tx,
  { modelVersionId, sizeMs, segment, series }: AlertSeriesKey,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<boolean> {
  const found = await tx.query<{ changed: boolean }>(
    `select exists (
       select from "window" w join recomputed r on r.window_id = w.id and r.series = $4
       join verdict v on v.window_id = w.id and v.series = r.series and v.revision = r.revision and v.segment = $3
       left join lateral (
         select p.verdict, p.types from verdict p
         where p.window_id = w.id and p.series = r.series and p.segment = $3 and p.revision < r.revision
         order by p.revision desc limit 1
       ) p on true
       where w.model_version_id = $1 and w.size_ms = $2 and w.start_at >= $5 and w.start_at < $6
         and (v.verdict, v.types) is distinct from (p.verdict, p.types)
     ) as changed`,
    [modelVersionId, sizeMs, segment, series, new Date(fromMs), new Date(toMs)],
  );
  return found.rows[0]?.changed === true;
}
