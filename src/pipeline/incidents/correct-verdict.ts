import { decideCorrection, withdrawIncident } from '../../decide/decide-correction.ts';
import {
  appendAlertEvent,
  clearSeriesState,
  lockAlertSeries,
  saveAlert,
  type StoredAlert,
} from '../../store/alerts/alerts.ts';
import {
  loadDecided,
  loadFeatureComparisons,
  type JudgedWindow,
} from '../../store/evaluation/evaluations.ts';
import type { Tx } from '../../store/connection/pool.ts';
import { openRetrainRun } from '../../store/retrain/runs.ts';
import { countShiftedWindows, loadTelling, type StoredTelling } from '../../store/alerts/told-verdicts.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import type { Decided } from './decided.ts';
import { describeWindow, type SeriesContext } from '../messages/describe-window.ts';
import { notifyChannels } from '../messages/notify-channels.ts';
import { seenTogether } from '../messages/seen-together.ts';

const WITHDRAWN = { kind: 'withdrawn', reason: 'no_window_stands' } as const;

/**
 * A window that has been decided was evaluated again: its verdict may not be what its incident rests on, or what people
 * were told. An incident none of whose windows shows a shift any more is over, and who heard of the window hears of the
 * change, once.
 */
export async function correctVerdict(tx: Tx, context: SeriesContext, windowId: string): Promise<Decided[]> {
  const { key } = context;
  const { alerts, decidedUntilMs } = await lockAlertSeries(tx, key);
  const alert = alerts.get('shift') ?? null;
  const own = await loadDecided(tx, windowId, key);
  // Not decided yet: the walk that follows will take it as it is now.
  if (own === null || decidedUntilMs === null || own.startMs >= decidedUntilMs) return [];
  const { window } = await seenTogether(tx, key, own);
  const { segment, series } = key;
  const of = { segment, series, cause: 'shift', windowId } as const;
  const decided: Decided[] = [];
  const withdrawn = alert !== null && (await withdraw(tx, context, alert, decidedUntilMs, window));
  if (withdrawn) decided.push({ ...of, ...WITHDRAWN, alertId: alert.id });
  const telling = await loadTelling(tx, key, windowId);
  if (telling === null) return decided;
  const { notify, reason } = decideCorrection(telling, window.diagnosis, telling.corrected);
  if (notify) await tell(tx, context, window, telling, { reason, withdrawn });
  return [...decided, { ...of, kind: notify ? 'corrected' : 'none', reason, alertId: telling.alertId }];
}

/** Ends the open incident when the window was part of it and none of its windows stands. */
async function withdraw(
  tx: Tx,
  { key, nowMs }: SeriesContext,
  alert: StoredAlert,
  decidedUntilMs: number,
  window: JudgedWindow,
): Promise<boolean> {
  if (window.startMs < alert.sinceMs) return false;
  const standing = await countShiftedWindows(tx, key, alert.sinceMs, decidedUntilMs);
  const over = withdrawIncident(alert, window.diagnosis, standing, nowMs);
  if (over === null) return false;
  await saveAlert(tx, alert, alert.id, over);
  await clearSeriesState(tx, key, WITHDRAWN.reason);
  await appendAlertEvent(tx, alert.id, {
    atMs: nowMs,
    ...WITHDRAWN,
    windowId: window.windowId,
    details: { verdict: window.diagnosis.verdict, summary: window.diagnosis.summary },
  });
  return true;
}

async function tell(
  tx: Tx,
  context: SeriesContext,
  window: JudgedWindow,
  telling: StoredTelling,
  { reason, withdrawn }: { readonly reason: string; readonly withdrawn: boolean },
): Promise<void> {
  const { key, model, nowMs } = context;
  const { diagnosis, windowId } = window;
  const { alertId, incident } = telling;
  await appendAlertEvent(tx, alertId, {
    atMs: nowMs,
    kind: 'corrected',
    reason,
    windowId,
    details: { verdict: diagnosis.verdict, summary: diagnosis.summary, told: telling.verdict },
  });
  const features = await loadFeatureComparisons(tx, windowId, key.series, key.segment);
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
