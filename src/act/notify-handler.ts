import { randomUUID } from 'node:crypto';
import type { NotifyMessage } from '../core/jobs.ts';
import type { Log } from '../core/log.ts';
import { attemptDelivery } from './delivery.ts';
import type { DeliveryDeps, DeliveryEnd } from './delivery.ts';
import { composeMail, deliveryMessageId } from './mail/compose-mail.ts';
import type { MailSettings } from './mail/compose-mail.ts';
import type { Mailer } from './mail/smtp-mailer.ts';
import type { OutboxMessages } from './outbox-messages.ts';
import type { JobHandler, JobOutcome } from './queue/job-queue.ts';

export interface EmailChannel {
  readonly type: 'email';
  readonly to: readonly string[];
}

export interface NotifyDeps extends DeliveryDeps {
  readonly outbox: OutboxMessages;
  readonly channels: ReadonlyMap<string, EmailChannel>;
  /** Null: no mail server is configured. */
  readonly mailer: Mailer | null;
  readonly mail: MailSettings;
  readonly log: Log;
}

/**
 * Handles `notify` jobs: one delivery for each recipient of the channel. Recipients who have it are left alone
 * when others are tried again.
 */
export function createNotifyHandler(deps: NotifyDeps): JobHandler {
  return async ({ outboxId, signal }) => {
    const stored = await deps.outbox.load(outboxId);
    if (stored === null || stored.done) return { kind: 'done' };
    if (stored.message.kind !== 'notify') throw new Error(`outbox row ${outboxId} is no notification`);
    const { channel, notification } = stored.message;
    const configured = deps.channels.get(channel);
    const refusal = configured === undefined ? 'channel_unknown' : deps.mailer === null ? 'no_smtp' : null;
    if (configured === undefined || deps.mailer === null || refusal !== null) {
      deps.log.error({ channel, outboxId, reason: refusal }, 'a notification has nowhere to go');
      return await finish(deps, outboxId, refusal ?? 'no_smtp');
    }
    const ends: DeliveryEnd[] = [];
    for (const recipient of new Set(configured.to)) {
      const mail = { outboxId, recipient, to: configured.to, notification, mailer: deps.mailer, signal };
      ends.push(await deliverMail(deps, mail));
    }
    return await conclude(deps, outboxId, ends);
  };
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
