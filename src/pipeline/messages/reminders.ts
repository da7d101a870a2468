import type { AlertState } from '../../core/alerts/alert.ts';
import type { Log } from '../../core/log.ts';
import type { ModelSpec } from '../../core/model.ts';
import { afterReminder, awaitsVerdict, dueReminder } from '../../decide/due-reminder.ts';
import {
  appendAlertEvent,
  lockDueReminders,
  saveAlert,
  type StoredAlert,
} from '../../store/alerts/alerts.ts';
import { inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import { isToBeJudged } from '../../store/evaluation/to-be-judged.ts';
import { loadVersion } from '../../store/windows/models.ts';
import { describeAlert } from './describe-alert.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { notifyChannels } from './notify-channels.ts';

const BATCH = 50;

/** Since when this process has seen reminders wait for a verdict, by incident. */
export type WaitingReminders = Map<string, { readonly dueAtMs: number; readonly sinceMs: number }>;

export interface RemindersOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly log: Log;
}

/** The duty of a process: what is about to be judged speaks first, for a while. */
export function remindingOf({ pool, catalog, log }: RemindersOptions) {
  const waiting: WaitingReminders = new Map();
  return async (nowMs: number): Promise<void> => {
    const reminded = await sendReminders(pool, catalog, nowMs, waiting);
    if (reminded > 0) log.info({ incidents: reminded, reason: 'due' }, 'reminded of open incidents');
  };
}

/**
 * Tells people again about incidents that still stand when their reminder is due.
 *
 * @param waiting absent: none waits for what is about to be judged
 * @returns how many were due and did not wait
 */
export async function sendReminders(
  pool: Pool,
  catalog: ModelCatalog,
  nowMs: number,
  waiting?: WaitingReminders,
): Promise<number> {
  return await inTransaction(pool, async (tx) => {
    const due = await lockDueReminders(tx, nowMs, BATCH);
    let reminded = 0;
    for (const alert of due) {
      if (waiting !== undefined && (await waits(tx, alert, waiting, catalog, nowMs))) continue;
      await remind(tx, alert, catalog, nowMs);
      reminded += 1;
    }
    return reminded;
  });
}

/** Windows that end while nothing ran, or a moment ago, may show that it is over: nobody wants to read `still open` before that. */
async function waits(
  tx: Tx,
  alert: StoredAlert,
  waiting: WaitingReminders,
  catalog: ModelCatalog,
  nowMs: number,
): Promise<boolean> {
  const version = await loadVersion(tx, alert.modelVersionId);
  const matureAfterMs = catalog.model(version?.modelName ?? '')?.spec.labels.matureAfterMs;
  // Configured no more: nothing of it is judged.
  if (matureAfterMs === undefined) return false;
  const dueAtMs = alert.nextReminderAtMs ?? nowMs;
  const known = waiting.get(alert.id);
  const sinceMs = known?.dueAtMs === dueAtMs ? known.sinceMs : nowMs;
  const isToBe = await isToBeJudged(tx, alert, matureAfterMs, nowMs);
  if (awaitsVerdict(isToBe, sinceMs, nowMs)) {
    waiting.set(alert.id, { dueAtMs, sinceMs });
    return true;
  }
  waiting.delete(alert.id);
  return false;
}

async function remind(tx: Tx, alert: StoredAlert, catalog: ModelCatalog, nowMs: number): Promise<void> {
  const { due, reason } = dueReminder(alert, nowMs);
  if (!due) return;
  const current = await describeAlert(tx, alert, catalog, nowMs);
  if (current === null) {
    // Its model is configured no more: nobody to tell, and no reason to look again every second.
    await saveAlert(tx, alert.id, { ...alert, nextReminderAtMs: null });
    await appendAlertEvent(tx, alert.id, {
      atMs: nowMs,
      kind: 'reminders_ended',
      reason: 'model_not_configured',
      windowId: alert.lastWindowId,
    });
    return;
  }
  const { model, described } = current;
  const ends = endsBy(alert, model.spec);
  const { remindEveryMs } = model.spec.alerts;
  const isToWatch = alert.cause === 'shift' && described.diagnosis.advice === 'watch';
  const next =
    ends === null ? afterReminder(alert, { remindEveryMs, isToWatch }, nowMs) : ended(alert, nowMs);
  const news =
    ends === null ? ({ kind: 'reminder', reason } as const) : ({ kind: 'resolved', reason: ends } as const);
  await saveAlert(tx, alert.id, next);
  const { nextReminderAtMs } = next;
  const { toldTypes } = alert;
  const message = { ...described, kind: news.kind, decisionReason: news.reason, nextReminderAtMs, toldTypes };
  const notTold = await notifyChannels(tx, model.spec, message, nowMs);
  // What is held back is written down as such.
  if (notTold !== null && ends === null) return;
  await appendAlertEvent(tx, alert.id, { atMs: nowMs, ...news, windowId: alert.lastWindowId });
}

/** Why no window will ever end it: nobody wants to hear of silence any more, or it goes on as a part of another incident. */
function endsBy({ cause, mergedInto }: StoredAlert, { alerts }: ModelSpec): 'not_watched' | 'merged' | null {
  if (mergedInto !== null) return 'merged';
  return cause === 'no_data' && alerts.noData !== true ? 'not_watched' : null;
}

function ended(alert: StoredAlert, nowMs: number): AlertState {
  return {
    ...alert,
    state: 'resolved',
    resolvedAtMs: nowMs,
    lastNotifiedAtMs: nowMs,
    nextReminderAtMs: null,
  };
}
