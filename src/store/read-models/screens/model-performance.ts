import { ok, type Result } from '../../../core/result.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';
import type { ModelPerformance, ModelPerformanceParts } from '../../rows/performance-screen.ts';
import type { PanelAsked } from './model-ribbon.ts';
import {
  COLUMNS_OF_WINDOWS,
  columnParameters,
  panelHead,
  type ScreenRefusal,
  screenScope,
} from './screen-scope.ts';

export interface PerformanceAsked extends PanelAsked {
  /** Absent: accuracy, or rmse of a regression. */
  readonly metric?: string | undefined;
}

/** The newest word of each window and series; of a window that is not judged by its labels yet, how many are in by now. */
const SAID = `
  said as (
    select w.col, w.start_at, w.end_at, w.state, c.performance as closed, m.performance as matured, r.rows, l.labelled
    from w
    left join lateral (
      select performance from verdict where window_id = w.id and segment = $7 and series = 'closed' order by revision desc limit 1
    ) c on true
    left join lateral (
      select performance from verdict where window_id = w.id and segment = $7 and series = 'matured' order by revision desc limit 1
    ) m on true
    left join lateral (
      select rows from verdict where window_id = w.id and segment = $7 order by series = 'closed' desc, revision desc limit 1
    ) r on true
    left join lateral (
      select sum(p.rows)::float8 as labelled from window_content p
      where m.performance is null and p.whole_id = w.id and p.segment = $7 and p.kind = 'label'
    ) l on true
  )`;

/** The column's newest window that says it: figures of several windows do not add up to one of them. */
const SQL = `
  with ${COLUMNS_OF_WINDOWS}, ${SAID}, named as (
    select distinct k as name from said, lateral jsonb_object_keys(coalesce(said.matured->'metrics', nullif(said.closed->'metrics', '{}'), said.closed->'estimated', '{}')) k
  ), chosen as (
    select coalesce($8, (select name from named order by array_position(array['accuracy', 'rmse'], name), name limit 1)) as metric
  ), per as (
    select s.col, s.start_at, s.end_at, s.rows, s.state,
      coalesce(s.matured, s.closed)->'metrics'->c.metric as realised, coalesce(s.matured->'estimated', s.closed->'estimated')->c.metric as estimated,
      coalesce((s.matured->'labelled'->>'current')::float8, s.labelled, 0) as labelled,
      coalesce((s.matured->'labelled'->>'share')::float8, least(s.labelled, s.rows) / nullif(s.rows, 0)) as share, (s.matured->>'mature')::boolean as mature, coalesce(s.matured, s.closed)->'maturity' as maturity
    from said s, chosen c
  )
  select json_build_object(
    'metric', (select metric from chosen), 'metrics', (select coalesce(json_agg(name order by name), '[]') from named),
    'points', coalesce((select json_agg(json_build_object(
      'start', p.start, 'end', p."end", 'rows', p.rows,
      'realised', p.realised->'current', 'interval', p.realised->'interval', 'reference', p.realised->'reference',
      'p_value', p.realised->'p_value', 'estimated', p.estimated->'value', 'estimated_interval', p.estimated->'interval',
      'estimate_valid', p.estimated->'valid', 'labelled', p.labelled, 'share', p.share,
      'expected_share', p.maturity->'expected_share', 'mature', coalesce(p.mature, false)) order by p.start)
    from (
      select distinct on (col) min(start_at) over (partition by col) as start, max(end_at) over (partition by col) as "end",
        sum(rows) over (partition by col) as rows, sum(labelled) over (partition by col) as labelled, realised, estimated, share, maturity, mature
      from per order by col, (realised->'current') is null, start_at desc
    ) p), '[]')) as answer`;

/** What performance was expected to be, and what labels said, over time; one look at two verdicts of each window. */
export async function modelPerformance(
  db: Queryable,
  asked: PerformanceAsked,
): Promise<Result<ModelPerformance, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const [found] = await select<{ answer: Omit<ModelPerformance, 'period' | 'size'> }>(db, SQL, [
    ...columnParameters(scope.value),
    asked.segment ?? '',
    asked.metric ?? null,
  ]);
  if (found === undefined) throw new Error('an aggregate answered no row');
  const points = found.answer.points.map((point) => ({
    ...point,
    start: utc(point.start),
    end: utc(point.end),
  }));
  return ok({ ...panelHead(scope.value), ...found.answer, points });
}

/** JSON of the database writes times with its own zone and digits. */
const utc = (text: string): string => new Date(text).toISOString();

const NEWEST = `
  with ${COLUMNS_OF_WINDOWS}, newest as (
    select w.id, w.start_at, w.end_at from w
    cross join lateral (
      select max((d.performance->'labelled'->>'current')::float8) as labels
      from verdict d where d.window_id = w.id and d.series = 'matured' and d.performance is not null
    ) l
    -- Where none has labels, the newest says that it has none.
    where l.labels is not null order by l.labels > 0 desc, w.start_at desc limit 1
  ), said as (
    select distinct on (d.segment) d.segment, d.verdict, d.rows, d.performance
    from newest n join verdict d on d.window_id = n.id and d.series = 'matured'
    order by d.segment, d.revision desc
  )
  select n.id::text as id, n.start_at as start, n.end_at as "end",
    (select performance from said where segment = $7) as performance,
    coalesce((select json_agg(json_build_object('segment', segment, 'verdict', verdict, 'rows', rows,
        'labelled', coalesce((performance->'labelled'->>'current')::float8, 0), 'metrics', coalesce(performance->'metrics', '{}')))
      from (select * from said where segment <> '' order by rows desc, segment limit 100) s), '[]') as segments
  from newest n`;

type Newest = { readonly id: string; readonly start: string; readonly end: string } & Pick<
  ModelPerformanceParts,
  'performance' | 'segments'
>;

/** The newest window of the period with labels: all its rows, and each segment. */
export async function modelPerformanceParts(
  db: Queryable,
  asked: PanelAsked,
): Promise<Result<ModelPerformanceParts, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const [found] = await select<Newest>(db, NEWEST, [...columnParameters(scope.value), asked.segment ?? '']);
  const head = panelHead(scope.value);
  if (found === undefined) return ok({ ...head, window: null, performance: null, segments: [] });
  const { id, start, end, performance, segments } = found;
  return ok({ ...head, window: { id, start, end }, performance, segments });
}
