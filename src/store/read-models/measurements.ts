import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { MeasurementRow } from '../rows/windows.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select } from '../connection/select.ts';

export interface MeasurementFilter {
  readonly windowId?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly series?: EvaluationSeries | undefined;
  /** Absent: every segment. The empty text: the whole window only. */
  readonly segment?: string | undefined;
  readonly subject?: MeasurementRow['subject'] | undefined;
  readonly name?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly details: boolean;
}

export type MeasurementKey = readonly [
  startMs: number,
  windowId: number,
  series: string,
  segment: string,
  subject: string,
  name: string,
];

const SQL = `
  select w.id::text as window_id, w.start_at as start, w.end_at as "end", m.name as model, v.name as version,
    x.series, x.segment, x.subject, x.name, x.revision, x.kind, x.status, x.severity, x.drifted, x.reason,
    x.rows_reference, x.rows_current, x.missing_reference, x.missing_current, x.invalid_reference,
    x.invalid_current, x.psi, x.ks, x.ks_p_value, x.chi_square, x.chi_square_p_value, x.jensen_shannon,
    x.wasserstein, x.p_value, x.q_value, x.faults,
    case when $1::boolean then x.details end as details
  from measurement x
  join "window" w on w.id = x.window_id
  join model_version v on v.id = w.model_version_id
  join model m on m.id = v.model_id
  where ($2::bigint is null or w.id = $2)
    and ($3::text is null or m.name = $3)
    and ($4::text is null or v.name = $4)
    and ($5::text is null or x.series = $5)
    and ($6::text is null or x.segment = $6)
    and ($7::text is null or x.subject = $7)
    and ($8::text is null or x.name = $8)
    and ($9::timestamptz is null or w.start_at >= $9)
    and ($10::timestamptz is null or w.start_at < $10)
    and ($11::bigint is null
      or (w.start_at, w.id) < (to_timestamp($11 / 1000.0), $12::bigint)
      or (w.id = $12::bigint and (x.series, x.segment, x.subject, x.name) > ($13::text, $14::text, $15::text, $16::text)))
  order by w.start_at desc, w.id desc, x.series, x.segment, x.subject, x.name
  limit $17`;

/** Newest window first; within a window by series, segment, subject and name. */
export async function listMeasurements(
  db: Queryable,
  filter: MeasurementFilter,
  page: PageRequest<MeasurementKey>,
): Promise<Page<MeasurementRow, MeasurementKey>> {
  const after = page.after ?? [null, null, null, null, null, null];
  const rows = await select<MeasurementRow>(db, SQL, [
    filter.details,
    filter.windowId ?? null,
    filter.model ?? null,
    filter.version ?? null,
    filter.series ?? null,
    filter.segment ?? null,
    filter.subject ?? null,
    filter.name ?? null,
    filter.from ?? null,
    filter.to ?? null,
    ...after,
    page.limit + 1,
  ]);
  return cutPage(
    rows,
    page.limit,
    (row) =>
      [Date.parse(row.start), Number(row.window_id), row.series, row.segment, row.subject, row.name] as const,
  );
}
