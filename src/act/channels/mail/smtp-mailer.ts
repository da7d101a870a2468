import { createTransport } from 'nodemailer';
import type { SMTPTransportOptions } from 'nodemailer';
import { SECOND_MS } from '../../../core/clock.ts';
import { errorMessage, UserError } from '../../../core/errors.ts';
import { displayText } from '../../../words/display-text.ts';
import type { SendResult } from '../../delivery.ts';
import type { MailMessage } from './compose-mail.ts';

export interface MailResult extends SendResult {
  /** Whether the server answered at all; what it says of one message is no news of the server. Null: nobody asked it. */
  readonly serverUp: boolean | null;
}

export interface Mailer {
  /** Names the server to whoever watches it. */
  readonly host: string;
  /** One message to one recipient; the others of the To header get it by deliveries of their own. */
  send(message: MailMessage, recipient: string, signal: AbortSignal): Promise<MailResult>;
  close(): void;
}

const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Sends by SMTP. `smtps://` speaks TLS from the first byte. `smtp://` upgrades with STARTTLS when the server
 * offers it; where a password would travel to another machine, the upgrade is required. `?tls=required`,
 * `?tls=opportunistic` and `?tls=off` say otherwise. Certificates are always verified, against `ca` (PEM) where it is
 * given, else against the machine's authorities.
 */
export function createSmtpMailer(url: string, ca: string | null = null): Mailer {
  const options = smtpOptions(url, ca);
  const transport = createTransport(options);
  return {
    host: `${options.host}:${options.port}`,
    async send(message, recipient, signal) {
      const { from, to, messageId, inReplyTo, references, subject, text, html, headers, images } = message;
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
          attachments: images.map(({ cid, fileName, png }) => ({
            cid,
            filename: fileName,
            content: png,
            contentType: 'image/png',
            contentDisposition: 'inline',
          })),
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
          serverUp: true,
        };
      } catch (error) {
        return failure(error);
      }
    },
    close: () => transport.close(),
  };
}

export function smtpOptions(url: string, ca: string | null = null): SMTPTransportOptions {
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
    ...(ca === null ? {} : { tls: { ca } }),
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

interface SmtpFailure {
  readonly code?: string;
  /** What the system or OpenSSL called it. */
  readonly originalCode?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
  readonly permanent?: boolean;
}

/** The commands whose refusal is about this message; a refusal anywhere else is about the server or our login. */
const ABOUT_THE_MESSAGE = /^(MAIL FROM|RCPT TO|DATA)/;
/** "Closing", to whatever was asked. */
const SERVER_CLOSES = 421;

function failure(error: unknown): MailResult {
  const failed = error as SmtpFailure;
  const { code, command = '', response, responseCode, permanent } = failed;
  const detail = displayText(response ?? errorMessage(error), 500);
  const status = responseCode ?? null;
  const end = (outcome: SendResult['outcome'], next: 'again' | 'never', serverUp: boolean | null) => {
    return { outcome, status, detail, next, retryAfterMs: null, serverUp };
  };
  if (code === 'EABORT') return end('aborted', 'again', null);
  // A wrong password stays wrong; a login that cannot be checked just now (454) is another matter.
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return end('login_failed', permanent === true || status === null ? 'never' : 'again', true);
  }
  if (isAboutTls(failed, error)) return end('tls_refused', 'again', false);
  const isOurs = ABOUT_THE_MESSAGE.test(command);
  if (permanent === true && isOurs) return end('rejected', 'never', true);
  if (status !== null) return end('deferred', 'again', isOurs && status !== SERVER_CLOSES);
  // No reply: an address that no server would take is ours to refuse, everything else is the network's.
  if (code === 'EENVELOPE') return end('rejected', 'never', null);
  return end(code === 'ETIMEDOUT' ? 'timeout' : 'connection_failed', 'again', false);
}

/** The certificate is not one we trust, or TLS is required and the server, or somebody before it, does not offer it. */
function isAboutTls({ code, originalCode = '', command, response }: SmtpFailure, error: unknown): boolean {
  if (code === 'ETLS' || command === 'STARTTLS' || /CERT|SIGNATURE|TLS|SSL/.test(originalCode)) return true;
  return response === undefined && /certificate/i.test(errorMessage(error));
}

function replyCode(response: string): number | null {
  const code = /^\d{3}/.exec(response)?.[0];
  return code === undefined ? null : Number(code);
}
