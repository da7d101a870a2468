import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type AddressObject } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { CapturedMail } from '../../api/api-deps.ts';

export interface MailCatcher {
  readonly url: string;
  /** Newest first. */
  mails(): readonly CapturedMail[];
  close(): Promise<void>;
}

/** A mail server on this machine that delivers nothing and shows everything. */
export async function startMailCatcher(): Promise<MailCatcher> {
  const mails: CapturedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, _session, done) {
      simpleParser(stream).then(
        (mail) => {
          mails.unshift({
            id: String(mails.length + 1),
            atMs: Date.now(),
            from: mail.from?.text ?? '',
            to: addresses(mail.to),
            subject: mail.subject ?? '',
            html: mail.html === false ? null : mail.html,
            text: mail.text ?? null,
          });
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails: () => mails,
    close: async () => await new Promise((resolve) => server.close(() => resolve())),
  };
}

function addresses(to: AddressObject | AddressObject[] | undefined): string[] {
  return [to ?? []].flat().map((each) => each.text);
}
