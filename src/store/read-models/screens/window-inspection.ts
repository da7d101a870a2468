import type { Queryable } from '../../connection/pool.ts';
import { select, selectOne } from '../../connection/select.ts';
import type { WindowInspection } from '../../rows/inspection.ts';

/** What lies around a window and what is said of it, without what was measured in it. */
export interface WindowSurroundings extends Pick<
  WindowInspection,
  'earlier' | 'later' | 'incidents' | 'segments'
> {
  /** Ids of the newest verdicts on all of its rows. */
  readonly closed: string | null;
  readonly matured: string | null;
}

const NEWEST = (series: string): string => `(select d.id::text from verdict d
    where d.window_id = w.id and d.series = '${series}' and d.segment = '' order by d.revision desc limit 1)`;
const BESIDE = (than: string, order: string): string => `(select n.id::text from "window" n
    where n.model_version_id = w.model_version_id and n.size_ms = w.size_ms and n.start_at ${than} w.start_at and not n.pane_only
    order by n.start_at ${order} limit 1)`;

/** Null: there is no such window. */
export async function findSurroundings(db: Queryable, id: string): Promise<WindowSurroundings | null> {
  const found = await selectOne<Omit<WindowSurroundings, 'incidents' | 'segments'>>(
    db,
    `select ${NEWEST('closed')} as closed, ${NEWEST('matured')} as matured, ${BESIDE('<', 'desc')} as earlier, ${BESIDE('>', 'asc')} as later
     from "window" w where w.id = $1`,
    [id],
  );
  if (found === null) return null;
  return { ...found, incidents: await listIncidentsOf(db, id), segments: await listSegmentsOf(db, id) };
}

/** From the first of their windows to the last that was looked at. */
async function listIncidentsOf(db: Queryable, id: string): Promise<WindowInspection['incidents']> {
  return await select(
    db,
    `select a.id::text as id, a.state, a.cause, a.segment, a.verdict from "window" w
     join alert a on a.model_version_id = w.model_version_id and a.size_ms = w.size_ms
     where w.id = $1 and exists (
       select from alert_view i join "window" l on l.id = i.last_window_id
       where i.alert_id = a.id and i.since_at <= w.start_at and l.start_at >= w.start_at
     )
     order by a.segment <> '', a.id desc limit 20`,
    [id],
  );
}

/** Each with what labels say of it, where they are in. Those that show something first. */
async function listSegmentsOf(db: Queryable, id: string): Promise<WindowInspection['segments']> {
  return await select(
    db,
    `select s.segment, s.verdict, s.summary, s.reason, s.rows from (
       select distinct on (d.segment) d.segment, d.verdict, d.summary, d.reason, d.rows::float8 as rows from verdict d
       where d.window_id = $1 and d.segment <> '' order by d.segment, d.series = 'closed', d.revision desc
     ) s order by s.verdict in ('none', 'undetermined'), s.verdict = 'undetermined', s.segment limit 500`,
    [id],
  );
}
