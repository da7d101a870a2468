import { randomUUID } from 'node:crypto';
import type { Config } from '../config/resolve.ts';
import { MASK, maskedAddress } from '../config/mask-secrets.ts';
import type { Clock } from '../core/clock.ts';
import { nearest } from '../core/nearest.ts';
import { fail, ok } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { composeCall } from '../act/channels/compose-call.ts';
import { composeMail, deliveryMessageId } from '../act/channels/mail/compose-mail.ts';
import { createSmtpMailer } from '../act/channels/mail/smtp-mailer.ts';
import type { SendResult } from '../act/delivery.ts';
import { retrainCall } from '../act/retrain/retrain-call.ts';
import { trialNotification, trialRequest } from '../act/trial.ts';
import { createAddressGuard } from '../act/webhook/address-guard.ts';
import { postWebhook } from '../act/webhook/post-webhook.ts';
import type { WebhookCall } from '../act/webhook/post-webhook.ts';
import { mailSettings } from './mail-settings.ts';

/** What would be sent, as a person may see it, and the way to send it. */
export interface Trial {
  readonly target: string;
  /** Exactly what goes out, but for its secrets. */
  readonly shown: string;
  readonly send: () => Promise<SendResult>;
}

export interface TrialRefused {
  readonly reason: 'unknown_name' | 'invalid_secret' | 'not_for_channel' | 'no_smtp';
  readonly known: readonly string[];
  readonly suggestion: string | null;
}

const NEVER = new AbortController().signal;

/** One for each recipient of a mail channel, one for any other. */
export function tryChannel(config: Config, name: string, clock: Clock): Result<Trial[], TrialRefused> {
  const channel = config.channels.get(name);
  if (channel === undefined) return fail(unknown(name, config.channels));
  const id = randomUUID();
  const atMs = clock.nowMs();
  const notification = trialNotification(name, id, atMs);
  if (channel.type === 'email') return tryMail(config, channel.to, notification);
  const { publicUrl, timezone: timeZone } = config;
  const call = composeCall(notification, channel, { deliveryId: id, atMs, publicUrl, timeZone });
  if (!call.ok) return fail({ reason: call.error, known: [], suggestion: null });
  const hidden = channel.type === 'pagerduty' ? [channel.routingKey] : [];
  const masked = 'headers' in channel ? [...channel.headers.keys()] : [];
  const place = { section: 'channels', name, headers: masked, texts: hidden };
  return ok([tryCall(config, call.value, place, clock)]);
}

/** The request that asks for a retraining, with `test: true` in its data. */
export function tryWebhook(config: Config, name: string, clock: Clock): Result<Trial[], TrialRefused> {
  const webhook = config.webhooks.get(name);
  if (webhook === undefined) return fail(unknown(name, config.webhooks));
  const id = randomUUID();
  const atMs = clock.nowMs();
  const { publicUrl } = config;
  const call = retrainCall(trialRequest(name, id, atMs), webhook, { deliveryId: id, atMs, publicUrl });
  if (!call.ok) return fail({ reason: call.error, known: [], suggestion: null });
  const place = { section: 'webhooks', name, headers: [...webhook.headers.keys()], texts: [] };
  return ok([tryCall(config, call.value, place, clock)]);
}

function unknown(name: string, configured: ReadonlyMap<string, unknown>): TrialRefused {
  const known = [...configured.keys()];
  return { reason: 'unknown_name', known, suggestion: nearest(name, known) };
}

interface Place {
  readonly section: string;
  readonly name: string;
  /** Whose values are secrets. */
  readonly headers: readonly string[];
  /** Secrets of the body. */
  readonly texts: readonly string[];
}

function tryCall(config: Config, call: WebhookCall, place: Place, clock: Clock): Trial {
  const hidden = new Set(place.headers.map((name) => name.toLowerCase()));
  const headers = Object.entries(call.headers).map(
    ([name, value]) => `${name}: ${hidden.has(name.toLowerCase()) ? MASK : value}\n`,
  );
  const body = place.texts.reduce(
    (text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), MASK),
    call.body,
  );
  const url = maskedAddress(config, [place.section, place.name, 'url'], call.url);
  const guard = createAddressGuard(config.outbound.allowPrivate);
  return {
    target: place.name,
    shown: `POST ${url}\n${headers.join('')}\n${body}\n`,
    send: () => postWebhook(call, { nowMs: clock.nowMs(), signal: NEVER, guard }),
  };
}

function tryMail(
  config: Config,
  recipients: readonly string[],
  notification: Parameters<typeof composeMail>[0],
): Result<Trial[], TrialRefused> {
  const { smtp } = config;
  if (smtp === null) return fail({ reason: 'no_smtp', known: [], suggestion: null });
  const settings = mailSettings(config);
  return ok(
    [...new Set(recipients)].map((recipient) => {
      const messageId = deliveryMessageId(randomUUID(), settings.host);
      const mail = composeMail(notification, settings, { messageId, to: recipients });
      const headers = { From: mail.from, To: mail.to.join(', '), Subject: mail.subject, ...mail.headers };
      const head = Object.entries({ ...headers, 'Message-ID': messageId });
      return {
        target: recipient,
        shown: `${head.map(([key, value]) => `${key}: ${value}\n`).join('')}\n${mail.text}`,
        send: async () => {
          const mailer = createSmtpMailer(smtp.url, smtp.ca);
          try {
            return await mailer.send(mail, recipient, NEVER);
          } finally {
            mailer.close();
          }
        },
      };
    }),
  );
}
