import { ok, type Result } from '../../../core/result.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';
import { heatCellsOf, HeatSums } from '../../history/heat-cells.ts';
import type { ModelHeatmap } from '../../rows/model-screen.ts';
import type { PanelAsked } from './model-ribbon.ts';
import {
  COLUMNS_OF_WINDOWS,
  columnParameters,
  MOST_COLUMNS_OF_TIME,
  panelHead,
  type ScreenRefusal,
  screenScope,
} from './screen-scope.ts';

export interface HeatmapAsked extends PanelAsked {
  /** Features whose name holds this, whatever the case. */
  readonly q?: string | undefined;
  readonly limit: number;
}

interface HeatWindow {
  readonly col: number;
  readonly start: string;
  readonly end: string;
  /** Null: those of the window before. */
  readonly names: string[] | null;
  readonly cells: Buffer;
}

/** A row a window, in order: what its newest verdict holds, or, where that is from before it held any, its measurements. */
const SQL = `
  with ${COLUMNS_OF_WINDOWS}, held as (
    select w.col, w.id, w.start_at, w.end_at, d.heat_names as names, d.heat_cells as cells
    from w left join lateral (
      select heat_names, heat_cells from verdict d where d.window_id = w.id and d.series = 'closed' and d.segment = $7
      order by d.revision desc limit 1
    ) d on true
  ), said as (
    select h.col, h.id, h.start_at, h.end_at, coalesce(h.names, m.names) as names, coalesce(h.cells, m.cells) as cells
    from held h left join lateral ${heatCellsOf('h.id', '$7', 'h.cells is null')} m on true
  )
  select col, start_at as start, end_at as "end", cells,
    case when lag(names) over (order by col, start_at, id) is distinct from names then names end as names
  from said order by col, start_at, id`;

/** Features over time: at most four hundred columns of as many features as are asked for. */
export async function modelHeatmap(
  db: Queryable,
  asked: HeatmapAsked,
): Promise<Result<ModelHeatmap, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const windows = await select<HeatWindow>(db, SQL, [...columnParameters(scope.value), asked.segment ?? '']);
  const sums = new HeatSums(MOST_COLUMNS_OF_TIME);
  const columns: ModelHeatmap['columns'] = [];
  for (const { col, start, end, names, cells } of windows) {
    sums.add(col, names, cells);
    const column = (columns[col] ??= { start, end, windows: 0 });
    if (end > column.end) column.end = end;
    column.windows += 1;
  }
  return ok({
    ...panelHead(scope.value),
    columns,
    ...sums.gravest(columns.length, asked.q, asked.limit),
  });
}
