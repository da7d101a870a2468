import type { Notification } from '../core/jobs.ts';
import type { ModelSpec } from '../core/model.ts';
import { appendOutbox } from '../store/outbox.ts';
import type { Tx } from '../store/pool.ts';

/** One outbox row a channel; the key makes a decision taken twice one mail. */
export async function notifyChannels(tx: Tx, model: ModelSpec, notification: Notification): Promise<void> {
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
