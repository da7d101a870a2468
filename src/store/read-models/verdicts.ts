import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { VerdictDetail, VerdictRow } from '../rows/verdicts.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

export interface VerdictFilter {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly windowId?: string | undefined;
  readonly series?: EvaluationSeries | undefined;
  readonly segment?: string | undefined;
  readonly verdict?: VerdictRow['verdict'] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Also the ones that a later evaluation replaced. */
  readonly superseded: boolean;
}

const COLUMNS = `
  d.id::text as id, d.window_id::text as window_id, w.start_at as start, w.end_at as "end", case when w.size_ms > 0 then w.size_ms end as size_ms,
  case when w.size_ms < 0 then -w.size_ms end as size_rows,
  m.name as model, v.name as version, d.series, d.segment, d.revision,
  case when a.window_id is not null then 'recomputed' when d.revision > 1 then 'late_data' end as revision_reason, a.note as revision_note, d.verdict, d.types, d.not_tested,
  d.confidence, d.advice, d.summary, d.reason, d.rows, d.baseline_id::text as baseline_id, d.created_at,
  case when x.id is not null and d.verdict <> 'none' and d.revision = case d.series when 'closed' then w.closed_revision else w.matured_revision end
    then jsonb_build_object('annotation_id', x.id::text, 'author', x.author, 'says', 'expected: ' || x.comment) end as expected`;
const FROM = `
  from verdict d
  join "window" w on w.id = d.window_id
  join model_version v on v.id = w.model_version_id
  join model m on m.id = v.model_id
  left join recomputed a on a.window_id = d.window_id and a.series = d.series and a.revision = d.revision
  left join expected_verdict ev on ev.window_id = d.window_id and ev.series = d.series and ev.segment = d.segment
  left join annotation x on x.id = ev.annotation_id`;

/** In the order they were given, newest first; a corrected verdict therefore comes up again. */
export async function listVerdicts(
  db: Queryable,
  filter: VerdictFilter,
  page: PageRequest<number>,
): Promise<Page<VerdictRow, number>> {
  const rows = await select<VerdictRow>(
    db,
    `select ${COLUMNS} ${FROM}
     where ($1::text is null or m.name = $1)
       and ($2::text is null or v.name = $2)
       and ($3::bigint is null or d.window_id = $3)
       and ($4::text is null or d.series = $4)
       and ($5::text is null or d.segment = $5)
       and ($6::text is null or d.verdict = $6)
       and ($7::timestamptz is null or w.start_at >= $7)
       and ($8::timestamptz is null or w.start_at < $8)
       and ($9::boolean or not exists (
         select 1 from verdict later
         where later.window_id = d.window_id and later.series = d.series and later.segment = d.segment
           and later.revision > d.revision))
       and ($10::bigint is null or d.id < $10)
     order by d.id desc limit $11`,
    [
      filter.model ?? null,
      filter.version ?? null,
      filter.windowId ?? null,
      filter.series ?? null,
      filter.segment ?? null,
      filter.verdict ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.superseded,
      page.after,
      page.limit + 1,
    ],
  );
  return cutPage(rows, page.limit, (row) => Number(row.id));
}

export async function findVerdict(db: Queryable, id: string): Promise<VerdictDetail | null> {
  return selectOne<VerdictDetail>(
    db,
    `select ${COLUMNS}, d.diagnosis, d.performance, d.operational, d.multivariate ${FROM} where d.id = $1`,
    [id],
  );
}
