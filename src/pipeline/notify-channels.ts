import type { Notification } from '../core/jobs.ts';
import type { ModelSpec } from '../core/model.ts';
import { ok } from '../core/result.ts';
import { appendOutbox } from '../store/outbox.ts';
import type { Tx } from '../store/pool.ts';
import { holdBack, isAboutIncident, type NotTold } from './hold-back.ts';

/**
 * Tells people, unless a silence, a mute schedule, another incident or one of themselves holds the message back: then it
 * is told when that ends. Answers why it is not told now; null: it is.
 */
export async function notifyChannels(
  tx: Tx,
  model: ModelSpec,
  notification: Notification,
  nowMs: number,
): Promise<NotTold | null> {
  const told = isAboutIncident(notification)
    ? await holdBack(tx, model, notification, nowMs)
    : ok(notification);
  if (!told.ok) return told.error;
  await queueForChannels(tx, model, told.value);
  return null;
}

/** One outbox row a channel; the key makes a decision taken twice one mail. */
export async function queueForChannels(tx: Tx, model: ModelSpec, notification: Notification): Promise<void> {
  for (const channel of model.alerts.channels) {
    const key = [
      'notify',
      notification.incidentId,
      notification.kind,
      notification.windowId,
      notification.kind === 'reminder' ? notification.nextReminderAtMs : '',
      channel,
    ].join(':');
    await appendOutbox(tx, { kind: 'notify', channel, notification }, key);
  }
}
