import type { AlertState } from '../../core/alerts/alert.ts';
import { afterReminder, dueReminder } from '../../decide/due-reminder.ts';
import {
  appendAlertEvent,
  lockDueReminders,
  saveAlert,
  type StoredAlert,
} from '../../store/alerts/alerts.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { describeAlert } from './describe-alert.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
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
  const current = await describeAlert(tx, alert, catalog, nowMs);
  if (current === null) {
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
  const { model, described } = current;
  const watched = alert.cause !== 'no_data' || model.spec.alerts.noData === true;
  const next = watched ? afterReminder(alert, model.spec.alerts.remindEveryMs, nowMs) : ended(alert, nowMs);
  const news = watched
    ? ({ kind: 'reminder', reason } as const)
    : ({ kind: 'resolved', reason: 'not_watched' } as const);
  await saveAlert(tx, alert, alert.id, next);
  const { nextReminderAtMs } = next;
  const message = { ...described, kind: news.kind, decisionReason: news.reason, nextReminderAtMs };
  const notTold = await notifyChannels(tx, model.spec, message, nowMs);
  // What is held back is written down as such.
  if (notTold !== null && watched) return;
  await appendAlertEvent(tx, alert.id, { atMs: nowMs, ...news, windowId: alert.lastWindowId });
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
