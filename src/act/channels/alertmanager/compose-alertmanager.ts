import { createHash } from 'node:crypto';
import { DAY_MS, MINUTE_MS } from '../../../core/clock.ts';
import { fail, ok } from '../../../core/result.ts';
import type { MessageContent } from '../../message/content.ts';
import { messageContent } from '../../message/message-content.ts';
import { incidentKey, incidentSeverity, incidentState } from '../../message/incident-key.ts';
import { newsUrl } from '../../message/news-link.ts';
import { findingOf, type SingleNews } from '../../message/finding-of.ts';
import type { WebhookCall } from '../../webhook/post-webhook.ts';
import { type CallContext, type ComposeCall, jsonCall, type PostedChannel } from '../posted-channel.ts';

/** Alertmanager takes an alert for over that it was not told of again for so long: five turns of the repetition. */
const FORGOTTEN_AFTER_MS = 5 * MINUTE_MS;
/** What is told once, and has no incident that could end, ends there by itself after this. */
const ONCE_MS = 7 * DAY_MS;

type AlertmanagerChannel = Extract<PostedChannel, { type: 'alertmanager' }>;

/**
 * `POST …/api/v2/alerts` of Prometheus' Alertmanager. It forgets alerts that are not sent again: `repostAlerts` does, and
 * these say that they end some minutes from now; the resolved one says when.
 */
export const alertmanagerCall: ComposeCall<AlertmanagerChannel> = (notification, channel, context) => {
  const isUntouched = incidentState(notification) === 'untouched';
  if (isUntouched || notification.about === 'digest') return fail('not_for_channel');
  return ok(alertsCall([notification], channel, context));
};

/** All of these alerts in one request. */
export function alertsCall(
  notifications: readonly SingleNews[],
  { url, headers }: AlertmanagerChannel,
  context: Omit<CallContext, 'deliveryId' | 'madeAtMs'>,
): WebhookCall {
  const address = `${url.replace(/\/+$/, '')}/api/v2/alerts`;
  const alerts = notifications.map((notification) => alertOf(notification, context));
  return jsonCall(address, alerts, Object.fromEntries(headers));
}

/** The body that Alertmanager itself posts to webhooks (version 4): many tools accept it. */
export function alertmanagerWebhook(
  notification: SingleNews,
  context: CallContext,
  receiver: string,
): object {
  const { labels, annotations, startsAt, endsAt, generatorURL } = alertOf(notification, context);
  const status = incidentState(notification) === 'over' ? 'resolved' : 'firing';
  const fingerprint = createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16);
  return {
    version: '4',
    groupKey: incidentKey(notification),
    truncatedAlerts: 0,
    status,
    receiver,
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: newsUrl(context.publicUrl, notification) ?? '',
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt,
        // Alertmanager's way of saying "not yet".
        endsAt: status === 'resolved' ? endsAt : '0001-01-01T00:00:00Z',
        generatorURL,
        fingerprint,
      },
    ],
  };
}

/** What ends an alert is called as it was. */
const ALERT_NAMES: Readonly<Record<string, string>> = {
  no_data: 'ShiftwatchNoData',
  operational: 'ShiftwatchOperation',
  retrain: 'ShiftwatchRetrainFailed',
  log: 'ShiftwatchEventsMissing',
  endpoint: 'ShiftwatchChannelGone',
  test: 'ShiftwatchTest',
};

function alertOf(
  notification: SingleNews,
  { publicUrl, timeZone, atMs }: Omit<CallContext, 'deliveryId' | 'madeAtMs'>,
) {
  const content = messageContent(notification, { publicUrl, timeZone });
  const { about, model, modelVersion, sinceMs, insteadOf } = notification;
  const { cause, segment, series, firedVerdict, diagnosis, windowEndMs } = findingOf(notification);
  const isShift = cause === 'shift';
  const endMs =
    incidentState(notification) === 'over'
      ? windowEndMs
      : atMs + (about === 'incident' ? FORGOTTEN_AFTER_MS : ONCE_MS);
  return {
    // What identifies the incident, and nothing that changes while it lasts.
    labels: {
      alertname: ALERT_NAMES[isShift ? about : cause] ?? 'ShiftwatchShift',
      model,
      model_version: modelVersion,
      ...(segment === '' ? {} : { segment }),
      ...(isShift && { verdict: firedVerdict ?? diagnosis.verdict }),
      severity: incidentSeverity(notification),
      incident: incidentKey(notification),
    },
    annotations: {
      summary: content.headline,
      ...describedIn(content),
      // Inputs and labels are two views of one incident.
      series,
      ...(insteadOf === undefined ? {} : { instead_of: insteadOf.channel }),
      ...(content.link === null ? {} : { dashboard_url: content.link }),
    },
    startsAt: new Date(sinceMs).toISOString(),
    endsAt: new Date(Math.max(endMs, sinceMs)).toISOString(),
    generatorURL: content.link ?? '',
  };
}

function describedIn({ summary, advice }: MessageContent): { readonly description?: string } {
  const parts = [summary, advice === null ? null : `${advice.title}. ${advice.text}`].filter(
    (part) => part !== null,
  );
  return parts.length === 0 ? {} : { description: parts.join(' ') };
}
