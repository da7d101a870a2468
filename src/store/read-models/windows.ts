import type { ListedWindow } from '../rows/windows.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

export interface WindowFilter {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly state?: ListedWindow['state'] | undefined;
  readonly sizeMs?: number | undefined;
  readonly sizeRows?: number | undefined;
  /** Windows whose start lies in [from, to). */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Start in epoch milliseconds (windows start on whole ones), then id. */
export type ListedWindowKey = readonly [startMs: number, id: number];

const COLUMNS = `
  w.id::text as id, m.name as model, v.name as version, case when w.size_ms > 0 then w.size_ms end as size_ms,
  case when w.size_ms < 0 then -w.size_ms end as size_rows, w.start_at as start, w.end_at as "end",
  w.state, coalesce(w.closed_deltas < p.deltas or w.matured_deltas < w.closed_deltas, false) as dirty,
  coalesce(w.emptied_rows, p.rows, 0) as rows, w.late_rows, w.baseline_id::text as baseline_id,
  w.closed_at, w.matured_at, w.closed_revision, w.matured_revision`;
const NAMED = `
  join model_version v on v.id = w.model_version_id
  join model m on m.id = v.model_id`;
// The empty segment is the whole window; every other segment counts the same rows again.
const COUNTED = `
  left join lateral (
    select sum(rows) filter (where segment = '' and kind = 'input')::bigint as rows, sum(deltas) as deltas
    from window_content where whole_id = w.id
  ) p on true`;

/** Newest first. */
export async function listWindows(
  db: Queryable,
  filter: WindowFilter,
  page: PageRequest<ListedWindowKey>,
): Promise<Page<ListedWindow, ListedWindowKey>> {
  const [afterStartMs, afterId] = page.after ?? [null, null];
  const rows = await select<ListedWindow>(
    db,
    // Parts are added up of the windows on the page only.
    `select ${COLUMNS} from (select w.* from "window" w ${NAMED}
     where not w.pane_only and ($1::text is null or m.name = $1)
       and ($2::text is null or v.name = $2)
       and ($3::text is null or w.state = $3)
       and ($4::bigint is null or w.size_ms = $4)
       and ($5::timestamptz is null or w.start_at >= $5)
       and ($6::timestamptz is null or w.start_at < $6)
       and ($7::bigint is null or (w.start_at, w.id) < (to_timestamp($7 / 1000.0), $8::bigint))
     order by w.start_at desc, w.id desc limit $9) w ${NAMED} ${COUNTED}
     order by w.start_at desc, w.id desc`,
    [
      filter.model ?? null,
      filter.version ?? null,
      filter.state ?? null,
      filter.sizeMs ?? (filter.sizeRows === undefined ? null : -filter.sizeRows),
      filter.from ?? null,
      filter.to ?? null,
      afterStartMs,
      afterId,
      page.limit + 1,
    ],
  );
  return cutPage(rows, page.limit, (row) => [Date.parse(row.start), Number(row.id)] as const);
}

export async function findWindow(db: Queryable, id: string): Promise<ListedWindow | null> {
  return selectOne<ListedWindow>(
    db,
    `select ${COLUMNS} from "window" w ${NAMED} ${COUNTED} where w.id = $1`,
    [id],
  );
}
