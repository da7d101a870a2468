import type { SeriesState } from '../../core/alerts/alert.ts';
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { AlertStateRow } from '../rows/alerts.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select } from '../connection/select.ts';

export interface AlertStateFilter {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly state?: SeriesState | undefined;
  readonly series?: EvaluationSeries | undefined;
  /** Absent: every segment. The empty text: the whole window only. */
  readonly segment?: string | undefined;
}

export type AlertStateKey = readonly [versionId: number, sizeMs: number, segment: string, series: string];

/** By version, oldest first; then by size, segment and series. */
export async function listAlertStates(
  db: Queryable,
  filter: AlertStateFilter,
  page: PageRequest<AlertStateKey>,
): Promise<Page<AlertStateRow, AlertStateKey>> {
  const rows = await select<AlertStateRow & { version_id: number; size: number }>(
    db,
    `select c.model_version_id as version_id, c.size_ms as size, m.name as model, v.name as version,
       case when c.size_ms > 0 then c.size_ms end as size_ms, case when c.size_ms < 0 then -c.size_ms end as size_rows,
       c.segment, c.series, c.state, c.reason, c.window_id::text as window_id, c.decided_until
     from alert_cursor c
     join model_version v on v.id = c.model_version_id
     join model m on m.id = v.model_id
     where c.decided_until > '-infinity'
       and ($1::text is null or m.name = $1)
       and ($2::text is null or v.name = $2)
       and ($3::text is null or c.state = $3)
       and ($4::text is null or c.series = $4)
       and ($5::text is null or c.segment = $5)
       and ($6::integer is null
         or (c.model_version_id, c.size_ms, c.segment, c.series) > ($6, $7::bigint, $8::text, $9::text))
     order by c.model_version_id, c.size_ms, c.segment, c.series limit $10`,
    [
      filter.model ?? null,
      filter.version ?? null,
      filter.state ?? null,
      filter.series ?? null,
      filter.segment ?? null,
      ...(page.after ?? [null, null, null, null]),
      page.limit + 1,
    ],
  );
  const { items, next } = cutPage(
    rows,
    page.limit,
    (row) => [row.version_id, row.size, row.segment, row.series] as const,
  );
  return { items: items.map(asRow), next };
}

function asRow(row: AlertStateRow): AlertStateRow {
  const { model, version, size_ms, size_rows, segment, series, state, reason, window_id, decided_until } =
    row;
  return { model, version, size_ms, size_rows, segment, series, state, reason, window_id, decided_until };
}
