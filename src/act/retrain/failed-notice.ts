import type { NotifyMessage, RetrainRequest } from '../../core/jobs.ts';
import { runNotification } from './run-notification.ts';

/** Tells the people of a channel that the pipeline could not be reached. */
export function retrainFailedNotice(request: RetrainRequest, channel: string, reason: string): NotifyMessage {
  const notification = runNotification(request, {
    kind: 'retrain_failed',
    incidentId: `retrain-${request.runId}`,
    retrain: { state: 'failed', reason },
  });
  return { kind: 'notify', channel, notification };
}
