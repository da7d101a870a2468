import { fail, ok } from '../../../core/result.ts';
import { signatureHeaders, webhookKey } from '../../webhook/signature.ts';
import { alertmanagerWebhook } from '../alertmanager/compose-alertmanager.ts';
import { incidentKey, incidentState } from '../../message/incident-key.ts';
import { type ComposeCall, jsonCall, type PostedChannel } from '../posted-channel.ts';

/** Standard Webhooks ask for bodies under 20 kB. */
const MAX_FEATURES = 20;
const MAX_EVIDENCE = 20;

/** A notification to any endpoint, by Standard Webhooks: `alert.firing`, `alert.resolved`, … */
export const signedWebhookCall: ComposeCall<Extract<PostedChannel, { type: 'webhook' }>> = (
  notification,
  channel,
  context,
) => {
  const { diagnosis, features, kind, performance, ...rest } = notification;
  if (channel.format === 'alertmanager' && incidentState(notification) === 'untouched') {
    return fail('not_for_channel');
  }
  const moved = features.filter(({ drifted, faults }) => drifted || faults.length > 0);
  const body =
    channel.format === 'alertmanager'
      ? alertmanagerWebhook(notification, context, 'shiftwatch')
      : {
          type: `alert.${kind}`,
          timestamp: new Date(context.atMs).toISOString(),
          data: {
            incident: incidentKey(notification),
            cause: rest.cause ?? 'shift',
            subjects: rest.subjects ?? [],
            model: rest.model,
            model_version: rest.modelVersion,
            segment: rest.segment,
            series: rest.series,
            window: {
              id: rest.windowId,
              start: new Date(rest.windowStartMs).toISOString(),
              end: new Date(rest.windowEndMs).toISOString(),
              rows: rest.rows,
            },
            since: new Date(rest.sinceMs).toISOString(),
            windows_in_a_row: rest.windowsInARow,
            reason: rest.decisionReason,
            next_reminder_at:
              rest.nextReminderAtMs === null ? null : new Date(rest.nextReminderAtMs).toISOString(),
            verdict: diagnosis.verdict,
            types: diagnosis.types,
            confidence: diagnosis.confidence,
            advice: diagnosis.advice,
            summary: diagnosis.summary,
            evidence: diagnosis.evidence.slice(0, MAX_EVIDENCE),
            faults: diagnosis.faults.slice(0, MAX_FEATURES),
            features: moved.slice(0, MAX_FEATURES).map(({ name, severity, metrics, q_value }) => {
              return { name, severity, psi: metrics.psi ?? null, q_value };
            }),
            muted: (rest.muted ?? []).slice(0, MAX_FEATURES),
            performance: performance?.metrics ?? null,
            breaches: rest.operational?.breaches ?? [],
            retrain: rest.retrain,
            correction: rest.correction ?? null,
            url: context.publicUrl,
          },
        };
  const call = jsonCall(channel.url, body, {
    'idempotency-key': context.deliveryId,
    ...Object.fromEntries(channel.headers),
  });
  if (channel.secret === null) return ok(call);
  const key = webhookKey(channel.secret);
  if (!key.ok) return fail(key.error);
  const signature = signatureHeaders(key.value, context.deliveryId, context.atMs, call.body);
  return ok({ ...call, headers: { ...call.headers, ...signature } });
};
