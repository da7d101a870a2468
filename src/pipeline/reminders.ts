import { afterReminder, dueReminder } from '../decide/due-reminder.ts';
import { appendAlertEvent, lockDueReminders, saveAlert, type StoredAlert } from '../store/alerts.ts';
import { inTransaction, type Pool, type Tx } from '../store/pool.ts';
import { describeAlert } from './describe-alert.ts';
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
  const current = await describeAlert(tx, alert, catalog, nowMs);
  if (current === null) {
    // Its model is configured no more: nobody to tell, and no reason to look again every second.
    await saveAlert(tx, alert, alert.id, { ...alert, nextReminderAtMs: null });
    return;
  }
  const { model, described } = current;
  const next = afterReminder(alert, model.spec.alerts.remindEveryMs, nowMs);
  await saveAlert(tx, alert, alert.id, next);
  const notTold = await notifyChannels(
    tx,
    model.spec,
    { ...described, kind: 'reminder', decisionReason: reason, nextReminderAtMs: next.nextReminderAtMs },
    nowMs,
  );
  if (notTold !== null) return;
  await appendAlertEvent(tx, alert.id, {
    atMs: nowMs,
    kind: 'reminder',
    reason,
    windowId: alert.lastWindowId,
  });
}
