import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
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
      void deliver(stream, mails, done);
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

async function deliver(
  stream: Readable,
  mails: CapturedMail[],
  done: (error?: Error | null) => void,
): Promise<void> {
  done(await receive(stream, mails));
}

/** Answers with the error that the sender is to hear of, if any. */
async function receive(stream: Readable, mails: CapturedMail[]): Promise<Error | null> {
  try {
    const mail = await simpleParser(stream);
    mails.unshift({
      id: String(mails.length + 1),
      atMs: Date.now(),
      from: mail.from?.text ?? '',
      to: addresses(mail.to),
      subject: mail.subject ?? '',
      html: typeof mail.html === 'string' ? mail.html : null,
      text: mail.text ?? null,
    });
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function addresses(to: AddressObject | AddressObject[] | undefined): string[] {
  return [to ?? []].flat().map((each) => each.text);
}
