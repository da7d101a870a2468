import { createHash } from 'node:crypto';
import { HOUR_MS } from '../../../core/clock.ts';
import type { Notification } from '../../../core/jobs.ts';
import { fail, ok } from '../../../core/result.ts';
import { messageContent } from '../../message/message-content.ts';
import { incidentKey, incidentSeverity, incidentState } from '../../message/incident-key.ts';
import { type CallContext, type ComposeCall, jsonCall, type PostedChannel } from '../posted-channel.ts';

/** Without a reminder to come, an incident that nobody hears of again ends in Alertmanager by itself after this. */
const UNREMINDED_MS = 7 * 24 * HOUR_MS;
/** A reminder may be late by this much before Alertmanager takes the incident for over. */
const REMINDER_SLACK_MS = HOUR_MS;

/**
 * `POST …/api/v2/alerts` of Prometheus' Alertmanager. It forgets alerts that are not sent again within minutes unless they
 * say when they end: these say "not before the next reminder", and the resolved one says when.
 */
export const alertmanagerCall: ComposeCall<Extract<PostedChannel, { type: 'alertmanager' }>> = (
  notification,
  { url, headers },
  context,
) => {
  if (incidentState(notification) === 'untouched') return fail('not_for_channel');
  const alert = alertOf(notification, context);
  const address = `${url.replace(/\/+$/, '')}/api/v2/alerts`;
  return ok(jsonCall(address, [alert], Object.fromEntries(headers)));
};

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

function alertOf(notification: Notification, { publicUrl, timeZone, atMs }: CallContext) {
  const content = messageContent(notification, { publicUrl, timeZone });
  const { kind, diagnosis, nextReminderAtMs } = notification;
  const endMs =
    incidentState(notification) === 'over'
      ? notification.windowEndMs
      : nextReminderAtMs === null
        ? atMs + UNREMINDED_MS
        : nextReminderAtMs + REMINDER_SLACK_MS;
  return {
    // What identifies the incident, and nothing that changes while it lasts.
    labels: {
      alertname: ALERT_NAMES[kind] ?? 'ShiftwatchShift',
      model: notification.model,
      model_version: notification.modelVersion,
      ...(notification.segment === '' ? {} : { segment: notification.segment }),
      series: notification.series,
      verdict: notification.firedVerdict ?? diagnosis.verdict,
      severity: incidentSeverity(notification),
      incident: incidentKey(notification),
    },
    annotations: {
      summary: content.headline,
      ...(content.advice === null ? {} : { description: `${content.advice.title}. ${content.advice.text}` }),
      ...(notification.insteadOf === undefined ? {} : { instead_of: notification.insteadOf.channel }),
      ...(publicUrl === null ? {} : { dashboard_url: publicUrl }),
    },
    startsAt: new Date(notification.sinceMs).toISOString(),
    endsAt: new Date(Math.max(endMs, notification.sinceMs)).toISOString(),
    generatorURL: publicUrl ?? '',
  };
}
