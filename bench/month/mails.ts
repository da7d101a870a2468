import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { Clock } from '../../src/core/clock.ts';

const OUR_NAMES = /^\d+\.txt$/;

/** A mail server on this machine that writes what it takes into a folder, one text a mail, in the order they come. */
export async function startMailFolder(folder: string, clock: Clock) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (OUR_NAMES.test(name)) rmSync(join(folder, name));
  let count = 0;
  const receive = async (stream: Readable): Promise<void> => {
    const mail = await simpleParser(stream);
    count += 1;
    writeFileSync(join(folder, `${String(count).padStart(2, '0')}.txt`), asText(mail, clock.nowMs()));
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => callbackify(receive)(stream, (error) => done(error)),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const close = async (): Promise<void> => await new Promise((resolve) => server.close(() => resolve()));
  return { url: `smtp://127.0.0.1:${port}`, count: () => count, close };
}

/** The date in the mail is that of the machine; its reader's is that of the month. */
function asText(mail: ParsedMail, atMs: number): string {
  const headers = {
    Date: new Date(atMs).toUTCString(),
    From: mail.from?.text,
    Subject: mail.subject,
    'Message-ID': mail.messageId,
    'In-Reply-To': mail.inReplyTo,
    References: [mail.references ?? []].flat().join(' '),
  };
  const lines = Object.entries(headers).map(([name, value = '']) =>
    value === '' ? '' : `${name}: ${value}\n`,
  );
  return `${lines.join('')}\n${mail.text ?? ''}`;
}
