import type { Notification, RetrainRequest } from '../../core/jobs.ts';
import { runNotification, type RunNews } from './run-notification.ts';

/** What people are told about a run that was not sent: it waits for them, has expired, or was a rehearsal. */
export function retrainRunNotice(
  request: RetrainRequest,
  kind: Extract<RunNews['kind'], 'retrain_awaiting_approval' | 'retrain_expired' | 'retrain_dry_run'>,
  told: { readonly state: string; readonly reason?: string; readonly expiresAtMs?: number | null },
): Notification {
  const { runId, training } = request;
  return runNotification(request, {
    kind,
    incidentId: `retrain-${runId}`,
    retrain: { state: told.state, reason: told.reason ?? request.reason },
    retrainRun: {
      runId,
      expiresAtMs: told.expiresAtMs ?? null,
      training:
        training == null
          ? null
          : { rows: training.rows, labels: training.labelsKnown ? training.labels : null },
    },
  });
}
