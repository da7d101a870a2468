import { randomUUID } from 'node:crypto';
import type { Config } from '../../config/resolve.ts';
import { maskedConfig, secretTexts } from '../../config/mask-secrets.ts';
import type { RetrainRequest } from '../../core/jobs.ts';
import type { Clock } from '../../core/clock.ts';
import { hideTexts } from '../../core/hide-texts.ts';
import { nearest } from '../../core/nearest.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { composeCall } from '../../act/channels/compose-call.ts';
import { composeMail, deliveryMessageId } from '../../act/channels/mail/compose-mail.ts';
import { createSmtpMailer } from '../../act/channels/mail/smtp-mailer.ts';
import { type SendResult, withoutSecrets } from '../../act/delivery.ts';
import { retrainCall, type RetrainCallContext } from '../../act/retrain/retrain-call.ts';
import { trialNotification, trialRequest } from '../../act/trial.ts';
import { createAddressGuard } from '../../act/webhook/address-guard.ts';
import { postWebhook } from '../../act/webhook/post-webhook.ts';
import type { WebhookCall } from '../../act/webhook/post-webhook.ts';
import { mailSettings } from './mail-settings.ts';
import { shownRequest } from './shown-request.ts';

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
  const context = { deliveryId: id, madeAtMs: atMs, atMs, publicUrl, timeZone };
  const call = composeCall(notification, channel, context);
  if (!call.ok) return fail({ reason: call.error, known: [], suggestion: null });
  const masked = maskedConfig(config).channels.get(name);
  if (masked === undefined || masked.type === 'email') throw new Error(`channel ${name} was lost in masking`);
  const shown = composeCall(notification, masked, context);
  if (!shown.ok) throw new Error(`channel ${name} cannot be shown: ${shown.error}`);
  return ok([tryCall(config, name, call.value, shown.value, clock)]);
}

/** The request that asks for a retraining, with `test: true` in its data. */
export function tryWebhook(config: Config, name: string, clock: Clock): Result<Trial[], TrialRefused> {
  const webhook = config.webhooks.get(name);
  if (webhook === undefined) return fail(unknown(name, config.webhooks));
  const id = randomUUID();
  const atMs = clock.nowMs();
  const { publicUrl } = config;
  const request = trialRequest(name, id, atMs);
  const context = { deliveryId: id, atMs, publicUrl };
  const call = retrainCall(request, webhook, context);
  if (!call.ok) return fail({ reason: call.error, known: [], suggestion: null });
  return ok([tryCall(config, name, call.value, maskedRetrainCall(config, name, request, context), clock)]);
}

/** The request that asks for a retraining, as a person may see it. */
export function maskedRetrainCall(
  config: Config,
  name: string,
  request: RetrainRequest,
  context: RetrainCallContext,
): WebhookCall {
  const masked = maskedConfig(config).webhooks.get(name);
  if (masked === undefined) throw new Error(`webhook ${name} was lost in masking`);
  const shown = retrainCall(request, masked, context);
  if (!shown.ok) throw new Error(`webhook ${name} cannot be shown: ${shown.error}`);
  return shown.value;
}

function unknown(name: string, configured: ReadonlyMap<string, unknown>): TrialRefused {
  const known = [...configured.keys()];
  return { reason: 'unknown_name', known, suggestion: nearest(name, known) };
}

function tryCall(config: Config, name: string, call: WebhookCall, masked: WebhookCall, clock: Clock): Trial {
  const guard = createAddressGuard(config.outbound.allowPrivate);
  const hide = hideTexts(secretTexts(config));
  return {
    target: name,
    shown: shownRequest(masked, call),
    send: async () => {
      return await postWebhook(call, { nowMs: clock.nowMs(), signal: NEVER, guard, hide });
    },
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
  const hide = hideTexts(secretTexts(config));
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
            return withoutSecrets(await mailer.send(mail, recipient, NEVER), hide);
          } finally {
            mailer.close();
          }
        },
      };
    }),
  );
}
