import { ok, type Result } from '../../../core/result.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';
import type { ModelHeatmap } from '../../rows/model-screen.ts';
import type { PanelAsked } from './model-ribbon.ts';
import {
  COLUMNS_OF_WINDOWS,
  columnParameters,
  panelHead,
  type ScreenRefusal,
  screenScope,
} from './screen-scope.ts';

export interface HeatmapAsked extends PanelAsked {
  /** Features whose name holds this, whatever the case. */
  readonly q?: string | undefined;
  readonly limit: number;
}

interface HeatRow {
  readonly kind: 'column' | 'feature';
  readonly name: string | null;
  readonly total: number;
  readonly start: string | null;
  readonly end: string | null;
  readonly windows: number | null;
  /** `column effect letter` of each cell, split by commas; the effect in thousandths, or nothing. */
  readonly cells: string | null;
}

/**
 * One statement: the columns, and of each feature the cells that there are. A cell of several windows shows the gravest of
 * them, and is of too few rows only when all are. Earlier versions stored `alarm` for what is critical.
 */
const SQL = `
  with ${COLUMNS_OF_WINDOWS}, cell as (
    select w.col, m.name, max(m.jensen_shannon) filter (where m.rows_current > 0) as effect,
      bool_or(m.severity in ('critical', 'alarm')) as alarm, bool_or(m.status = 'fault' or m.faults <> '{}') as fault,
      bool_or(m.status = 'drift') as drift, bool_and(m.status = 'insufficient') as insufficient,
      bool_or(m.rows_current > 0) as has_rows
    from w join measurement m on m.window_id = w.id
    where m.series = 'closed' and m.segment = $7 and m.subject = 'feature'
      and ($8::text is null or position(lower($8) in lower(m.name)) > 0)
    group by w.col, m.name
  ), feature as (
    select name, string_agg(col || ' ' || coalesce(round(effect * 1000)::text, '') || ' ' || case
        when fault and alarm then 'b' when fault then 'f' when not has_rows then '.' when alarm then 'a'
        when drift then 'd' when insufficient then 'i' else 'o' end, ',') as cells,
      count(*) over () as total, bool_or(fault) as fault, bool_or(alarm) as alarm, max(effect) as effect
    from cell group by name
    order by bool_or(fault) desc, bool_or(alarm) desc, max(effect) desc nulls last, name limit $9
  )
  select 'column' as kind, null as name, 0 as total, min(start_at) as start, max(end_at) as "end", count(*) as windows,
    null as cells, col as place from w group by col
  union all
  select 'feature', name, total, null, null, null, cells,
    row_number() over (order by fault desc, alarm desc, effect desc nulls last, name) from feature
  order by kind, place`;

/** Features over time: at most four hundred columns of as many features as are asked for. */
export async function modelHeatmap(
  db: Queryable,
  asked: HeatmapAsked,
): Promise<Result<ModelHeatmap, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const rows = await select<HeatRow>(db, SQL, [
    ...columnParameters(scope.value),
    asked.segment ?? '',
    asked.q ?? null,
    asked.limit,
  ]);
  const columns = rows
    .filter(({ kind }) => kind === 'column')
    .map(({ start, end, windows }) => ({ start: start ?? '', end: end ?? '', windows: windows ?? 0 }));
  const features = rows.filter(({ kind }) => kind === 'feature');
  return ok({
    ...panelHead(scope.value),
    columns,
    total: features[0]?.total ?? 0,
    features: features.map(({ name, cells }) => ({
      name: name ?? '',
      ...unpacked(cells ?? '', columns.length),
    })),
  });
}

function unpacked(
  cells: string,
  width: number,
): Pick<ModelHeatmap['features'][number], 'effects' | 'states'> {
  const effects = Array.from<number | null>({ length: width }).fill(null);
  const states = Array.from<string>({ length: width }).fill('.');
  for (const cell of cells.split(',')) {
    const [at = '', effect = '', state = '.'] = cell.split(' ');
    effects[Number(at)] = effect === '' ? null : Number(effect);
    states[Number(at)] = state;
  }
  return { effects, states: states.join('') };
}
