import { createTransport } from 'nodemailer';
import type { SMTPTransportOptions } from 'nodemailer';
import { SECOND_MS } from '../../../core/clock.ts';
import { errorMessage, UserError } from '../../../core/errors.ts';
import { displayText } from '../../message/display-text.ts';
import type { SendResult } from '../../delivery.ts';
import type { MailMessage } from './compose-mail.ts';

export interface Mailer {
  /** One message to one recipient; the others of the To header get it by deliveries of their own. */
  send(message: MailMessage, recipient: string, signal: AbortSignal): Promise<SendResult>;
  close(): void;
}

const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Sends by SMTP. `smtps://` speaks TLS from the first byte. `smtp://` upgrades with STARTTLS when the server
 * offers it; where a password would travel to another machine, the upgrade is required. `?tls=required`,
 * `?tls=opportunistic` and `?tls=off` say otherwise. Certificates are always verified.
 */
export function createSmtpMailer(url: string): Mailer {
  const transport = createTransport(smtpOptions(url));
  return {
    async send(message, recipient, signal) {
      const { from, to, messageId, inReplyTo, references, subject, text, html, headers } = message;
      try {
        const info = await transport.sendMail({
          from,
          to: [...to],
          messageId,
          inReplyTo,
          references,
          subject,
          text,
          html,
          headers: { ...headers },
          envelope: { from, to: recipient },
          signal,
        });
        return {
          outcome: 'sent',
          status: replyCode(info.response),
          detail: displayText(info.response, 200),
          next: 'done',
          retryAfterMs: null,
        };
      } catch (error) {
        return failure(error);
      }
    },
    close: () => transport.close(),
  };
}

export function smtpOptions(url: string): SMTPTransportOptions {
  const { protocol, hostname, port, username, password, searchParams } = parseSmtpUrl(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const auth =
    username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } };
  const secure = protocol === 'smtps:';
  const asked = searchParams.get('tls');
  const tls = asked ?? (username !== '' && !LOCAL_HOSTS.has(host) ? 'required' : 'opportunistic');
  if (tls !== 'required' && tls !== 'opportunistic' && tls !== 'off') {
    throw new UserError(`smtp.url asks for tls=${tls}, which does not exist`, {
      fix: 'Use tls=required, tls=opportunistic or tls=off, or leave it out.',
    });
  }
  return {
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && tls === 'required',
    ignoreTLS: !secure && tls === 'off',
    ...auth,
    connectionTimeout: 10 * SECOND_MS,
    greetingTimeout: 10 * SECOND_MS,
    socketTimeout: 30 * SECOND_MS,
    dnsTimeout: 10 * SECOND_MS,
    // Nothing in a message may make this process read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function parseSmtpUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) {
    throw new UserError('smtp.url is not an smtp:// or smtps:// address', {
      fix: 'Write it like smtp://user:password@mail.example.org:587.',
    });
  }
  return url;
}

/** The commands whose refusal is about this message; a 5xx anywhere else is about the server or our login. */
const ABOUT_THE_MESSAGE = /^(MAIL FROM|RCPT TO|DATA)/;

interface SmtpFailure {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
  readonly permanent?: boolean;
}

function failure(error: unknown): SendResult {
  const { code, command = '', response, responseCode, permanent } = error as SmtpFailure;
  const detail = displayText(response ?? errorMessage(error), 500);
  const status = responseCode ?? null;
  const again = (outcome: SendResult['outcome']): SendResult => {
    return { outcome, status, detail, next: 'again', retryAfterMs: null };
  };
  if (code === 'EABORT') return again('aborted');
  if (code === 'EAUTH' || code === 'ENOAUTH') return again('login_failed');
  if (permanent === true && ABOUT_THE_MESSAGE.test(command)) {
    return { outcome: 'rejected', status, detail, next: 'never', retryAfterMs: null };
  }
  if (status !== null) return again('deferred');
  // No reply: an address that no server would take is ours to refuse, everything else is the network's.
  if (code === 'EENVELOPE') return { outcome: 'rejected', status, detail, next: 'never', retryAfterMs: null };
  return again(code === 'ETIMEDOUT' ? 'timeout' : 'connection_failed');
}

function replyCode(response: string): number | null {
  const code = /^\d{3}/.exec(response)?.[0];
  return code === undefined ? null : Number(code);
}
