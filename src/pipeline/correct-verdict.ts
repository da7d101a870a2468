import { decideCorrection, withdrawIncident } from '../decide/decide-correction.ts';
import { appendAlertEvent, lockAlertSeries, saveAlert, type StoredAlert } from '../store/alerts.ts';
import { loadDecided, loadFeatureComparisons, type UndecidedWindow } from '../store/evaluations.ts';
import type { Tx } from '../store/pool.ts';
import { openRetrainRun } from '../store/retrain-runs.ts';
import { countShiftedWindows, loadTelling, type StoredTelling } from '../store/told-verdicts.ts';
import type { Diagnosis } from '../core/findings.ts';
import type { Notification } from '../core/jobs.ts';
import { describeWindow, newsOf, type SeriesContext } from './decide-series.ts';
import { notifyChannels } from './notify-channels.ts';

type JudgedWindow = UndecidedWindow & { readonly diagnosis: Diagnosis };

/**
 * A window that has been decided was evaluated again: its verdict may not be what its incident rests on, or what people
 * were told. An incident none of whose windows shows a shift any more is over, and who heard of the window hears of the
 * change, once.
 */
export async function correctVerdict(tx: Tx, context: SeriesContext, windowId: string): Promise<void> {
  const { key } = context;
  const { alert, decidedUntilMs } = await lockAlertSeries(tx, key);
  const window = await loadDecided(tx, windowId, key);
  // Not decided yet: the walk that follows will take it as it is now.
  if (window === null || decidedUntilMs === null || window.startMs >= decidedUntilMs) return;
  const withdrawn = alert !== null && (await withdraw(tx, context, alert, decidedUntilMs, window));
  const telling = await loadTelling(tx, key, windowId);
  if (telling === null) return;
  const { notify, reason } = decideCorrection(telling, window.diagnosis, telling.corrected);
  if (notify) await tell(tx, context, window, telling, { reason, withdrawn });
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
  const over = withdrawIncident(alert, newsOf(window.diagnosis, key.series), standing, nowMs);
  if (over === null) return false;
  await saveAlert(tx, key, alert.id, over);
  await appendAlertEvent(tx, alert.id, {
    atMs: nowMs,
    kind: 'withdrawn',
    reason: 'no_window_stands',
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
  const correction: Notification = {
    kind: 'corrected',
    ...describeWindow(context, window, diagnosis, features, alertId),
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
