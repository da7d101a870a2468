import { lookup } from 'node:dns/promises';
import type { SmtpConfig, WebhookConfig } from '../../config/resolve.ts';
import { errorMessage } from '../../core/errors.ts';
import { withDeadline } from '../../core/clock.ts';
import { type DoctorFinding, failure, fine } from './finding.ts';

/** The mail server takes a connection and the login. Nothing is sent. */
export async function checkSmtp(smtp: SmtpConfig, deadlineMs: number): Promise<DoctorFinding> {
  const { createTransport } = await import('nodemailer');
  const { smtpOptions } = await import('../../act/channels/mail/smtp-mailer.ts');
  // With the same TLS rules as mails are sent.
  const transport = createTransport(smtpOptions(smtp.url, smtp.ca));
  const { host } = new URL(smtp.url);
  try {
    await withDeadline(transport.verify(), deadlineMs);
    return fine('smtp', `${host} takes mail`);
  } catch (error) {
    return failure(
      'smtp',
      `${host}: ${errorMessage(error)}`,
      'Check `smtp.url`: host, port, user and password.',
    );
  } finally {
    transport.close();
  }
}

/** The host of a webhook has an address. It is not called: a call would start a training run. */
export async function checkWebhook(
  name: string,
  { url }: Pick<WebhookConfig, 'url'>,
  deadlineMs: number,
): Promise<DoctorFinding> {
  const subject = `webhook ${name}`;
  const host = new URL(url).hostname.replaceAll(/^\[|\]$/g, '');
  try {
    const { address } = await withDeadline(lookup(host), deadlineMs);
    return fine(subject, address === host ? host : `${host} is ${address}`);
  } catch (error) {
    return failure(
      subject,
      `${host}: ${errorMessage(error)}`,
      `Check \`webhooks.${name}.url\`, and DNS on this machine.`,
    );
  }
}
