import { GOES_ON } from '../../core/columns/pooled-figures.ts';
import type { ShiftKind, VerdictKind } from '../../core/findings.ts';
import { POOLED_DRIFTED, POOLED_LAST_WINDOW, POOLED_WINDOWS } from '../history/measured.ts';
import type { AlertSeriesKey } from './alerts.ts';
import { epochMs } from '../connection/epoch-ms.ts';
import type { Tx } from '../connection/pool.ts';

/** What people were told of a window, in which incident, and whether it was corrected since. */
export interface StoredTelling {
  readonly alertId: string;
  readonly kind: 'firing' | 'resolved';
  readonly verdict: VerdictKind;
  readonly types: readonly ShiftKind[];
  readonly corrected: boolean;
  readonly open: boolean;
  readonly incident: {
    readonly firedVerdict: VerdictKind | null;
    readonly sinceMs: number;
    readonly windowsInARow: number;
    readonly nextReminderAtMs: number | null;
  };
}

/** The message about a shift, or its end, in this window. A window is decided once, so there is one at most. */
export async function loadTelling(
  tx: Tx,
  key: AlertSeriesKey,
  windowId: string,
): Promise<StoredTelling | null> {
  const found = await tx.query<StoredTelling>(
    `select e.alert_id::text as "alertId", e.details ->> 'verdict' as verdict, coalesce(e.details -> 'own' -> 'types', e.details -> 'types', '[]') as types,
       case when 'resolved' in (e.kind, e.details ->> 'message') then 'resolved' else 'firing' end as kind,
       json_build_object('firedVerdict', a.fired_verdict, 'sinceMs', ${epochMs('a.since_at')},
         'windowsInARow', a.windows_in_a_row, 'nextReminderAtMs', ${epochMs('a.next_reminder_at')}) as incident,
       a.state <> 'resolved' as open,
       exists (
         select 1 from alert_event c where c.alert_id = a.id and c.window_id = $1 and c.series = $5 and c.kind = 'corrected'
       ) as corrected
     from alert_event e join alert a on a.id = e.alert_id
     where e.window_id = $1 and a.model_version_id = $2 and a.size_ms = $3 and a.segment = $4 and e.series = $5
       and a.cause = 'shift'
       -- Not that it was over, but that it was expected.
       and not (e.kind = 'resolved' and e.details ? 'expected')
       and (
         e.kind in ('firing', 'resolved') or (e.kind = 'still_firing' and e.reason in ('new_kind_confirmed', 'consequence_confirmed', 'labels_show_more'))
         or (e.kind = 'told' and e.details ->> 'message' in ('firing', 'resolved'))
       )
       -- What was held back is told later, of another window or of none.
       and (e.kind = 'told' or not exists (
         select 1 from alert_event h where h.alert_id = e.alert_id and h.window_id = e.window_id
           and h.series = e.series and h.kind in ('held', 'not_told') and h.details ->> 'message' in ('firing', 'resolved')
       ))
     order by e.id desc limit 1`,
    [windowId, key.modelVersionId, key.sizeMs, key.segment, key.series],
  );
  return found.rows[0] ?? null;
}

/** Windows of a stretch whose newest verdict shows a shift that counts in this series, or that show one together with others. */
export async function countShiftedWindows(
  tx: Tx,
  key: AlertSeriesKey,
  fromMs: number,
  untilMs: number,
): Promise<number> {
  const found = await tx.query<{ n: number }>(
    `select count(*) as n from "window" w
     join lateral (
       select v.verdict, v.advice from verdict v
       where v.window_id = w.id and v.series = $4 and v.segment = $3 order by v.revision desc limit 1
     ) v on true
     where w.model_version_id = $1 and w.size_ms = $2 and not w.pane_only and w.start_at >= $5 and w.start_at < $6
       and (
         v.verdict not in ('none', 'undetermined') and not ($4 = 'matured' and
           (v.verdict = 'data_fault' or (v.verdict = 'covariate_shift' and v.advice <> 'retrain')))
         -- Counted though nobody could name it: the model had got worse.
         or v.verdict = 'undetermined' and exists (
           select 1 from alert_event e join alert a on a.id = e.alert_id
           where e.window_id = w.id and e.series = $4 and a.cause = 'shift' and e.kind in ('pending', 'firing', 'still_firing')
             and e.details->>'verdict' = 'undetermined'
         )
         or $4 = 'closed' and $3 = '' and exists (
           select 1 from measurement m
           where m.window_id = w.id and m.series = 'closed' and m.segment = '' and m.subject = 'feature'
             and ${POOLED_DRIFTED} and ${POOLED_WINDOWS} > 1 and ${POOLED_LAST_WINDOW} >= $7
         )
       )`,
    [key.modelVersionId, key.sizeMs, key.segment, key.series, new Date(fromMs), new Date(untilMs), GOES_ON],
  );
  return found.rows[0]?.n ?? 0;
}

/** How many windows of a series were decided after one of them, and the end of the last. */
export async function loadJudgedAfter(
  tx: Tx,
  key: AlertSeriesKey,
  startMs: number,
): Promise<{ readonly windows: number; readonly untilMs: number }> {
  const found = await tx.query<{ windows: number; untilMs: number | null }>(
    `select count(*)::int as windows, ${epochMs('max(w.end_at)')} as "untilMs"
     from alert_cursor c join "window" w
       on w.model_version_id = c.model_version_id and w.size_ms = c.size_ms and w.start_at < c.decided_until
     where c.model_version_id = $1 and c.size_ms = $2 and c.segment = $3 and c.series = $4
       and not w.pane_only and w.start_at > $5
       and exists (
         select 1 from verdict v where v.window_id = w.id and v.series = c.series and v.segment = c.segment
       )`,
    [key.modelVersionId, key.sizeMs, key.segment, key.series, new Date(startMs)],
  );
  const [row] = found.rows;
  return { windows: row?.windows ?? 0, untilMs: row?.untilMs ?? startMs };
}
