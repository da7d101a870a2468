import { sizeToText } from '../../../core/windows/window-size.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { Queryable } from '../../connection/pool.ts';
import { selectOne } from '../../connection/select.ts';
import type { ModelOverview } from '../../rows/model-screen.ts';
import { listAlerts } from '../alerts.ts';
import type { PanelAsked } from './model-ribbon.ts';
import { type ScreenRefusal, type ScreenScope, screenScope } from './screen-scope.ts';

const MOST_INCIDENTS = 50;
/** How many windows back the beginning of what stands is looked for. */
const MOST_LOOKED_BACK = 1_000;

interface Facts {
  readonly task: ModelOverview['task'];
  readonly versions: ModelOverview['versions'];
  readonly newest_window: ModelOverview['newest_window'];
  readonly segments: string[] | null;
}

const FACTS = `
  select m.task,
    coalesce((select json_agg(json_build_object('name', v.name, 'state', v.state) order by v.id desc)
      from model_version v where v.model_id = m.id), '[]') as versions,
    (select json_build_object('id', w.id::text, 'start', w.start_at, 'end', w.end_at, 'state', w.state) from "window" w
      where w.model_version_id = any($2::int[]) and w.size_ms = $3 and not w.pane_only order by w.start_at desc limit 1) as newest_window,
    (select array_agg(distinct d.segment) from verdict d where d.segment <> '' and d.window_id = (
      select w.id from "window" w where w.model_version_id = any($2::int[]) and w.size_ms = $3 and not w.pane_only
        and w.closed_revision > 0 order by w.start_at desc limit 1)) as segments
  from model m where m.id = $1`;

const STANDING = `
  with judged as (
    select w.id, w.start_at, w.end_at, w.model_version_id, d.*, row_number() over (order by w.start_at desc, w.id desc) as n
    from (select * from "window" where model_version_id = any($1::int[]) and size_ms = $2 and not pane_only
      and closed_revision > 0 order by start_at desc limit ${MOST_LOOKED_BACK}) w
    cross join lateral (
      select series, verdict, confidence, advice, summary, reason from verdict
      where window_id = w.id and segment = $3 and ($4::text is null or series = $4)
      order by series = 'matured' desc, revision desc limit 1
    ) d
  ), stands as (
    select * from judged order by verdict = 'undetermined', n limit 1
  ), run as (
    select j.* from judged j, stands s where j.verdict = s.verdict and j.n >= s.n
      and j.n < coalesce((select min(o.n) from judged o where o.n > s.n and o.verdict <> s.verdict and o.verdict <> 'undetermined'), 'infinity'::float8)
  )
  select s.id::text as window_id, v.name as version, s.start_at as start, s.end_at as "end", s.series, s.verdict, s.confidence,
    s.advice, s.summary, s.reason, (select min(start_at) from run) as since, (select count(*) from run) as windows
  from stands s join model_version v on v.id = s.model_version_id`;

/** What the head of a model's screen says, and what its pickers offer. */
export async function modelOverview(
  db: Queryable,
  asked: PanelAsked,
): Promise<Result<ModelOverview, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const { modelId, versionIds, sizes, size } = scope.value;
  const facts = await selectOne<Facts>(db, FACTS, [modelId, versionIds, size ?? 0]);
  if (facts === null) throw new Error(`model ${modelId} vanished`);
  const newest = facts.newest_window;
  return ok({
    model: asked.model,
    task: facts.task,
    versions: facts.versions,
    sizes: sizes.map((each) => sizeToText(each.size)),
    segments: facts.segments ?? [],
    standing: await standingIn(db, asked, scope.value),
    ...(await incidentsOf(db, asked)),
    newest_window: newest && { ...newest, start: wireTime(newest.start), end: wireTime(newest.end) },
  });
}

/** Within JSON the database writes times its own way. */
const wireTime = (text: string): string => new Date(text).toISOString();

async function standingIn(
  db: Queryable,
  asked: PanelAsked,
  { versionIds, size }: ScreenScope,
): Promise<ModelOverview['standing']> {
  const parameters = [versionIds, size ?? 0, asked.segment ?? '', asked.series ?? null];
  return await selectOne<NonNullable<ModelOverview['standing']>>(db, STANDING, parameters);
}

async function incidentsOf(
  db: Queryable,
  { model, version }: PanelAsked,
): Promise<Pick<ModelOverview, 'incidents' | 'more_incidents'>> {
  const open = await listAlerts(db, { model, version, open: true }, { limit: MOST_INCIDENTS, after: null });
  return {
    incidents: open.items.map((alert) => ({ alert, confidence: alert.confidence, advice: alert.advice })),
    more_incidents: open.next !== null,
  };
}
