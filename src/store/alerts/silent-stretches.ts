import type { SilentStretch } from '../../core/alerts/alert.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Queryable } from '../connection/pool.ts';
import { HAS_ROWS } from '../history/measured.ts';

/** A mail names two. */
const MOST_WINDOWS = 100;

/**
 * When nothing came since an incident began, by the closed windows of the size of one of its own; the first ones. Of one that goes on
 * those after the window count, too, else only those before it. Silence that is usual is none.
 */
export async function loadSilentStretches(
  db: Queryable,
  { windowId, sinceMs, kind }: Pick<IncidentNews, 'windowId' | 'sinceMs' | 'kind'>,
): Promise<SilentStretch[]> {
  const found = await db.query<SilentStretch>(
    `select ${epochMs('w.start_at')} as "startMs", ${epochMs('w.end_at')} as "endMs" from "window" t
     join "window" w on w.model_version_id = t.model_version_id and w.size_ms = t.size_ms
       and w.start_at >= $2 and w.state <> 'open' and (w.start_at < t.start_at or $4)
     where t.id = $1 and w.silence = 'unexpected' and not ${HAS_ROWS}
     order by w.start_at limit $3`,
    [windowId, new Date(sinceMs), MOST_WINDOWS, kind !== 'resolved'],
  );
  const stretches: SilentStretch[] = [];
  for (const { startMs, endMs } of found.rows) {
    const last = stretches.at(-1);
    if (last?.endMs === startMs) stretches[stretches.length - 1] = { startMs: last.startMs, endMs };
    else stretches.push({ startMs, endMs });
  }
  return stretches;
}
