import { defaultSpanMs, type Period, resolvePeriod, sinceData } from '../../../core/windows/period.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { sizeToText } from '../../../core/windows/window-size.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';

/** What an address says of the windows to be looked at; absent is the default. */
export interface ScreenAsked {
  readonly model: string;
  readonly version?: string | undefined;
  /** Milliseconds, or rows as a negative number. Absent: the smallest. */
  readonly size?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly nowMs: number;
}

export interface ScreenRefusal {
  readonly reason: 'unknown_model' | 'unknown_version' | 'no_period';
  readonly detail: string;
}

export interface ScreenScope {
  readonly modelId: number;
  readonly versionIds: readonly number[];
  /** Null: there are no windows (of this size). */
  readonly size: number | null;
  readonly period: Period;
}

interface ScreenSize {
  readonly size: number;
  readonly latestMs: number;
  readonly firstMs: number;
  /** From the start of the thirtieth newest window to the end of the newest. */
  readonly lastThirtyMs: number;
}

/** As many columns of time are sent at most. */
export const MOST_COLUMNS_OF_TIME = 400;

const SIZES = `
  with recursive s as (
    select min(size_ms) as size_ms from "window" where model_version_id = v.id
    union all
    select (select min(size_ms) from "window" where model_version_id = v.id and size_ms > s.size_ms) from s
    where s.size_ms is not null
  ) select size_ms from s where size_ms is not null`;

const THIRTIETH = `coalesce(
  (select start_at from "window" where model_version_id = v.id and size_ms = s.size_ms order by start_at desc offset 29 limit 1),
  (select min(start_at) from "window" where model_version_id = v.id and size_ms = s.size_ms))`;

interface ModelScope {
  readonly modelId: number;
  readonly versionIds: number[];
  /** Time first, the smallest first. */
  readonly sizes: ScreenSize[];
}

/** A few looks at indexes for each version and size, however many windows there are. */
async function modelScope(db: Queryable, asked: ScreenAsked): Promise<ModelScope | null> {
  const rows = await select<{
    id: number;
    version_id: number | null;
    size: number | null;
    latest: number;
    thirtieth: number;
    first: number;
    pane_only: boolean | null;
  }>(
    db,
    `select m.id, v.id as version_id, s.size_ms as size, extract(epoch from w.end_at)::float8 * 1000 as latest,
       extract(epoch from w.end_at - ${THIRTIETH})::float8 * 1000 as thirtieth,
       extract(epoch from (select min(start_at) from "window" where model_version_id = v.id and size_ms = s.size_ms))::float8 * 1000 as first,
       w.pane_only
     from model m
     left join model_version v on v.model_id = m.id and ($2::text is null or v.name = $2)
     left join lateral (${SIZES}) s on true
     left join lateral (
       select end_at, pane_only from "window" where model_version_id = v.id and size_ms = s.size_ms
       order by start_at desc limit 1
     ) w on true
     where m.name = $1`,
    [asked.model, asked.version ?? null],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const bySize = new Map<number, ScreenSize>();
  for (const { size, latest, thirtieth, first: firstMs, pane_only: isPane } of rows) {
    if (size === null || isPane === true) continue;
    const before = bySize.get(size);
    bySize.set(size, {
      size,
      latestMs: Math.max(before?.latestMs ?? -Infinity, latest),
      firstMs: Math.min(before?.firstMs ?? Infinity, firstMs),
      lastThirtyMs: Math.max(before?.lastThirtyMs ?? 0, thirtieth),
    });
  }
  return {
    modelId: first.id,
    versionIds: [...new Set(rows.flatMap(({ version_id: id }) => (id === null ? [] : [id])))],
    sizes: [...bySize.values()].sort(bySmallest),
  };
}

function bySmallest(a: ScreenSize, b: ScreenSize): number {
  return Number(a.size < 0) - Number(b.size < 0) || Math.abs(a.size) - Math.abs(b.size);
}

/** Which windows an address means: versions, size, and the period, by default the newest of the data. */
export async function screenScope(
  db: Queryable,
  asked: ScreenAsked,
): Promise<Result<ScreenScope & { readonly sizes: readonly ScreenSize[] }, ScreenRefusal>> {
  const found = await modelScope(db, asked);
  if (found === null) {
    return fail({ reason: 'unknown_model', detail: `No model is called "${asked.model}".` });
  }
  const { modelId, versionIds, sizes } = found;
  if (asked.version !== undefined && versionIds.length === 0) {
    const detail = `The model "${asked.model}" has no version "${asked.version}".`;
    return fail({ reason: 'unknown_version', detail });
  }
  const chosen = asked.size === undefined ? sizes[0] : sizes.find(({ size }) => size === asked.size);
  const latestMs = chosen?.latestMs ?? sizes[0]?.latestMs ?? asked.nowMs;
  const spanMs =
    chosen === undefined
      ? undefined
      : defaultSpanMs(chosen.size > 0 ? chosen.size : chosen.lastThirtyMs / 30);
  const text = { from: asked.from ?? null, to: asked.to ?? null };
  const period = resolvePeriod(text, latestMs, asked.nowMs, spanMs);
  if (!period.ok) return fail({ reason: 'no_period', detail: period.error });
  return ok({
    modelId,
    versionIds,
    sizes,
    size: chosen?.size ?? null,
    period: asked.from === undefined ? sinceData(period.value, chosen?.firstMs) : period.value,
  });
}

/** The head of every panel's answer. */
export function panelHead({ size, period }: Pick<ScreenScope, 'size' | 'period'>): {
  period: { from: string; to: string };
  size: string | null;
} {
  return {
    period: {
      from: new Date(period.fromMs).toISOString(),
      to: new Date(period.toMs).toISOString(),
    },
    size: size === null ? null : sizeToText(size),
  };
}

/**
 * Windows that reach into the period, each with its column of time: one of its own, or, where there are more than four
 * hundred, one that several share. As `w (id, version_id, start_at, end_at, state, late_rows, emptied_rows, closed_revision,
 * matured_revision, col)`, of the parameters $1 to $6.
 */
export const COLUMNS_OF_WINDOWS = `
  reaching as (
    select id, model_version_id as version_id, start_at, end_at, state, late_rows, emptied_rows, closed_revision, matured_revision
    from "window"
    where model_version_id = any($1::int[]) and size_ms = $2::bigint and not pane_only
      and start_at < to_timestamp($4::float8 / 1000) and end_at > to_timestamp($3::float8 / 1000)
      and ($2::bigint < 0 or start_at > to_timestamp(($3::float8 - $2::bigint) / 1000))
  ), placed as (
    select r.*, case when (select count(distinct start_at) from reaching) <= ${MOST_COLUMNS_OF_TIME}
        then extract(epoch from start_at) * 1000
        else greatest(0, floor((extract(epoch from start_at) * 1000 - $5::float8) / $6::float8)) end as place
    from reaching r
  ), w as (
    select p.*, (dense_rank() over (order by place) - 1)::int as col from placed p
  )`;

/** The parameters of `COLUMNS_OF_WINDOWS`. Shared columns are whole windows wide, where windows are equally long. */
export function columnParameters({ versionIds, size, period }: ScreenScope): unknown[] {
  const span = period.toMs - period.fromMs;
  // One column less: the first may begin before the period does.
  const least = span / (MOST_COLUMNS_OF_TIME - 1);
  const stepMs =
    size !== null && size > 0 ? size * Math.max(1, Math.ceil(least / size)) : Math.max(1, Math.ceil(least));
  const base = Math.floor(period.fromMs / stepMs) * stepMs;
  return [versionIds, size ?? 0, period.fromMs, period.toMs, base, stepMs];
}
