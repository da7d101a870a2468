import { createHash } from 'node:crypto';
import { DAY_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { Notification } from '../../../core/jobs.ts';
import { fail, ok } from '../../../core/result.ts';
import { messageContent } from '../../message/message-content.ts';
import { incidentKey, incidentSeverity, incidentState } from '../../message/incident-key.ts';
import { otherCause, type OtherCause } from '../../message/cause-content.ts';
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
  if (incidentState(notification) === 'untouched') return fail('not_for_channel');
  return ok(alertsCall([notification], channel, context));
};

/** All of these alerts in one request. */
export function alertsCall(
  notifications: readonly Notification[],
  { url, headers }: AlertmanagerChannel,
  context: Omit<CallContext, 'deliveryId'>,
): WebhookCall {
  const address = `${url.replace(/\/+$/, '')}/api/v2/alerts`;
  const alerts = notifications.map((notification) => alertOf(notification, context));
  return jsonCall(address, alerts, Object.fromEntries(headers));
}

/** The body that Alertmanager itself posts to webhooks (version 4): many tools accept it. */
export function alertmanagerWebhook(
  notification: Notification,
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
    externalURL: context.publicUrl ?? '',
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

const ALERT_NAMES: Partial<Record<Notification['kind'], string>> = {
  retrain_failed: 'ShiftwatchRetrainFailed',
  log_incident: 'ShiftwatchEventsMissing',
};

const CAUSE_ALERT_NAMES: Readonly<Record<OtherCause, string>> = {
  no_data: 'ShiftwatchNoData',
  operational: 'ShiftwatchOperation',
};

function alertOf(notification: Notification, { publicUrl, timeZone, atMs }: Omit<CallContext, 'deliveryId'>) {
  const content = messageContent(notification, { publicUrl, timeZone });
  const { kind, diagnosis } = notification;
  const cause = otherCause(notification);
  const endMs =
    incidentState(notification) === 'over'
      ? notification.windowEndMs
      : atMs + (kind in ALERT_NAMES ? ONCE_MS : FORGOTTEN_AFTER_MS);
  return {
    // What identifies the incident, and nothing that changes while it lasts.
    labels: {
      alertname: cause === null ? (ALERT_NAMES[kind] ?? 'ShiftwatchShift') : CAUSE_ALERT_NAMES[cause],
      model: notification.model,
      model_version: notification.modelVersion,
      ...(notification.segment === '' ? {} : { segment: notification.segment }),
      series: notification.series,
      ...(cause === null && { verdict: notification.firedVerdict ?? diagnosis.verdict }),
      severity: incidentSeverity(notification),
      incident: incidentKey(notification),
    },
    annotations: {
      summary: content.headline,
      ...(content.advice === null ? {} : { description: `${content.advice.title}. ${content.advice.text}` }),
      ...(publicUrl === null ? {} : { dashboard_url: publicUrl }),
    },
    startsAt: new Date(notification.sinceMs).toISOString(),
    endsAt: new Date(Math.max(endMs, notification.sinceMs)).toISOString(),
    generatorURL: publicUrl ?? '',
  };
}
