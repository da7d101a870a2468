import { ok, type Result } from '../../../core/result.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';
import type { ModelTrendPoint, ModelTrends } from '../../rows/model-screen.ts';
import type { PanelAsked } from './model-ribbon.ts';
import {
  COLUMNS_OF_WINDOWS,
  columnParameters,
  panelHead,
  type ScreenRefusal,
  type ScreenScope,
  screenScope,
} from './screen-scope.ts';

export interface TrendsAsked extends PanelAsked {
  /** What is laid under it: the period before, or another version over the same one. */
  readonly against?: 'before' | { readonly version: string } | undefined;
}

/** Of a segment its verdict says how many rows there were; of all rows the counts themselves, also while a window is open. */
const ROWS = `case when $7 = '' then coalesce(w.emptied_rows, (
    select sum(p.rows) from window_content p where p.whole_id = w.id and p.segment = '' and p.kind = 'input'), 0)
  else coalesce((select d.rows from verdict d where d.window_id = w.id and d.segment = $7
    order by d.series = 'closed' desc, d.revision desc limit 1), 0) end::float8`;

const SQL = `
  with ${COLUMNS_OF_WINDOWS}, moved as (
    select w.col, max(s.effect) filter (where s.subject = 'prediction') as prediction,
      max(s.effect) filter (where s.subject = 'score') as score, max(s.effect) filter (where s.subject = 'label') as label
    from w cross join lateral (
      select distinct on (m.subject) m.subject, m.jensen_shannon as effect from measurement m
      where m.window_id = w.id and m.segment = $7 and m.subject in ('prediction', 'score', 'label') and m.rows_current > 0
        and m.series = any(case when $8::text is null then array['closed', 'matured'] else array[$8] end)
      order by m.subject, m.series desc
    ) s group by w.col
  ), counted as (
    select col, min(start_at) as start, max(end_at) as "end", count(*) as windows, bool_or(state = 'open') as provisional,
      sum(${ROWS}) as rows, sum(late_rows)::float8 as late_rows
    from w group by col
  )
  select start, "end", windows, provisional, rows, late_rows, prediction, score, label
  from counted left join moved using (col) order by col`;

/** How far predictions, scores and labels are from training, and how many rows there were. */
export async function modelTrends(
  db: Queryable,
  asked: TrendsAsked,
): Promise<Result<ModelTrends, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const under = await scopeUnder(db, asked, scope.value);
  if (!under.ok) return under;
  const points = async (of: ScreenScope): Promise<ModelTrendPoint[]> =>
    await select<ModelTrendPoint>(db, SQL, [
      ...columnParameters(of),
      asked.segment ?? '',
      asked.series ?? null,
    ]);
  return ok({
    ...panelHead(scope.value),
    points: await points(scope.value),
    against:
      under.value === null
        ? null
        : {
            name: under.value.name,
            period: panelHead(under.value.scope).period,
            shift_ms: scope.value.period.fromMs - under.value.scope.period.fromMs,
            points: await points(under.value.scope),
          },
  });
}

async function scopeUnder(
  db: Queryable,
  asked: TrendsAsked,
  scope: ScreenScope,
): Promise<Result<{ readonly name: string; readonly scope: ScreenScope } | null, ScreenRefusal>> {
  const { against } = asked;
  if (against === undefined) return ok(null);
  const { fromMs, toMs } = scope.period;
  if (against === 'before') {
    const period = { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
    return ok({ name: 'before', scope: { ...scope, period } });
  }
  const other = await screenScope(db, { ...asked, version: against.version });
  if (!other.ok) return other;
  return ok({
    name: `version:${against.version}`,
    scope: { ...scope, versionIds: other.value.versionIds },
  });
}
