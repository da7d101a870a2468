/** What is taken out of windows and days to be added up: a row that is answered is deleted in the same statement, so it is added once or not at all. */
import type { Task } from '../../core/model.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import type { HistoryPolicy } from './due-windows.ts';

/** Counts that were deleted, and what they belong to. */
export interface TakenCounts {
  readonly id: number;
  readonly modelVersionId: number;
  readonly baselineId: number | null;
  readonly task: Task;
  /** First day of what they are added to; null: to nothing. */
  readonly start: string | null;
  readonly segment: string;
  readonly kind: 'input' | 'label';
  readonly rows: number;
  /** Of how many windows they are the first. */
  readonly windows: number;
  readonly storedMs: number;
  readonly delta: Uint8Array;
}

/** Of one size of windows a day is the sum, so that a row is in it once: the smallest that divides a day, where there is one. */
const ORDER_OF_SIZE = (w: string): string => `(86400000 % ${w}.size_ms <> 0, ${w}.size_ms)`;

/** Windows of so many rows have no counts of their own. */
const DAY_OF_WINDOW = `case when w.size_ms > 0
    and w.end_at <= (date_trunc('day', w.start_at at time zone 'UTC') + interval '1 day') at time zone 'UTC'
    and not exists (select from "window" n
      where n.model_version_id = w.model_version_id and n.size_ms > 0 and n.start_at < w.end_at and n.end_at > w.start_at
        and ${ORDER_OF_SIZE('n')} < ${ORDER_OF_SIZE('w')})
  then (w.start_at at time zone 'UTC')::date::text end`;

/**
 * Takes counts out of windows, not more than some bytes of them beside those of the segment that passes it. What belongs to one row of a
 * day comes together. The windows are locked; whoever calls holds `lockDayProfiles`.
 *
 * @returns none: the windows have no more
 */
export async function takeCounts(
  tx: Tx,
  windowIds: readonly number[],
  mostBytes: number,
): Promise<TakenCounts[]> {
  await tx.query('select from "window" where id = any($1::bigint[]) order by id for update', [windowIds]);
  const taken = await tx.query<TakenCounts>(
    `with w as (
       select w.id, w.model_version_id, w.baseline_id, m.task, w.created_at, w.added_at is null as is_new, ${DAY_OF_WINDOW} as start
       from "window" w join model_version v on v.id = w.model_version_id join model m on m.id = v.model_id
       where w.id = any($1::bigint[])
     ), listed as (
       select p.window_id, p.id, sum(octet_length(p.delta)) over whole as bytes, sum(octet_length(p.delta)) over own as own_bytes
       from window_part p join w on w.id = p.window_id
       where p.window_id = any($1::bigint[]) and p.kind <> 'rows'
       window whole as (order by w.model_version_id, w.baseline_id, w.start, p.segment, p.kind, p.window_id),
         own as (partition by p.segment, p.kind, p.window_id)
     ), gone as (
       delete from window_part p using listed l
       where p.window_id = any($1::bigint[]) and p.window_id = l.window_id and p.id = l.id and l.bytes - l.own_bytes < $2
       returning p.id, p.window_id, p.segment, p.kind, p.rows, p.delta
     )
     select g.id::float8 as id, w.model_version_id as "modelVersionId", w.baseline_id::float8 as "baselineId", w.task, w.start, g.segment,
       g.kind, g.rows::float8 as rows, extract(epoch from w.created_at)::float8 * 1000 as "storedMs",
       (w.is_new and row_number() over (partition by g.window_id, g.segment, g.kind order by g.id) = 1)::int as windows,
       case when w.start is null then '' else g.delta end as delta
     from gone g join w on w.id = g.window_id order by g.window_id, g.id`,
    [windowIds, mostBytes],
  );
  await tx.query(
    `update "window" w set added_at = now() where w.id = any($1::bigint[]) and w.added_at is null
       and not exists (select from window_part p where p.window_id = w.id and p.kind <> 'rows')`,
    [windowIds],
  );
  return taken.rows;
}

/** Days or weeks that are older than they are kept, `d` with their model `m` and what it says `k`. */
const OLD_DAYS = `day_profile d join model_version v on v.id = d.model_version_id join model m on m.id = v.model_id
  left join unnest($2::text[], $3::bigint[]) as k (name, keep_ms) on k.name = m.name
  where d.every = $5 and greatest((d.start_at::timestamp + case d.every when 'day' then interval '1 day' else interval '7 days' end)
    at time zone 'UTC', d.stored_at) <= $1::timestamptz - coalesce(k.keep_ms, $4) * interval '1 millisecond'`;

function oldDaysOf({ retention, models, nowMs }: HistoryPolicy, every: 'day' | 'week'): unknown[] {
  const keptMs = (of: HistoryPolicy['retention'] | HistoryPolicy['models'][number]['retention']): number =>
    // Where weeks are off, those of before go.
    every === 'day' ? of.daysMs : (of.weeksMs ?? 0);
  return [
    new Date(nowMs),
    models.map(({ model }) => model),
    models.map((each) => keptMs(each.retention)),
    keptMs(retention),
    every,
  ];
}

/** How many days (or weeks) of a version are older than they are kept. */
export async function countOldDays(
  db: Queryable,
  policy: HistoryPolicy,
  every: 'day' | 'week',
): Promise<number> {
  const found = await db.query<{ n: number }>(
    `select count(distinct (d.model_version_id, d.start_at))::float8 as n from ${OLD_DAYS}`,
    oldDaysOf(policy, every),
  );
  return found.rows[0]!.n;
}

/**
 * Takes out days, or weeks, that are older than they are kept: not more than some bytes of them beside the one that passes it. `start` is
 * the Monday of a day's week where its model keeps weeks. Whoever calls holds `lockDayProfiles`.
 */
export async function takeOldDays(
  tx: Tx,
  policy: HistoryPolicy,
  every: 'day' | 'week',
  mostBytes: number,
): Promise<TakenCounts[]> {
  const { retention, models } = policy;
  const taken = await tx.query<TakenCounts>(
    `with listed as (
       select id, sum(bytes) over (order by model_version_id, baseline_id, start_at, segment, kind, id) - bytes as before from (
         select d.id, d.model_version_id, d.baseline_id, date_trunc('week', d.start_at::timestamp) as start_at, d.segment, d.kind,
           octet_length(d.profile) as bytes
         from ${OLD_DAYS} order by d.start_at limit $6
       ) old
     ), gone as (
       delete from day_profile d using listed l where d.id = l.id and d.every = $5 and l.before < $7 returning d.*
     )
     select d.id::float8 as id, d.model_version_id as "modelVersionId", d.baseline_id::float8 as "baselineId", m.task,
       case when d.every = 'day' and coalesce(w.weekly, $10) then date_trunc('week', d.start_at::timestamp)::date::text end as start,
       d.segment, d.kind, d.rows::float8 as rows, d.windows::float8 as windows,
       extract(epoch from d.stored_at)::float8 * 1000 as "storedMs", d.profile as delta
     from gone d join model_version v on v.id = d.model_version_id join model m on m.id = v.model_id
     left join unnest($8::text[], $9::bool[]) as w (name, weekly) on w.name = m.name
     order by d.id`,
    [
      ...oldDaysOf(policy, every),
      MOST_AT_ONCE,
      mostBytes,
      models.map(({ model }) => model),
      models.map((each) => each.retention.weeksMs !== null),
      retention.weeksMs !== null,
    ],
  );
  return taken.rows;
}

const MOST_AT_ONCE = 1_000;
