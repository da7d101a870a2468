import type { Notification } from '../../../core/jobs.ts';
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
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A notification as a mail. All mails of an incident answer one root message, which need not exist: mail
 * programs show them as one conversation. The message id comes from the delivery, so a mail that is sent twice
 * is one to the programs that look.
 */
export function composeMail(
  notification: Notification,
  settings: MailSettings,
  delivery: { readonly messageId: string; readonly to: readonly string[] },
): MailMessage {
  const content = messageContent(notification, settings);
  const root = incidentMessageId(notification, settings.host);
  return {
    from: settings.from,
    to: delivery.to,
    messageId: delivery.messageId,
    inReplyTo: root,
    references: root,
    subject: content.subject,
    text: mailText(content),
    html: mailHtml(content),
    headers: {
      // RFC 3834, and its older cousin for Exchange: no vacation replies.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `shiftwatch alerts <alerts.shiftwatch.${settings.host}>`,
    },
  };
}

export function deliveryMessageId(deliveryId: string, host: string): string {
  return `<delivery-${deliveryId}@${host}>`;
}

/** With its beginning, because a second installation under one domain counts its incidents from 1 as well. */
function incidentMessageId({ incidentId, sinceMs }: Notification, host: string): string {
  return `<incident-${incidentId.replaceAll(/[^\w-]/g, '-')}-${Math.floor(sinceMs / 1000)}@${host}>`;
}

/** @example mailHost('Shiftwatch <alerts@example.org>') // 'example.org' */
export function mailHost(address: string): string {
  const host = /@([A-Za-z0-9.-]+)>?\s*$/.exec(address)?.[1];
  return host === undefined || host === '' ? 'shiftwatch.invalid' : host.toLowerCase();
}
