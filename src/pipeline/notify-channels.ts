import type { Notification } from '../core/jobs.ts';
import type { ModelSpec } from '../core/model.ts';
import { appendOutbox } from '../store/outbox.ts';
import type { Tx } from '../store/pool.ts';
import { loadFigureTimeline } from './figure-timeline.ts';

/** One outbox row a channel; the key makes a decision taken twice one mail. */
export async function notifyChannels(tx: Tx, model: ModelSpec, notification: Notification): Promise<void> {
  const timeline = await loadFigureTimeline(tx, model, notification);
  for (const channel of model.alerts.channels) {
    const key = [
      'notify',
      notification.incidentId,
      notification.kind,
      notification.windowId,
      notification.kind === 'reminder' ? notification.nextReminderAtMs : '',
      channel,
    ].join(':');
    await appendOutbox(tx, { kind: 'notify', channel, notification: { ...notification, timeline } }, key);
  }
}
