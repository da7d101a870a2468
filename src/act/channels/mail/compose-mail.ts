import { domainToASCII } from 'node:url';
import addressparser from 'nodemailer/lib/addressparser';
import type { Notification } from '../../../core/jobs.ts';
import type { Picture } from '../../charts/chart.ts';
import { messageContent } from '../../message/message-content.ts';
import { mailHtml } from './mail-html.ts';
import { mailText } from './mail-text.ts';

export interface MailSettings {
  readonly from: string;
  /** Where the dashboard can be reached; null: no link. Without a slash at its end. */
  readonly publicUrl: string | null;
  /** Right side of message ids and of the list's name; usually the domain of `from`. */
  readonly host: string;
  /** IANA name, for every time the mail shows. */
  readonly timeZone: string;
}

/** A mail as the transport takes it. Recipients of the envelope come with the delivery. */
export interface MailMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly inReplyTo: string;
  readonly references: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Shown inside the HTML, which refers to them by `cid:`. */
  readonly images: readonly MailImage[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface MailImage {
  readonly cid: string;
  readonly fileName: string;
  readonly png: Buffer;
}

/** What differs between the mails of one notification. */
export interface MailDelivery {
  readonly messageId: string;
  readonly to: readonly string[];
  /** Where this recipient can stop these mails; null or absent: nowhere. */
  readonly unsubscribeUrl?: string | null;
}

/**
 * A notification as a mail. All mails of an incident answer one root message, which need not exist: mail
 * programs show them as one conversation. The message id comes from the delivery, so a mail that is sent twice
 * is one to the programs that look.
 */
export function composeMail(
  notification: Notification,
  settings: MailSettings,
  { messageId, to, unsubscribeUrl = null }: MailDelivery,
  pictures: readonly Picture[] = [],
): MailMessage {
  const content = messageContent(notification, settings);
  const shown = pictures.map((picture, index) => ({ ...picture, cid: cidOf(index, messageId) }));
  const root = incidentMessageId(notification, settings.host);
  return {
    from: senderOf(notification, settings.from),
    to,
    messageId,
    inReplyTo: root,
    references: root,
    subject: content.subject,
    text: mailText(content, unsubscribeUrl, courseOf(pictures)),
    html: mailHtml(content, { pictures: shown, unsubscribeUrl }),
    images: shown.map(({ cid, png, chart }) => ({ cid, fileName: `${chart.kind}.png`, png })),
    headers: {
      // RFC 3834, and its older cousin for Exchange: no vacation replies.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `shiftwatch alerts <alerts.shiftwatch.${settings.host}>`,
      ...unsubscribeHeaders(unsubscribeUrl),
    },
  };
}

/** That an incident is over shows in an inbox by who writes, too, where long subjects are cut off. */
function senderOf({ kind }: Notification, from: string): string {
  const [sender] = addressparser(from, { flatten: true });
  if (kind !== 'resolved' || sender === undefined || sender.address === '') return from;
  const name = `${sender.name === '' ? 'shiftwatch' : sender.name}: resolved`;
  return `"${name.replaceAll(/["\\\\]/g, '')}" <${sender.address}>`;
}

/** RFC 2369 and, where the link is HTTPS, RFC 8058: mail programs then show a button of their own. */
function unsubscribeHeaders(url: string | null): Record<string, string> {
  if (url === null) return {};
  const header = { 'List-Unsubscribe': `<${url}>` };
  return url.startsWith('https:')
    ? { ...header, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : header;
}

/** Nowhere else in the world, like the Message-ID that it is made of; the same when the mail is sent again. */
function cidOf(index: number, messageId: string): string {
  return `chart-${index + 1}.${messageId.replaceAll(/[<>]/g, '')}`;
}

/** The course of the leading figure is said nowhere but in its picture. */
function courseOf(pictures: readonly Picture[]): string | null {
  return pictures.find(({ chart }) => chart.kind === 'timeline')?.chart.alt ?? null;
}

export function deliveryMessageId(deliveryId: string, host: string): string {
  return `<delivery-${deliveryId}@${host}>`;
}

/** With its beginning, because a second installation under one domain counts its incidents from 1 as well. */
function incidentMessageId({ incidentId, sinceMs }: Notification, host: string): string {
  return `<incident-${incidentId.replaceAll(/[^\w-]/g, '-')}-${Math.floor(sinceMs / 1000)}@${host}>`;
}

/**
 * The host that names mails: the domain they come from, in the letters that headers may hold. Of an address without one
 * (`ops@[192.0.2.1]`), a name that nobody has.
 *
 * @example mailHost('Shiftwatch <alerts@Example.org>') // 'example.org'
 */
export function mailHost(address: string): string {
  const domain = /@([^@<>\s]+)>?\s*$/.exec(address)?.[1] ?? '';
  const host = domainToASCII(domain);
  return /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(host) ? host : 'shiftwatch.invalid';
}
