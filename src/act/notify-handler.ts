import type { NotifyMessage } from '../core/jobs.ts';
import type { Log } from '../core/log.ts';
import type { DeliveryEnd } from './delivery.ts';
import { type StepFacts, step } from '../core/trace/steps.ts';
import { deliveryId } from './delivery-id.ts';
import { attemptAtEndpoint, channelEndpoint } from './endpoint.ts';
import type { EndpointDeps } from './endpoint.ts';
import { endpointDisabledNotice } from './endpoint-notice.ts';
import { composeCall } from './channels/compose-call.ts';
import type { CallRefusal, PostedChannel } from './channels/posted-channel.ts';
import { deliverMails } from './channels/mail/deliver-mail.ts';
import type { MailOutcome, MailRecipients } from './channels/mail/deliver-mail.ts';
import type { MailSettings } from './channels/mail/compose-mail.ts';
import { createSmtpBreaker } from './channels/mail/smtp-breaker.ts';
import type { BreakerStore } from './channels/mail/smtp-breaker.ts';
import type { Mailer } from './channels/mail/smtp-mailer.ts';
import { fallbackReason, useFallback } from './fallback.ts';
import type { OpenMessage, OutboxMessages } from './outbox-messages.ts';
import type { JobHandler, JobOutcome } from './queue/job-queue.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { AddressGuard } from './webhook/address-guard.ts';
import { postWebhook, WEBHOOK_TIMEOUT_MS } from './webhook/post-webhook.ts';

export interface EmailChannel {
  readonly type: 'email';
  readonly to: readonly string[];
  /** How long its server may be down before the fallback is told; absent: it waits. */
  readonly fallbackAfterMs?: number;
}

export type Channel = (EmailChannel | PostedChannel) & {
  /** The channel that is told when this one reaches nobody. */
  readonly fallback?: string | null;
};

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
  readonly breakers: BreakerStore;
  readonly recipients: MailRecipients;
  readonly guard: AddressGuard;
  readonly timeoutMs?: number;
  readonly log: Log;
}

/** So long the end of an incident waits for its beginning: a channel that takes nothing must not hold back all that follows. */
const WAITS_AT_MOST_MS = 600_000;

/** Half as long again as it has waited: soon at first, seldom in an outage. */
function pauseMs(waitedMs: number): number {
  return Math.min(30_000, Math.max(250, waitedMs / 2));
}

/**
 * Handles `notify` jobs: one delivery for each recipient of a mail channel, one for any other. Recipients who have it are
 * left alone when others are tried again.
 */
export function createNotifyHandler(deps: NotifyDeps): JobHandler {
  return async ({ outboxId, signal }) => {
    const stored = await deps.outbox.load(outboxId, 'notify');
    if (stored === null) return { kind: 'done' };
    const { message } = stored;
    const { channel, notification } = message;
    const configured = deps.channels.get(channel);
    if (configured === undefined) return await nowhere(deps, outboxId, channel, 'channel_unknown');
    if (notification.kind !== 'firing') {
      const sinceMs = await deps.outbox.waitsForFiringSinceMs(outboxId);
      const waitedMs = sinceMs === null ? Infinity : deps.clock.nowMs() - sinceMs;
      if (waitedMs < WAITS_AT_MOST_MS) {
        return {
          kind: 'retry',
          delayMs: pauseMs(waitedMs),
          reason: 'the channel is told first that it fires',
        };
      }
    }
    const told = { outboxId, stored, message, configured };
    return await step('deliver', deliveryFacts(told), async () =>
      configured.type === 'email'
        ? await deliverMail(deps, told, configured, signal)
        : await deliverPost(deps, told, configured, signal),
    );
  };
}

/** In the trace of what decided it. */
function deliveryFacts({ stored, message, configured }: Told): StepFacts {
  const { channel, notification } = message;
  const attributes = {
    'shiftwatch.channel': channel,
    'shiftwatch.channel.type': configured.type,
    'shiftwatch.notification.kind': notification.kind,
    'shiftwatch.model': notification.model,
  };
  return { attributes, parent: stored.traceParent };
}

async function deliverMail(
  deps: NotifyDeps,
  told: Told,
  { to }: EmailChannel,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { mailer, mail: settings, recipients, breakers, clock, log } = deps;
  const { outboxId, stored, message } = told;
  const { channel, notification } = message;
  if (mailer === null) return await nowhere(deps, outboxId, channel, 'no_smtp');
  const breaker = createSmtpBreaker(mailer.host, breakers, clock, log);
  const mail = { outboxId, stored, channel, to, notification, signal };
  const { ends, down } = await deliverMails(deps, { mailer, breaker, recipients, settings }, mail);
  return await conclude(deps, told, ends, down);
}

/** A notification and where it was meant to go. */
interface Told {
  readonly outboxId: string;
  readonly stored: OpenMessage<'notify'>;
  readonly message: NotifyMessage;
  readonly configured: Channel;
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

async function deliverPost(
  deps: NotifyDeps,
  told: Told,
  channel: PostedChannel,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { outboxId, stored, message } = told;
  const { channel: name, notification } = message;
  const { publicUrl, timeZone } = deps.mail;
  const callAt = (deliveryId: string, madeAtMs: number, atMs: number) =>
    composeCall(notification, channel, { deliveryId, madeAtMs, atMs, publicUrl, timeZone });
  const target = `${channel.type}:${name}`;
  const id = deliveryId(stored, target);
  const nowMs = deps.clock.nowMs();
  const first = callAt(id, nowMs, nowMs);
  if (!first.ok) return await nowhere(deps, outboxId, name, first.error);
  const delivery = await deps.deliveries.open({
    id,
    outboxId,
    kind: 'webhook',
    target,
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
        message: {
          kind: 'notify' as const,
          channel: other,
          notification: endpointDisabledNotice({ name, deliveryId: delivery.id, detail }, deps.clock.nowMs()),
        },
      }));
  const end = await attemptAtEndpoint(
    own,
    { endpoint, delivery, notices },
    async ({ messageId, madeAtMs }) => {
      const atMs = deps.clock.nowMs();
      const call = callAt(messageId, madeAtMs, atMs);
      // Its refusals depend on nothing that changed since.
      if (!call.ok) throw new Error(call.error);
      const { guard, hide, timeoutMs = WEBHOOK_TIMEOUT_MS } = deps;
      return await postWebhook(call.value, { nowMs: atMs, signal, guard, hide, timeoutMs });
    },
  );
  if (end.kind === 'dead')
    deps.log.error({ channel: name, reason: end.reason }, 'a channel took no notification');
  return await conclude(deps, told, [end]);
}

async function conclude(
  deps: NotifyDeps,
  { outboxId, stored, message, configured }: Told,
  ends: readonly DeliveryEnd[],
  down: MailOutcome['down'] = null,
): Promise<JobOutcome> {
  const nowMs = deps.clock.nowMs();
  const fallbackAfterMs = (configured.type === 'email' ? configured.fallbackAfterMs : undefined) ?? Infinity;
  const fallback = configured.fallback ?? null;
  const why = fallbackReason(ends, down, fallbackAfterMs, nowMs);
  // Before the row is finished: a crash in between repeats it, and the key makes it one.
  if (fallback !== null && why !== null)
    await useFallback(deps, { outboxId, key: stored.key, message, fallback }, why);
  const later = ends.filter((end) => end.kind === 'later');
  if (later.length > 0) {
    const untilFallbackMs =
      fallback === null || why !== null || down === null ? Infinity : down.sinceMs + fallbackAfterMs - nowMs;
    const delayMs = Math.min(untilFallbackMs, ...later.map((end) => end.delayMs));
    return { kind: 'retry', delayMs, reason: later.map((end) => end.reason).join('; ') };
  }
  const sent = ends.filter((end) => end.kind === 'sent').length;
  const undelivered = why?.reason === 'all_unsubscribed' ? 'all_unsubscribed' : 'undeliverable';
  return await finish(deps, outboxId, sent === 0 ? undelivered : sent < ends.length ? 'partly_sent' : 'sent');
}

async function finish(deps: NotifyDeps, outboxId: string, outcome: string): Promise<JobOutcome> {
  await deps.outbox.finish(outboxId, outcome, deps.clock.nowMs());
  return { kind: 'done' };
}
