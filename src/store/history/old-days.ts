/** Days that are older than they are kept, and weeks. */
import type { Queryable, Tx } from '../connection/pool.ts';
import type { Every } from './day-profiles.ts';
import type { HistoryPolicy } from './due-windows.ts';
import { DAY_OF_WINDOW, type TakenCounts } from './taken-counts.ts';

const DAYS_OF: Readonly<Record<Every, number>> = { day: 1, week: 7 };

/** From its own end, or from when the newest of its windows was stored. */
const AGED_FROM = (every: Every): string =>
  `greatest((d.start_at::timestamp + interval '${DAYS_OF[every]} days') at time zone 'UTC', d.stored_at)`;

/** Days or weeks that are older than they are kept, `d` with their model `m` and what it says `k`. */
const OLD_DAYS = `day_profile d join model_version v on v.id = d.model_version_id join model m on m.id = v.model_id
  left join unnest($2::text[], $3::bigint[]) as k (name, keep_ms) on k.name = m.name
  where d.every = $5 and case d.every when 'day' then ${AGED_FROM('day')} else ${AGED_FROM('week')} end <= $1::timestamptz - coalesce(k.keep_ms, $4) * interval '1 millisecond'`;

function oldDaysOf({ retention, models, nowMs }: HistoryPolicy, every: Every): unknown[] {
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

/** How many days and weeks of a version are older than they are kept, with those that the counts of some windows are about to be added to. */
export async function countOldDays(
  db: Queryable,
  { retention, models, nowMs }: HistoryPolicy,
  windowIds: readonly number[],
): Promise<{ days: number; weeks: number }> {
  const found = await db.query<{ days: number; weeks: number }>(
    `with k as (
       select v.id, coalesce(k.days_ms, $5) as days_ms, case when k.name is null then $6::bigint else k.weeks_ms end as weeks_ms
       from model_version v join model m on m.id = v.model_id
       left join unnest($2::text[], $3::bigint[], $4::bigint[]) as k (name, days_ms, weeks_ms) on k.name = m.name
     ), made as (
       select w.model_version_id, ${DAY_OF_WINDOW} as start_at, w.created_at as stored_at from "window" w
       where w.id = any($7::bigint[]) and exists (select from window_part p where p.window_id = w.id and p.kind <> 'rows')
     ), old_days as (
       select d.model_version_id, d.start_at, d.stored_at, k.weeks_ms is not null as is_weekly from (
         select model_version_id, start_at, stored_at from day_profile where every = 'day'
         union all select model_version_id, start_at::date, stored_at from made where start_at is not null
       ) d join k on k.id = d.model_version_id
       where ${AGED_FROM('day')} <= $1::timestamptz - k.days_ms * interval '1 millisecond'
     ), old_weeks as (
       select d.model_version_id, d.start_at from (
         select model_version_id, start_at, stored_at from day_profile where every = 'week'
         union all select model_version_id, date_trunc('week', start_at::timestamp)::date, stored_at from old_days where is_weekly
       ) d join k on k.id = d.model_version_id
       where ${AGED_FROM('week')} <= $1::timestamptz - coalesce(k.weeks_ms, 0) * interval '1 millisecond'
     )
     select (select count(distinct (model_version_id, start_at)) from old_days)::float8 as days,
       (select count(distinct (model_version_id, start_at)) from old_weeks)::float8 as weeks`,
    [
      new Date(nowMs),
      models.map(({ model }) => model),
      models.map((each) => each.retention.daysMs),
      models.map((each) => each.retention.weeksMs),
      retention.daysMs,
      retention.weeksMs,
      windowIds,
    ],
  );
  return found.rows[0]!;
}

/**
 * Takes out days, or weeks, that are older than they are kept: not more than some bytes of them beside the one that passes it. `start` is
 * the Monday of a day's week where its model keeps weeks. Whoever calls holds `lockDayProfiles`.
 */
export async function takeOldDays(
  tx: Tx,
  policy: HistoryPolicy,
  every: Every,
  mostBytes: number,
): Promise<TakenCounts[]> {
  const { retention, models } = policy;
  const taken = await tx.query<TakenCounts>(
    `with listed as (
       select old.id, sum(bytes) over (order by model_version_id, baseline_id, start_at, segment, kind, old.id) - bytes as before from (
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
