import { decideCorrection, withdrawIncident } from '../../decide/decide-correction.ts';
import { withdrawView } from '../../decide/step-incident.ts';
import {
  appendAlertEvent,
  clearSeriesState,
  lockAlertSeries,
  saveIncident,
  type KeptIncident,
} from '../../store/alerts/alerts.ts';
import { loadFeatureComparisons } from '../../store/history/comparisons.ts';
import { loadDecided, type JudgedWindow } from '../../store/evaluation/evaluations.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { openRetrainRun } from '../../store/retrain/runs.ts';
import { countShiftedWindows, loadTelling, type StoredTelling } from '../../store/alerts/told-verdicts.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import type { Decided } from './decided.ts';
import { describeWindow, type SeriesContext } from '../messages/describe-window.ts';
import { notifyChannels } from '../messages/notify-channels.ts';
import { seenTogether } from '../messages/seen-together.ts';
import { heedAgain } from './persons-word.ts';

/**
 * A window that has been decided was evaluated again: its verdict may not be what its incident rests on, or what people
 * were told. An incident none of whose windows shows a shift any more is over, and who heard of the window hears of the
 * change, once.
 */
export async function correctVerdict(tx: Tx, context: SeriesContext, windowId: string): Promise<Decided[]> {
  const { key } = context;
  const { incidents, decidedUntilMs } = await lockAlertSeries(tx, key);
  const incident = incidents.get('shift') ?? null;
  const own = await loadDecided(tx, windowId, key);
  // Not decided yet: the walk that follows will take it as it is now.
  if (own === null || decidedUntilMs === null || own.startMs >= decidedUntilMs) return [];
  // What a window says by itself is held against what it said then: the others of its incident may be over.
  const seen = await seenTogether(tx, key, { ...own, joined: null });
  const { window } = seen;
  await heedAgain(tx, context, seen);
  const { segment, series } = key;
  const of = { segment, series, cause: 'shift', windowId } as const;
  const decided: Decided[] = [];
  const withdrawn = incident === null ? null : await withdraw(tx, context, incident, decidedUntilMs, window);
  if (incident !== null && withdrawn !== null) decided.push({ ...of, ...withdrawn, alertId: incident.id });
  const telling = await loadTelling(tx, key, windowId);
  if (telling === null) return decided;
  const { notify, reason } = decideCorrection(telling, window.diagnosis, telling.corrected);
  if (notify)
    await tell(tx, context, window, telling, { reason, withdrawn: withdrawn?.kind === 'withdrawn' });
  return [...decided, { ...of, kind: notify ? 'corrected' : 'none', reason, alertId: telling.alertId }];
}

/** Ends this series' view of an incident, and with it the incident, when the window was part of it and none of its windows stands. */
async function withdraw(
  tx: Tx,
  { key, nowMs }: SeriesContext,
  incident: KeptIncident,
  decidedUntilMs: number,
  window: JudgedWindow,
): Promise<ReturnType<typeof withdrawView>['event'] | null> {
  const { series } = key;
  const alert = { ...incident.alert, ...incident.views.get(series) };
  if (window.startMs < alert.sinceMs) return null;
  const standing = await countShiftedWindows(tx, key, alert.sinceMs, decidedUntilMs);
  const over = withdrawIncident(alert, window.diagnosis, standing, nowMs);
  if (over === null) return null;
  const { event, after } = withdrawView(incident, series, over);
  await saveIncident(tx, incident.id, after, series);
  await clearSeriesState(tx, key, 'no_window_stands');
  await appendAlertEvent(tx, incident.id, {
    atMs: nowMs,
    ...event,
    windowId: window.windowId,
    series,
    details: { verdict: window.diagnosis.verdict, summary: window.diagnosis.summary },
  });
  return event;
}

async function tell(
  tx: Tx,
  context: SeriesContext,
  window: JudgedWindow,
  telling: StoredTelling,
  { reason, withdrawn }: { readonly reason: string; readonly withdrawn: boolean },
): Promise<void> {
  const { key, model, nowMs, isQuiet = false } = context;
  const { diagnosis, windowId } = window;
  const { alertId, incident } = telling;
  await appendAlertEvent(tx, alertId, {
    atMs: nowMs,
    kind: 'corrected',
    reason,
    windowId,
    series: key.series,
    details: { verdict: diagnosis.verdict, summary: diagnosis.summary, told: telling.verdict },
  });
  if (isQuiet) return;
  const features = await loadFeatureComparisons(tx, windowId, key.segment);
  const run = key.segment === '' ? await openRetrainRun(tx, key.modelVersionId) : null;
  const correction: IncidentNews = {
    kind: 'corrected',
    ...describeWindow(context, window, features, { id: alertId, cause: 'shift' }),
    ...incident,
    decisionReason: reason,
    correction: {
      told: telling.verdict,
      incident: telling.open ? 'open' : withdrawn ? 'withdrawn' : 'over',
    },
    retrain: run === null ? null : { state: run.state, reason: run.reason },
  };
  await notifyChannels(tx, model, correction, nowMs);
}
