import type { AlertState } from '../core/alert.ts';
import type { Notification } from '../core/jobs.ts';
import { afterReminder, dueReminder } from '../decide/due-reminder.ts';
import { appendAlertEvent, lockDueReminders, saveAlert, type StoredAlert } from '../store/alerts.ts';
import { loadDecided, loadFeatureComparisons } from '../store/evaluations.ts';
import { loadVersion } from '../store/models.ts';
import { inTransaction, type Pool, type Tx } from '../store/pool.ts';
import { openRetrainRun } from '../store/retrain-runs.ts';
import { describeWindow } from './decide-series.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { notifyChannels } from './notify-channels.ts';

const BATCH = 50;

/** Tells people again about incidents that still stand when their reminder is due. */
export async function sendReminders(pool: Pool, catalog: ModelCatalog, nowMs: number): Promise<number> {
  return await inTransaction(pool, async (tx) => {
    const due = await lockDueReminders(tx, nowMs, BATCH);
    for (const alert of due) await remind(tx, alert, catalog, nowMs);
    return due.length;
  });
}

async function remind(tx: Tx, alert: StoredAlert, catalog: ModelCatalog, nowMs: number): Promise<void> {
  const { due, reason } = dueReminder(alert, nowMs);
  if (!due) return;
  const version = await loadVersion(tx, alert.modelVersionId);
  const model = version === null ? null : catalog.model(version.modelName);
  const window = await loadDecided(tx, alert.lastWindowId, alert);
  if (version === null || model === null || window === null) {
    // Its model is configured no more: nobody to tell, and no reason to look again every second.
    await saveAlert(tx, alert, alert.id, { ...alert, nextReminderAtMs: null });
    await appendAlertEvent(tx, alert.id, {
      atMs: nowMs,
      kind: 'reminders_ended',
      reason: 'model_not_configured',
      windowId: alert.lastWindowId,
    });
    return;
  }
  const watched = alert.cause !== 'no_data' || model.spec.alerts.noData === true;
  const next = watched ? afterReminder(alert, model.spec.alerts.remindEveryMs, nowMs) : ended(alert, nowMs);
  const news = watched
    ? ({ kind: 'reminder', reason } as const)
    : ({ kind: 'resolved', reason: 'not_watched' } as const);
  await saveAlert(tx, alert, alert.id, next);
  await appendAlertEvent(tx, alert.id, { atMs: nowMs, ...news, windowId: alert.lastWindowId });
  const context = { key: alert, model: model.spec, versionName: version.name, nowMs };
  const isShift = alert.cause === 'shift';
  const features = isShift
    ? await loadFeatureComparisons(tx, alert.lastWindowId, alert.series, alert.segment)
    : [];
  const run = isShift ? await openRetrainRun(tx, alert.modelVersionId) : null;
  const notification: Notification = {
    kind: news.kind,
    ...describeWindow(context, window, features, alert),
    subjects: alert.subjects,
    firedVerdict: alert.firedVerdict,
    sinceMs: alert.sinceMs,
    windowsInARow: alert.windowsInARow,
    decisionReason: news.reason,
    nextReminderAtMs: next.nextReminderAtMs,
    retrain: run === null ? null : { state: run.state, reason: run.reason },
  };
  await notifyChannels(tx, model.spec, notification, nowMs);
}

/** Nobody wants to hear of silence any more, and no window would ever end it. */
function ended(alert: StoredAlert, nowMs: number): AlertState {
  return {
    ...alert,
    state: 'resolved',
    resolvedAtMs: nowMs,
    lastNotifiedAtMs: nowMs,
    nextReminderAtMs: null,
  };
}
