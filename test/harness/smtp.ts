import type { Socket } from 'node:net';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { atEnd } from './cleanup.ts';
import { Inbox } from './inbox.ts';

/** A mail as it came over the wire, and as a mail program understands it. */
export interface ReceivedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly parsed: ParsedMail;
  readonly raw: string;
}

/**
 * A refusal to come: at which command, and with which code (421 and 451 ask to try again, 550 does not). At `reply` the
 * mail is taken, and the connection is broken off instead of saying so.
 */
export interface ScriptedFailure {
  readonly at: 'connect' | 'mail' | 'rcpt' | 'data' | 'reply';
  readonly code: number;
  readonly message?: string;
}

export interface SmtpOptions {
  /** Only this login is let in. Absent: nobody has to log in. */
  readonly login?: { readonly user: string; readonly pass: string };
  /** Absent: a free one. */
  readonly port?: number;
}

export interface TestSmtp {
  readonly url: string;
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** The first mail that matches, already here or still to come. */
  waitForMail(matches?: (mail: ReceivedMail) => boolean, timeoutMs?: number): Promise<ReceivedMail>;
  /** Refuses the next command of its kind; several calls queue up. */
  failNext(failure: ScriptedFailure): void;
  stop(): Promise<void>;
}

/** A real SMTP server on a free port of this machine. It is stopped after the file. */
export async function startSmtp({ login, port: wanted = 0 }: SmtpOptions = {}): Promise<TestSmtp> {
  const inbox = new Inbox<ReceivedMail>(
    (mail) => `"${mail.parsed.subject}" to ${mail.envelope.to.join(', ')}`,
  );
  const failures: ScriptedFailure[] = [];
  const failureAt = (at: ScriptedFailure['at']): Error | null => {
    const index = failures.findIndex((failure) => failure.at === at);
    if (index === -1) return null;
    const [failure] = failures.splice(index, 1);
    return Object.assign(new Error(failure?.message ?? 'as the test asked'), { responseCode: failure?.code });
  };

  const receive = async (raw: Buffer, session: SMTPServerSession, done: (error?: Error | null) => void) => {
    const failure = failureAt('data');
    if (failure !== null) return done(failure);
    const { mailFrom, rcptTo } = session.envelope;
    const from = mailFrom === false ? '' : mailFrom.address;
    const to = rcptTo.map(({ address }) => address);
    inbox.put({ envelope: { from, to }, parsed: await simpleParser(raw), raw: raw.toString() });
    if (failureAt('reply') === null) done();
    else breakOff(session.id);
  };
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    closeTimeout: 500,
    onConnect: (_session, done) => done(failureAt('connect')),
    onMailFrom: (_address, _session, done) => done(failureAt('mail')),
    onRcptTo: (_address, _session, done) => done(failureAt('rcpt')),
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.pass) done(null, { user: username });
      else done(Object.assign(new Error('wrong user name or password'), { responseCode: 535 }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => void receive(Buffer.concat(chunks), session, done));
    },
  });
  const breakOff = (sessionId: string): void => {
    const connections = server.connections as unknown as Iterable<{ id: string; _socket: Socket }>;
    for (const { id, _socket: socket } of connections) if (id === sessionId) socket.destroy();
  };
  // A client that breaks off is an ordinary event in these tests.
  server.on('error', () => {});
  await new Promise<void>((resolve) => {
    server.listen(wanted, '127.0.0.1', resolve);
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const user =
    login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@`;

  let stopped: Promise<void> | null = null;
  const stop = () => (stopped ??= new Promise<void>((resolve) => server.close(() => resolve())));
  atEnd(stop);
  return {
    url: `smtp://${user}127.0.0.1:${port}`,
    port,
    mails: inbox.items,
    waitForMail: (matches, timeoutMs) => inbox.waitFor(matches, timeoutMs),
    failNext: (failure) => failures.push(failure),
    stop,
  };
}

/** Every address of a parsed header such as `mail.parsed.to`. */
export function addressesOf(header: AddressObject | AddressObject[] | undefined): string[] {
  const objects = header === undefined ? [] : Array.isArray(header) ? header : [header];
  return objects.flatMap(({ value }) => value.map(({ address }) => address ?? ''));
}
