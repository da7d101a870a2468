import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import { createSmtpMailer } from '../../src/act/channels/mail/smtp-mailer.ts';
import { composeMail } from '../../src/act/channels/mail/compose-mail.ts';
import { createAuthority } from '../harness/certificates.ts';
import { atEnd } from '../harness/cleanup.ts';
import { sampleNotification } from './sample-notification.ts';

const authority = createAuthority(mkdtempSync(join(tmpdir(), 'mail-ca-')), 'mail-ca');
const certificate = authority.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);
const elsewhere = authority.issue('mail.example.org', ['DNS:mail.example.org']);

interface ServerOptions {
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly of?: { readonly cert: string; readonly key: string };
  /** Answers every login with this code. */
  readonly refuse?: number;
}

/** Takes any mail, asks for a login, and keeps what came over the wire in the clear. */
async function startServer({ tls, of = certificate, refuse }: ServerOptions) {
  const seen = { mails: 0, passwords: [] as string[], secured: [] as boolean[] };
  const server = new SMTPServer({
    ...of,
    secure: tls === 'implicit',
    hideSTARTTLS: tls === 'none',
    allowInsecureAuth: true,
    closeTimeout: 500,
    onAuth({ password }, session, done) {
      seen.passwords.push(password ?? '');
      seen.secured.push(session.secure);
      if (refuse === undefined && password === 'sesame') done(null, { user: 'watch' });
      else done(Object.assign(new Error('no'), { responseCode: refuse ?? 535 }));
    },
    onData(stream, _session, done) {
      stream.resume();
      stream.on('end', () => {
        seen.mails += 1;
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, seen };
}

const send = async (url: string, ca: string | null = null) => {
  const mailer = createSmtpMailer(url, ca);
  const message = composeMail(
    sampleNotification(),
    { from: 'shiftwatch@example.org', publicUrl: null, host: 'example.org', timeZone: 'UTC' },
    { messageId: '<one@example.org>', to: ['a@example.org'] },
  );
  try {
    return await mailer.send(message, 'a@example.org', new AbortController().signal);
  } finally {
    mailer.close();
  }
};

describe('a mail server whose certificate nobody here has signed', () => {
  it.each([
    ['from the first byte', 'implicit', 'smtps', ''],
    ['by STARTTLS', 'starttls', 'smtp', ''],
    ['by STARTTLS, even where it is optional', 'starttls', 'smtp', '?tls=opportunistic'],
  ] as const)(
    'is refused %s before it sees a password, and taken once its authority is named',
    async (_, tls, scheme, query) => {
      const { port, seen } = await startServer({ tls });
      const url = `${scheme}://watch:sesame@127.0.0.1:${port}${query}`;
      expect(await send(url)).toMatchObject({
        outcome: 'tls_refused',
        next: 'again',
        serverUp: false,
        detail: expect.stringMatching(/certificate/) as unknown,
      });
      expect(seen).toEqual({ mails: 0, passwords: [], secured: [] });
      expect(await send(url, authority.ca)).toMatchObject({ outcome: 'sent', next: 'done', serverUp: true });
      expect(seen).toEqual({ mails: 1, passwords: ['sesame'], secured: [true] });
    },
  );

  it('is refused when the certificate is another host’s, whoever signed it', async () => {
    const { port, seen } = await startServer({ tls: 'implicit', of: elsewhere });
    expect(await send(`smtps://watch:sesame@127.0.0.1:${port}`, authority.ca)).toMatchObject({
      outcome: 'tls_refused',
    });
    expect(seen.passwords).toEqual([]);
  });
});

describe('a mail server that does not offer TLS, or that somebody keeps from offering it', () => {
  it('gets no password where TLS is required', async () => {
    const { port, seen } = await startServer({ tls: 'none' });
    expect(await send(`smtp://watch:sesame@127.0.0.1:${port}?tls=required`)).toMatchObject({
      outcome: 'tls_refused',
      next: 'again',
    });
    expect(seen).toEqual({ mails: 0, passwords: [], secured: [] });
    expect(await send(`smtp://watch:sesame@127.0.0.1:${port}`)).toMatchObject({ outcome: 'sent' });
  });
});

describe('a login', () => {
  it('that is wrong stays wrong: nothing is tried again, and the server’s words say why', async () => {
    const { port, seen } = await startServer({ tls: 'starttls' });
    const refused = await send(`smtp://watch:guess@127.0.0.1:${port}`, authority.ca);
    expect(refused).toMatchObject({ outcome: 'login_failed', status: 535, next: 'never', serverUp: true });
    expect(refused.detail).toMatch(/^535/);
    expect(seen.mails).toBe(0);
  });

  it('that cannot be checked just now is tried again', async () => {
    const { port } = await startServer({ tls: 'starttls', refuse: 454 });
    expect(await send(`smtp://watch:sesame@127.0.0.1:${port}`, authority.ca)).toMatchObject({
      outcome: 'login_failed',
      status: 454,
      next: 'again',
    });
  });
});
