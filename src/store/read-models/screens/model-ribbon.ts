import type { EvaluationSeries } from '../../../core/evaluation-series.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';
import type { ModelRibbon } from '../../rows/model-screen.ts';
import {
  COLUMNS_OF_WINDOWS,
  columnParameters,
  panelHead,
  type ScreenAsked,
  type ScreenRefusal,
  screenScope,
} from './screen-scope.ts';

export interface PanelAsked extends ScreenAsked {
  /** Absent: all rows. */
  readonly segment?: string | undefined;
  /** Absent: with labels where they are in. */
  readonly series?: EvaluationSeries | undefined;
}

/** The gravest last. */
const GRAVITY = `array['open', 'none', 'undetermined', 'no_data', 'covariate_shift', 'label_shift', 'concept_drift', 'mixed', 'data_fault']`;

const SQL = `
  with ${COLUMNS_OF_WINDOWS}, said as (
    select w.col, w.start_at, w.end_at, case
        when d.reason = 'no_rows' then 'no_data'
        when d.verdict is not null then d.verdict
        when case $8::text when 'matured' then w.matured_revision else w.closed_revision end > 0 then 'no_data'
        else 'open' end as verdict
    from w left join lateral (
      select verdict, reason from verdict d
      where d.window_id = w.id and d.segment = $7 and ($8::text is null or d.series = $8)
      order by d.series = 'matured' desc, d.revision desc limit 1
    ) d on true
  )
  select min(start_at) as start, max(end_at) as "end", count(*) as windows,
    (${GRAVITY})[max(array_position(${GRAVITY}, verdict))] as verdict
  from said group by col order by col`;

/** Verdicts over time; one look at each window of the period. */
export async function modelRibbon(
  db: Queryable,
  asked: PanelAsked,
): Promise<Result<ModelRibbon, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const columns = await select<ModelRibbon['spans'][number]>(db, SQL, [
    ...columnParameters(scope.value),
    asked.segment ?? '',
    asked.series ?? null,
  ]);
  return ok({ ...panelHead(scope.value), spans: joined(columns) });
}

/** What touches and says the same is one stretch. */
function joined(columns: readonly ModelRibbon['spans'][number][]): ModelRibbon['spans'] {
  const spans: ModelRibbon['spans'] = [];
  for (const column of columns) {
    const last = spans.at(-1);
    if (last?.verdict === column.verdict && column.start <= last.end) {
      last.end = last.end > column.end ? last.end : column.end;
      last.windows += column.windows;
    } else spans.push({ ...column });
  }
  return spans;
}
