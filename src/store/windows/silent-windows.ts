import { HAS_ROWS } from '../history/measured.ts';
import type { WindowSilence } from '../../core/alerts/alert.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { ensureWindows, type WindowKeyRow } from './windows.ts';

/** The windows of one model in which silence is looked for. */
export interface WatchedWindows {
  readonly modelId: number;
  readonly sizeMs: number;
  /** Windows that end before this are about to close. */
  readonly watermarkMs: number;
  /** Nothing came up to this after the newest window. */
  readonly silentUntilMs: number;
}

/** A stretch of time, of whole windows, that no window of a version covers. */
export interface SilentGap {
  readonly modelId: number;
  readonly modelVersionId: number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Windows without rows right before it. */
  readonly unexpected: number;
  readonly servedElsewhere: number;
}

/**
 * Stretches without windows: between a window that is about to close and the one before it, and after the newest one.
 * What has been decided stays decided, so there is nothing to be found before a series' cursor.
 */
export async function findSilentGaps(
  db: Queryable,
  watched: readonly WatchedWindows[],
): Promise<SilentGap[]> {
  const found = await db.query<SilentGap>(
    `with watched as (
       select t.*, v.id as version_id
       from unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::timestamptz[])
         as t (model_id, size_ms, watermark, silent_until)
       join model_version v on v.model_id = t.model_id and v.state <> 'retired'
     ), gap as (
       select t.model_id, t.version_id, t.size_ms, p.end_at as from_at, w.start_at as until_at
       from watched t
       join "window" w on w.model_version_id = t.version_id and w.size_ms = t.size_ms and w.state = 'open'
         and w.end_at + w.grace_ms * interval '1 millisecond' <= t.watermark
       cross join lateral (
         select end_at from "window" where model_version_id = t.version_id and size_ms = t.size_ms
           and start_at < w.start_at order by start_at desc limit 1
       ) p
       where p.end_at < w.start_at and not exists (
         select 1 from alert_cursor c
         where c.model_version_id = t.version_id and c.size_ms = t.size_ms and c.segment = '' and c.series = 'closed'
           and c.decided_until > w.start_at
       )
       union all
       select t.model_id, t.version_id, t.size_ms, n.end_at,
         n.end_at + floor(extract(epoch from t.silent_until - n.end_at) * 1000 / t.size_ms - n.grace_ms::float8 / t.size_ms)
           * t.size_ms * interval '1 millisecond'
       from watched t
       cross join lateral (
         select end_at, grace_ms from "window" where model_version_id = t.version_id and size_ms = t.size_ms
         order by start_at desc limit 1
       ) n
       where n.end_at + (t.size_ms + n.grace_ms) * interval '1 millisecond' <= t.silent_until
     )
     select g.model_id as "modelId", g.version_id as "modelVersionId", ${epochMs('g.from_at')} as "fromMs",
       ${epochMs('g.until_at')} as "untilMs", s.unexpected, s.served_elsewhere as "servedElsewhere"
     from gap g
     cross join lateral (
       select count(*) filter (where coalesce(silence, 'unexpected') = 'unexpected') as unexpected,
         count(*) filter (where silence = 'served_elsewhere') as served_elsewhere
       from "window" e
       where e.model_version_id = g.version_id and e.size_ms = g.size_ms and e.start_at < g.from_at
         and e.start_at > coalesce((
           select w.start_at from "window" w
           where w.model_version_id = g.version_id and w.size_ms = g.size_ms and w.start_at < g.from_at and ${HAS_ROWS}
           order by w.start_at desc limit 1
         ), '-infinity')
     ) s
     order by g.version_id, g.from_at`,
    [
      watched.map(({ modelId }) => modelId),
      watched.map(({ sizeMs }) => sizeMs),
      watched.map(({ watermarkMs }) => new Date(watermarkMs)),
      watched.map(({ silentUntilMs }) => new Date(silentUntilMs)),
    ],
  );
  return found.rows;
}

/** What is known of the time in which windows of a version would be; see `SilentSlot`. */
export interface SlotHistory {
  readonly startMs: number;
  readonly servedElsewhere: boolean;
  readonly weeks: readonly boolean[];
  readonly days: readonly boolean[];
}

const WEEKS_BACK = 4;
const DAYS_BACK = 6;

export async function loadSlotHistory(
  db: Queryable,
  { modelId, modelVersionId }: Pick<SilentGap, 'modelId' | 'modelVersionId'>,
  sizeMs: number,
  startsMs: readonly number[],
): Promise<SlotHistory[]> {
  const hadRows = (at: string, versions: string): string => `exists (
    select 1 from model_version v
    join "window" w on w.model_version_id = v.id and w.size_ms = $2 and w.start_at = ${at}
    where v.model_id = $1 and ${versions} and ${HAS_ROWS})`;
  const found = await db.query<SlotHistory>(
    `with began as (
       select min(f.start_at) as at from model_version v cross join lateral (
         select start_at from "window" where model_version_id = v.id and size_ms = $2 order by start_at limit 1
       ) f where v.model_id = $1
     )
     select ${epochMs('s.start_at')} as "startMs",
       ${hadRows('s.start_at', 'v.id <> $3')} as "servedElsewhere",
       array(select ${hadRows(`s.start_at - k * interval '7 days'`, 'true')}
         from generate_series(1, ${WEEKS_BACK}) k, began where s.start_at - k * interval '7 days' >= began.at) as weeks,
       array(select ${hadRows(`s.start_at - k * interval '1 day'`, 'true')}
         from generate_series(1, ${DAYS_BACK}) k, began where s.start_at - k * interval '1 day' >= began.at) as days
     from unnest($4::timestamptz[]) as s (start_at) order by s.start_at`,
    [modelId, sizeMs, modelVersionId, startsMs.map((ms) => new Date(ms))],
  );
  return found.rows;
}

/** Starts of the first windows in a stretch of time in which other versions had rows. */
export async function loadServedElsewhere(
  db: Queryable,
  { modelId, modelVersionId, fromMs, untilMs }: SilentGap,
  sizeMs: number,
  limit: number,
): Promise<number[]> {
  // Distinct rows are ordered by what is selected, and the index has the time, not a number.
  const found = await db.query<{ startAt: Date }>(
    `select distinct w.start_at as "startAt" from model_version v
     join "window" w on w.model_version_id = v.id and w.size_ms = $3 and w.start_at >= $4 and w.start_at < $5
     where v.model_id = $1 and v.id <> $2 and ${HAS_ROWS}
     order by w.start_at limit $6`,
    [modelId, modelVersionId, sizeMs, new Date(fromMs), new Date(untilMs), limit],
  );
  return found.rows.map(({ startAt }) => startAt.getTime());
}

/** Opens windows because nothing came. They close like any other. */
export async function openSilentWindows(
  tx: Tx,
  windows: readonly (WindowKeyRow & { readonly silence: WindowSilence })[],
): Promise<void> {
  if (windows.length === 0) return;
  await ensureWindows(tx, windows);
  // A row may have opened one of them meanwhile: its silence is then never asked for.
  await tx.query(
    `update "window" w set silence = k.silence
     from unnest($1::int[], $2::bigint[], $3::timestamptz[], $4::text[]) as k (version_id, size_ms, start_at, silence)
     where w.model_version_id = k.version_id and w.size_ms = k.size_ms and w.start_at = k.start_at
       and w.silence is null and w.state = 'open'`,
    [
      windows.map(({ modelVersionId }) => modelVersionId),
      windows.map(({ sizeMs }) => sizeMs),
      windows.map(({ startMs }) => new Date(startMs)),
      windows.map(({ silence }) => silence),
    ],
  );
}
