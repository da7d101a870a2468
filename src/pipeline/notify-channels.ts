import type { Notification } from '../core/jobs.ts';
import type { ModelSpec } from '../core/model.ts';
import { appendOutbox } from '../store/outbox.ts';
import type { Tx } from '../store/pool.ts';
import { holdBack, isAboutIncident } from './hold-back.ts';

/**
 * Tells people, unless a silence, a mute schedule, another incident or one of themselves holds the message back: then it
 * is told when that ends. Answers whether it is told now.
 */
export async function notifyChannels(
  tx: Tx,
  model: ModelSpec,
  notification: Notification,
  nowMs: number,
): Promise<boolean> {
  const told = isAboutIncident(notification) ? await holdBack(tx, model, notification, nowMs) : notification;
  if (told === null) return false;
  await queueForChannels(tx, model, told);
  return true;
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
