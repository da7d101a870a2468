import { randomUUID } from 'node:crypto';
import type { NotifyMessage } from '../core/jobs.ts';
import type { Log } from '../core/log.ts';
import { attemptDelivery } from './delivery.ts';
import type { DeliveryEnd } from './delivery.ts';
import { attemptAtEndpoint, channelEndpoint } from './endpoint.ts';
import type { EndpointDeps } from './endpoint.ts';
import { endpointDisabledNotice } from './endpoint-notice.ts';
import { composeCall } from './channels/compose-call.ts';
import type { CallRefusal, PostedChannel } from './channels/posted-channel.ts';
import { composeMail, deliveryMessageId } from './channels/mail/compose-mail.ts';
import type { MailSettings } from './channels/mail/compose-mail.ts';
import type { Mailer } from './channels/mail/smtp-mailer.ts';
import type { OutboxMessages } from './outbox-messages.ts';
import type { JobHandler, JobOutcome } from './queue/job-queue.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { AddressGuard } from './webhook/address-guard.ts';
import { postWebhook, WEBHOOK_TIMEOUT_MS } from './webhook/post-webhook.ts';

export interface EmailChannel {
  readonly type: 'email';
  readonly to: readonly string[];
}

export type Channel = EmailChannel | PostedChannel;

export interface NotifyDeps extends EndpointDeps {
  readonly outbox: OutboxMessages;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Who hears that a channel of a model is gone, in order of preference. */
  readonly channelsNear: (model: string) => readonly string[];
  /** Of channels that are told by an HTTP request; `retry` is the mails'. */
  readonly postRetry: RetryPolicy;
  /** Null: no mail server is configured. */
  readonly mailer: Mailer | null;
  readonly mail: MailSettings;
  readonly guard: AddressGuard;
  readonly timeoutMs?: number;
  readonly log: Log;
}

/**
 * Handles `notify` jobs: one delivery for each recipient of a mail channel, one for any other. Recipients who have it are
 * left alone when others are tried again.
 */
export function createNotifyHandler(deps: NotifyDeps): JobHandler {
  return async ({ outboxId, signal }) => {
    const stored = await deps.outbox.load(outboxId);
    if (stored === null || stored.done) return { kind: 'done' };
    if (stored.message.kind !== 'notify') throw new Error(`outbox row ${outboxId} is no notification`);
    const { channel, notification } = stored.message;
    const configured = deps.channels.get(channel);
    if (configured === undefined) return await nowhere(deps, outboxId, channel, 'channel_unknown');
    if (configured.type !== 'email') {
      const post = { outboxId, name: channel, channel: configured, notification, signal };
      return await deliverPost(deps, post);
    }
    const { mailer } = deps;
    if (mailer === null) return await nowhere(deps, outboxId, channel, 'no_smtp');
    const ends: DeliveryEnd[] = [];
    for (const recipient of new Set(configured.to)) {
      const mail = { outboxId, recipient, to: configured.to, notification, mailer, signal };
      ends.push(await deliverMail(deps, mail));
    }
    return await conclude(deps, outboxId, ends);
  };
}

async function nowhere(
  deps: NotifyDeps,
  outboxId: string,
  channel: string,
  reason: 'channel_unknown' | 'no_smtp' | CallRefusal,
): Promise<JobOutcome> {
  if (reason !== 'not_for_channel') {
    deps.log.error({ channel, outboxId, reason }, 'a notification has nowhere to go');
  }
  return await finish(deps, outboxId, reason);
}

interface OnePost {
  readonly outboxId: string;
  readonly name: string;
  readonly channel: PostedChannel;
  readonly notification: NotifyMessage['notification'];
  readonly signal: AbortSignal;
}

async function deliverPost(
  deps: NotifyDeps,
  { outboxId, name, channel, notification, signal }: OnePost,
): Promise<JobOutcome> {
  const { publicUrl, timeZone } = deps.mail;
  const callAt = (deliveryId: string, atMs: number) =>
    composeCall(notification, channel, { deliveryId, atMs, publicUrl, timeZone });
  const id = randomUUID();
  const first = callAt(id, deps.clock.nowMs());
  if (!first.ok) return await nowhere(deps, outboxId, name, first.error);
  const delivery = await deps.deliveries.open({
    id,
    outboxId,
    kind: 'webhook',
    target: `${channel.type}:${name}`,
    messageId: id,
  });
  const own = { ...deps, retry: deps.postRetry };
  const endpoint = channelEndpoint(name, channel);
  const notices = (detail: string) =>
    deps
      .channelsNear(notification.model)
      .filter((other) => other !== name)
      .map((other) => ({
        key: `endpoint_disabled:${delivery.id}:${other}`,
        message: endpointDisabledNotice({ name, deliveryId: delivery.id, detail }, other, deps.clock.nowMs()),
      }));
  const end = await attemptAtEndpoint(own, { endpoint, delivery, notices }, async ({ messageId }) => {
    const atMs = deps.clock.nowMs();
    const call = callAt(messageId, atMs);
    // Its refusals depend on nothing that changed since.
    if (!call.ok) throw new Error(call.error);
    const { guard, timeoutMs = WEBHOOK_TIMEOUT_MS } = deps;
    return await postWebhook(call.value, { nowMs: atMs, signal, guard, timeoutMs });
  });
  if (end.kind === 'dead')
    deps.log.error({ channel: name, reason: end.reason }, 'a channel took no notification');
  return await conclude(deps, outboxId, [end]);
}

interface OneMail {
  readonly outboxId: string;
  readonly recipient: string;
  readonly to: readonly string[];
  readonly notification: NotifyMessage['notification'];
  readonly mailer: Mailer;
  readonly signal: AbortSignal;
}

async function deliverMail(deps: NotifyDeps, mail: OneMail): Promise<DeliveryEnd> {
  const id = randomUUID();
  const delivery = await deps.deliveries.open({
    id,
    outboxId: mail.outboxId,
    kind: 'email',
    target: mail.recipient,
    messageId: deliveryMessageId(id, deps.mail.host),
  });
  const end = await attemptDelivery(deps, delivery, async ({ messageId }) => {
    const message = composeMail(mail.notification, deps.mail, { messageId, to: mail.to });
    return await mail.mailer.send(message, mail.recipient, mail.signal);
  });
  if (end.kind === 'dead') {
    deps.log.error({ recipient: mail.recipient, reason: end.reason }, 'a mail could not be delivered');
  }
  return end;
}

async function conclude(
  deps: NotifyDeps,
  outboxId: string,
  ends: readonly DeliveryEnd[],
): Promise<JobOutcome> {
  const later = ends.filter((end) => end.kind === 'later');
  if (later.length > 0) {
    const delayMs = Math.min(...later.map((end) => end.delayMs));
    return { kind: 'retry', delayMs, reason: later.map((end) => end.reason).join('; ') };
  }
  const sent = ends.filter((end) => end.kind === 'sent').length;
  const outcome = sent === ends.length ? 'sent' : sent === 0 ? 'undeliverable' : 'partly_sent';
  return await finish(deps, outboxId, outcome);
}

async function finish(deps: NotifyDeps, outboxId: string, outcome: string): Promise<JobOutcome> {
  await deps.outbox.finish(outboxId, outcome, deps.clock.nowMs());
  return { kind: 'done' };
}
