import type { Delivery, Notification } from '../../../core/jobs.ts';
import type { Log } from '../../../core/log.ts';
import { bareAddress } from '../../../core/mail-address.ts';
import { pictureOf } from '../../charts/picture.ts';
import type { Chart, Picture } from '../../charts/chart.ts';
import { attemptDelivery } from '../../delivery.ts';
import type { DeliveryDeps, DeliveryEnd } from '../../delivery.ts';
import { deliveryId, type NamedMessage } from '../../delivery-id.ts';
import { composeMail, deliveryMessageId } from './compose-mail.ts';
import type { MailSettings } from './compose-mail.ts';
import { picturesOnce } from './mail-pictures.ts';
import type { SmtpBreaker } from './smtp-breaker.ts';
import type { Mailer } from './smtp-mailer.ts';
import { unsubscribeToken } from './unsubscribe-token.ts';

/** What is known of people who get mails. */
export interface MailRecipients {
  /** Of some addresses, those that want no more mails. */
  stopped(addresses: readonly string[]): Promise<ReadonlySet<string>>;
  /** What their links to stop mails are signed with. */
  secret(): Promise<Uint8Array>;
  count(what: 'chart_failed'): Promise<void>;
}

/** Where mails go out. */
export interface MailRoom {
  readonly mailer: Mailer;
  readonly breaker: SmtpBreaker;
  readonly recipients: MailRecipients;
  readonly settings: MailSettings;
  /** Absent: as PNG. */
  readonly draw?: (chart: Chart) => Promise<Picture>;
}

export interface MailJob {
  readonly outboxId: string;
  readonly stored: NamedMessage;
  readonly channel: string;
  readonly to: readonly string[];
  readonly notification: Notification;
  readonly signal: AbortSignal;
}

export interface MailOutcome {
  /** One for each recipient who wants mails. */
  readonly ends: readonly DeliveryEnd[];
  /** Since when the mail server has been down, if mails wait for it. */
  readonly down: { readonly sinceMs: number; readonly error: string } | null;
}

/** Mails that wait do not come back at one moment: the first one finds out, the others hear of it. */
const SPREAD_MS = 10_000;

/** One delivery for each recipient of a mail channel, except those who want no more mails. */
export async function deliverMails(
  deps: DeliveryDeps & { readonly log: Log },
  room: MailRoom,
  { outboxId, stored, channel, to, notification, signal }: MailJob,
): Promise<MailOutcome> {
  const { recipients, settings, breaker } = room;
  const stopped = await recipients.stopped(to.map(bareAddress));
  const wanting = [...new Set(to)].filter((recipient) => !stopped.has(bareAddress(recipient)));
  if (wanting.length === 0) {
    deps.log.error(
      { channel, outboxId, reason: 'all_unsubscribed' },
      'nobody of a channel wants mails any more',
    );
    return { ends: [], down: null };
  }
  const pictures = picturesOnce(notification, {
    timeZone: settings.timeZone,
    draw: room.draw ?? pictureOf,
    count: recipients.count,
    log: deps.log,
  });
  const ends: DeliveryEnd[] = [];
  let down: MailOutcome['down'] = null;
  for (const recipient of wanting) {
    const id = deliveryId(stored, recipient);
    const messageId = deliveryMessageId(id, settings.host);
    const delivery = await deps.deliveries.open({
      id,
      outboxId,
      kind: 'email',
      target: recipient,
      messageId,
    });
    const wait = isFinished(delivery) ? null : await waitFor(breaker);
    if (wait !== null) {
      down = { sinceMs: wait.openedAtMs, error: wait.lastError };
      const delayMs = Math.max(1_000, wait.untilMs - deps.clock.nowMs()) + deps.random() * SPREAD_MS;
      ends.push({ kind: 'later', delayMs, reason: `the mail server ${breaker.host} does not answer` });
      continue;
    }
    const send = { delivery, recipient, to: wanting, notification, pictures, signal };
    ends.push(await attemptMail(deps, room, send));
  }
  return { ends, down };
}

interface OneMail {
  readonly delivery: Delivery;
  readonly recipient: string;
  readonly to: readonly string[];
  readonly notification: Notification;
  readonly pictures: () => Promise<Picture[]>;
  readonly signal: AbortSignal;
}

async function attemptMail(
  deps: DeliveryDeps & { readonly log: Log },
  { mailer, breaker, recipients, settings }: MailRoom,
  { delivery, recipient, to, notification, pictures, signal }: OneMail,
): Promise<DeliveryEnd> {
  const end = await attemptDelivery(deps, delivery, async ({ messageId }) => {
    const unsubscribeUrl = await unsubscribeUrlOf(recipient, settings.publicUrl, recipients);
    const message = composeMail(notification, settings, { messageId, to, unsubscribeUrl }, await pictures());
    const result = await mailer.send(message, recipient, signal);
    if (result.serverUp !== null)
      await breaker.report(result.serverUp ? null : (result.detail ?? result.outcome));
    return result;
  });
  if (end.kind === 'dead') {
    deps.log.error({ recipient, reason: end.reason }, 'a mail could not be delivered');
  }
  return end;
}

async function unsubscribeUrlOf(
  recipient: string,
  publicUrl: string | null,
  recipients: MailRecipients,
): Promise<string | null> {
  if (publicUrl === null) return null;
  return `${publicUrl}/unsubscribe/${unsubscribeToken(bareAddress(recipient), await recipients.secret())}`;
}

/** What was sent or given up needs no server. */
function isFinished({ state }: Delivery): boolean {
  return state === 'sent' || state === 'dead';
}

async function waitFor(breaker: SmtpBreaker) {
  const answer = await breaker.ask();
  return answer.kind === 'wait' ? answer : null;
}
