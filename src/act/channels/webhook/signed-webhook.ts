import { showsTogether } from '../../../core/columns/pooled-figures.ts';
import type { FeatureComparison } from '../../../core/findings.ts';
import type { IncidentNews, Notification } from '../../../core/jobs.ts';
import type { Digest } from '../../../core/alerts/digest.ts';
import { fail, ok } from '../../../core/result.ts';
import { signatureHeaders, webhookKey } from '../../webhook/signature.ts';
import { alertmanagerWebhook } from '../alertmanager/compose-alertmanager.ts';
import { findingOf } from '../../message/finding-of.ts';
import { incidentKey, incidentState } from '../../message/incident-key.ts';
import { incidentUrl, newsUrl } from '../../message/news-link.ts';
import { rankedFeatures } from '../../message/moved-features.ts';
import { type CallContext, type ComposeCall, jsonCall, type PostedChannel } from '../posted-channel.ts';

/** Standard Webhooks ask for bodies under 20 kB. */
const MAX_BYTES = 20_000;
const MOST_OF_A_LIST = [20, 10, 5, 2];

function runOf(news: Notification): object | null {
  if (news.about !== 'retrain' || news.run === undefined) return null;
  const { id, says, next, newVersion, outcome } = news.run;
  return { id, says, next, new_version: newVersion, outcome };
}

/** A notification to any endpoint, by Standard Webhooks: `alert.firing`, `alert.resolved`, … */
export const signedWebhookCall: ComposeCall<Extract<PostedChannel, { type: 'webhook' }>> = (
  notification,
  channel,
  context,
) => {
  if (channel.format === 'alertmanager' && incidentState(notification) === 'untouched') {
    return fail('not_for_channel');
  }
  if (notification.about === 'digest')
    return signed(digestBody(notification.digest, context), channel, context);
  const body =
    channel.format === 'alertmanager'
      ? alertmanagerWebhook(notification, context, 'shiftwatch')
      : shortBody((most) => alertBody(notification, context, most));
  return signed(body, channel, context);
};

/** With as much of each list as leaves the body short: names from logs have up to 256 letters. */
function shortBody(bodyWith: (most: number) => object): object {
  for (const most of MOST_OF_A_LIST) {
    const body = bodyWith(most);
    if (Buffer.byteLength(JSON.stringify(body)) < MAX_BYTES) return body;
  }
  return bodyWith(0);
}

/** @param most of each list */
function alertBody(
  notification: Exclude<Notification, { about: 'digest' }>,
  context: CallContext,
  most: number,
): object {
  const { diagnosis, features, performance, ...rest } = findingOf(notification);
  const moved = rankedFeatures(features);
  return {
    type: `alert.${notification.kind}`,
    timestamp: new Date(context.madeAtMs).toISOString(),
    data: {
      incident: incidentKey(notification),
      cause: rest.cause,
      urgency: rest.routed?.urgency ?? 'page',
      urgency_reason: rest.routed?.reason ?? null,
      consequence: rest.routed?.consequence ?? null,
      subjects: (rest.subjects ?? []).slice(0, most),
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
      ...(rest.judged !== undefined && { judged: judgedBody(rest.judged) }),
      since: new Date(rest.sinceMs).toISOString(),
      windows_in_a_row: rest.windowsInARow,
      reason: rest.decisionReason,
      next_reminder_at: rest.nextReminderAtMs === null ? null : new Date(rest.nextReminderAtMs).toISOString(),
      verdict: diagnosis.verdict,
      types: diagnosis.types,
      confidence: diagnosis.confidence,
      advice: diagnosis.advice,
      summary: diagnosis.summary,
      evidence: diagnosis.evidence.slice(0, most),
      faults: diagnosis.faults.slice(0, most),
      features: moved.slice(0, most).map(movedBody),
      muted: (rest.muted ?? []).slice(0, most),
      performance: performance?.metrics ?? null,
      breaches: (rest.operational?.breaches ?? []).slice(0, most),
      retrain: rest.retrain,
      correction: rest.correction ?? null,
      run: runOf(notification),
      instead_of: rest.insteadOf ?? null,
      url: newsUrl(context.publicUrl, notification),
    },
  };
}

/** `together`: the last windows show it, and one alone need not. */
function movedBody({ name, severity, metrics, q_value, pooled }: FeatureComparison): object {
  const own = { name, severity, psi: metrics.psi ?? null, q_value };
  if (!showsTogether(pooled)) return own;
  const { windows, rows, size, p_value } = pooled;
  return { ...own, together: { windows, rows, standard_deviations: size.estimate, p_value } };
}

/** Verdict and features are those of these windows together. */
function judgedBody({ sinceMs, windows, rows }: NonNullable<IncidentNews['judged']>): object {
  return { since: new Date(sinceMs).toISOString(), windows, rows };
}

/** Every incident of it, so that a program need not read the sentence. */
function digestBody(digest: Digest, { madeAtMs, publicUrl }: CallContext): object {
  return {
    type: 'alert.digest',
    timestamp: new Date(madeAtMs).toISOString(),
    data: {
      since: new Date(digest.fromMs).toISOString(),
      due_at: new Date(digest.dueAtMs).toISOString(),
      notifications: digest.notifications,
      incidents: digest.incidents,
      more_incidents: digest.moreIncidents,
      models: digest.groups.map(({ model, modelVersion, lines }) => ({
        model,
        model_version: modelVersion,
        incidents: lines.map((line) => ({
          id: line.incidentId,
          standing: line.standing,
          segment: line.segment,
          series: line.series,
          cause: line.cause,
          consequence: line.consequence,
          verdict: line.verdict,
          types: line.types,
          subjects: line.subjects,
          advice: line.advice,
          summary: line.summary,
          since: new Date(line.sinceMs).toISOString(),
          until: line.untilMs === null ? null : new Date(line.untilMs).toISOString(),
          paged_for: line.pagedFor,
          url: incidentUrl(publicUrl, line.incidentId),
        })),
      })),
      url: publicUrl,
    },
  };
}

function signed(
  body: object,
  channel: Extract<PostedChannel, { type: 'webhook' }>,
  context: CallContext,
): ReturnType<ComposeCall> {
  const call = jsonCall(channel.url, body, {
    'idempotency-key': context.deliveryId,
    ...Object.fromEntries(channel.headers),
  });
  if (channel.secret === null) return ok(call);
  const key = webhookKey(channel.secret);
  if (!key.ok) return fail(key.error);
  const signature = signatureHeaders(key.value, context.deliveryId, context.atMs, call.body);
  return ok({ ...call, headers: { ...call.headers, ...signature } });
}
