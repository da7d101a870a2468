import type { CalendarEvent } from '../../../core/alerts/mute-schedule.ts';
import { stretchesWithin } from '../../../core/alerts/schedule-stretches.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { Period } from '../../../core/windows/period.ts';
import type { Queryable } from '../../connection/pool.ts';
import { select } from '../../connection/select.ts';
import type { ModelMarkers } from '../../rows/model-screen.ts';
import { panelHead, type ScreenAsked, type ScreenRefusal, screenScope } from './screen-scope.ts';

const MOST_MARKERS = 100;

/**
 * On the clock of the data: a version begins with its first window, a run is asked for at the end of the window that asked for
 * it. Only where there is none, when the database heard of it.
 */
const SQL = `
  select * from (
    select coalesce((select min(start_at) from "window" w where w.model_version_id = v.id and w.size_ms = $2), v.first_seen_at) as at,
      null::timestamptz as until, 'version' as kind,
      'version ' || v.name as text, null as id
    from model_version v where v.id = any($1::int[])
    union all
    select coalesce(w.end_at, r.requested_at), null, 'retrain', 'retraining: ' || replace(r.state, '_', ' '), r.id::text
    from retrain_run r left join "window" w on w.id = r.window_id where r.model_version_id = any($1::int[])
  ) x
  where at >= to_timestamp($3::float8 / 1000) and at < to_timestamp($4::float8 / 1000)
  order by at desc, kind, text limit ${MOST_MARKERS}`;

/** What happened to a model, to be drawn over its charts. */
export async function modelMarkers(
  db: Queryable,
  asked: ScreenAsked,
): Promise<Result<ModelMarkers, ScreenRefusal>> {
  const scope = await screenScope(db, asked);
  if (!scope.ok) return scope;
  const { modelId, versionIds, size, period } = scope.value;
  const items = await select<ModelMarkers['items'][number]>(db, SQL, [
    versionIds,
    size ?? 0,
    period.fromMs,
    period.toMs,
  ]);
  const known = await select<{ calendar: readonly CalendarEvent[] | null }>(
    db,
    `select spec -> 'calendar' as calendar from model where id = $1`,
    [modelId],
  );
  const all = [...items, ...datesWithin(known[0]?.calendar ?? [], period)];
  const inOrder = all.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return ok({ ...panelHead(scope.value), items: inOrder.slice(-MOST_MARKERS) });
}

/** Dates that the configuration knows of; days that follow one another are one. */
function datesWithin(calendar: readonly CalendarEvent[], { fromMs, toMs }: Period): ModelMarkers['items'] {
  return calendar.flatMap((event) => {
    const runs: { startMs: number; endMs: number }[] = [];
    for (const { startMs, endMs } of stretchesWithin(event, fromMs, toMs)) {
      const last = runs.at(-1);
      if (last !== undefined && startMs <= last.endMs) last.endMs = endMs;
      else runs.push({ startMs, endMs });
    }
    return runs.map(({ startMs, endMs }) => ({
      at: new Date(startMs).toISOString(),
      until: new Date(endMs).toISOString(),
      kind: 'calendar' as const,
      text: event.name,
      id: null,
    }));
  });
}
