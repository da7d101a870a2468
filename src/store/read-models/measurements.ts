import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import { loadComparisons } from '../history/comparisons.ts';
import type { MeasurementRow } from '../rows/windows.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select } from '../connection/select.ts';
import { severityNow } from '../history/measured.ts';

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
    x.series, x.segment, x.subject, x.name, x.revision, x.kind, x.status,
    ${severityNow('x.severity')} as severity, x.drifted, x.reason,
    x.rows_reference, x.rows_current, x.missing_reference, x.missing_current, x.invalid_reference,
    x.invalid_current, x.psi, x.ks, x.ks_p_value, x.chi_square, x.chi_square_p_value, x.jensen_shannon,
    x.wasserstein, x.p_value, x.q_value, x.faults
  from measurement x
  join "window" w on w.id = x.window_id
  join model_version v on v.id = w.model_version_id
  join model m on m.id = v.model_id
  where ($1::bigint is null or w.id = $1)
    and ($2::text is null or m.name = $2)
    and ($3::text is null or v.name = $3)
    and ($4::text is null or x.series = $4)
    and ($5::text is null or x.segment = $5)
    and ($6::text is null or x.subject = $6)
    and ($7::text is null or x.name = $7)
    and ($8::timestamptz is null or w.start_at >= $8)
    and ($9::timestamptz is null or w.start_at < $9)
    and ($10::bigint is null
      or (w.start_at, w.id) < (to_timestamp($10 / 1000.0), $11::bigint)
      or (w.id = $11::bigint and (x.series, x.segment, x.subject, x.name) > ($12::text, $13::text, $14::text, $15::text)))
  order by w.start_at desc, w.id desc, x.series, x.segment, x.subject, x.name
  limit $16`;

/** Newest window first; within a window by series, segment, subject and name. Details are null where they were not asked for, or are kept no longer. */
export async function listMeasurements(
  db: Queryable,
  filter: MeasurementFilter,
  page: PageRequest<MeasurementKey>,
): Promise<Page<MeasurementRow, MeasurementKey>> {
  const after = page.after ?? [null, null, null, null, null, null];
  const rows = await select<Omit<MeasurementRow, 'details'>>(db, SQL, [
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
    await withDetails(db, rows, filter.details),
    page.limit,
    (row) =>
      [Date.parse(row.start), Number(row.window_id), row.series, row.segment, row.subject, row.name] as const,
  );
}

async function withDetails(
  db: Queryable,
  rows: readonly Omit<MeasurementRow, 'details'>[],
  areWanted: boolean,
): Promise<MeasurementRow[]> {
  if (!areWanted) return rows.map((row) => ({ ...row, details: null }));
  const keys = new Map(
    rows.map(({ window_id: windowId, series, segment }) => [
      [windowId, series, segment].join(),
      { windowId, series, segment },
    ]),
  );
  const loaded = await loadComparisons(db, [...keys.values()]);
  const columns = new Map([...keys.keys()].map((key, n) => [key, loaded[n] ?? []]));
  return rows.map((row) => {
    const compared = columns.get([row.window_id, row.series, row.segment].join()) ?? [];
    const own = compared.find(([subject, { name }]) => subject === row.subject && name === row.name);
    return { ...row, details: own?.[1] ?? null };
  });
}
