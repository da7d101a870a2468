import type { Task } from '../../core/model.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import type { Queryable } from '../connection/pool.ts';
import { select } from '../connection/select.ts';
import type { DayRow } from '../rows/days.ts';

export interface DayFilter {
  readonly model: string;
  readonly every: 'day' | 'week';
  readonly version?: string | undefined;
  /** Absent: every segment. The empty text: all rows only. */
  readonly segment?: string | undefined;
  /** Those that begin in [from, to). */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type DayKey = readonly [startMs: number, versionId: number, baselineId: number, segment: string];

/** A day without what its profiles say, and where these lie. */
export interface DayHead {
  readonly head: Omit<DayRow, 'features' | 'prediction' | 'score' | 'label'>;
  readonly versionId: number;
  readonly task: Task;
  /** Null: nothing of this kind was counted. */
  readonly inputId: number | null;
  readonly labelId: number | null;
}

type SelectedDay = DayHead['head'] & Omit<DayHead, 'head'>;

const SQL = `
  select m.name as model, v.name as version, v.id as "versionId", m.task, d.baseline_id::text as baseline_id, d.every,
    (d.start_at::timestamp at time zone 'UTC') as start,
    ((d.start_at::timestamp + case d.every when 'day' then interval '1 day' else interval '7 days' end) at time zone 'UTC') as "end",
    d.segment, coalesce(sum(d.rows) filter (where d.kind = 'input'), 0)::float8 as rows, max(d.windows)::float8 as windows,
    coalesce(sum(d.rows) filter (where d.kind = 'label'), 0)::float8 as labelled,
    max(d.id) filter (where d.kind = 'input')::float8 as "inputId", max(d.id) filter (where d.kind = 'label')::float8 as "labelId"
  from day_profile d join model_version v on v.id = d.model_version_id join model m on m.id = v.model_id
  where m.name = $1 and d.every = $2 and ($3::text is null or v.name = $3)
    and case when $4::text is null then left(d.segment, 1) <> ':' else d.segment = $4 end
    and ($5::timestamptz is null or d.start_at::timestamp at time zone 'UTC' >= $5)
    and ($6::timestamptz is null or d.start_at::timestamp at time zone 'UTC' < $6)
    and ($7::float8 is null or d.start_at < (to_timestamp($7 / 1000.0) at time zone 'UTC')::date
      or (d.start_at = (to_timestamp($7 / 1000.0) at time zone 'UTC')::date
        and (v.id, coalesce(d.baseline_id, 0), d.segment) > ($8::int, $9::bigint, $10::text)))
  group by m.name, v.name, v.id, m.task, d.baseline_id, d.every, d.start_at, d.segment
  order by d.start_at desc, v.id, coalesce(d.baseline_id, 0), d.segment
  limit $11`;

/** Newest first; those of a day by version, baseline and segment. */
export async function listDayHeads(
  db: Queryable,
  filter: DayFilter,
  page: PageRequest<DayKey>,
): Promise<Page<DayHead, DayKey>> {
  const rows = await select<SelectedDay>(db, SQL, [
    filter.model,
    filter.every,
    filter.version ?? null,
    filter.segment ?? null,
    filter.from ?? null,
    filter.to ?? null,
    ...(page.after ?? [null, null, null, null]),
    page.limit + 1,
  ]);
  const heads = rows.map(({ versionId, task, inputId, labelId, ...head }) => ({
    head,
    versionId,
    task,
    inputId,
    labelId,
  }));
  return cutPage(heads, page.limit, keyOfDay);
}

export function keyOfDay({ versionId, head }: DayHead): DayKey {
  return [Date.parse(head.start), versionId, Number(head.baseline_id ?? 0), head.segment];
}

/**
 * Profiles by their ids, in the order that these are given in: of the first, and of further ones until there are so many bytes. Of
 * those that have gone meanwhile there are none.
 *
 * @returns the profiles, and how many of the ids they are of
 */
export async function loadProfilesOfDays(
  db: Queryable,
  ids: readonly number[],
  mostBytes: number,
): Promise<{ readonly profiles: ReadonlyMap<number, Uint8Array>; readonly done: number }> {
  if (ids.length === 0) return { profiles: new Map(), done: 0 };
  const found = await db.query<{ id: number; place: number; profile: Uint8Array }>(
    `select id::float8 as id, place, profile from (
       select d.id, a.nth::int as place, d.profile,
         sum(octet_length(d.profile)) over (order by a.nth) - octet_length(d.profile) as bytes_before
       from unnest($1::bigint[]) with ordinality a (id, nth) join day_profile d on d.id = a.id
     ) p where bytes_before < $2 order by p.place`,
    [ids, mostBytes],
  );
  const bytes = found.rows.reduce((sum, { profile }) => sum + profile.length, 0);
  return {
    profiles: new Map(found.rows.map(({ id, profile }) => [id, profile])),
    done: bytes < mostBytes ? ids.length : (found.rows.at(-1)?.place ?? ids.length),
  };
}
