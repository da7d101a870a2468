import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { UserError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { type Account, commandUnder } from './account.ts';
import type { Binaries } from './binaries.ts';
import { dataDirectoryOf, unfinishedOf } from './cluster.ts';
import type { Credentials } from './credentials.ts';
import { type RunningServer, findServer, removeLeftover } from './pid-file.ts';
import { describeProcess } from './process-facts.ts';
import { anyAtWorkOn } from './servers-at-work.ts';

const POLL_MS = 20;
/** A look at all processes costs some milliseconds. */
const LOOK_MS = 100;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
/** Recovery after a crash replays the log since the last checkpoint: seconds usually, a minute at worst. */
const READY_WITHIN_MS = 90_000;

/** Settings for a small server on a machine it does not own. Those of tests are laid over them. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  // Ids are hashes: their index is written all over, and after every checkpoint each page goes to the log whole.
  wal_compression: 'on',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  // No replica will ever read this server's log.
  wal_level: 'minimal',
  max_wal_senders: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  cluster_name: 'shiftwatch',
};

export interface Launch {
  readonly directory: string;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly credentials: Credentials;
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** Starts a server and waits until it answers. Null when another server was faster, which is then the one to use. */
export async function launch(options: Launch): Promise<{ pid: number; port: number } | null> {
  removeLeftover(dataDirectoryOf(options.directory));
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const logStart = logSize(options.directory);
    const pid = await spawnServer(options, port);
    const answered = await becomesReady(pid, options.credentials, options.directory);
    if (answered !== null) return { pid, port: answered };

    const said = readLog(options.directory, logStart);
    if (/lock file "postmaster\.pid" (already exists|is empty)/.test(said)) return null;
    // Between our look for a free port and the server's use of it, another program may have taken it; and the
    // workers of a server that was killed may live on for a moment.
    const passing = /Address already in use|pre-existing shared memory|is still in use/.test(said);
    const taken = options.port !== undefined && said.includes('Address already in use');
    if (passing && !taken && attempt < 20) {
      await sleep(250);
      continue;
    }
    throw startFailure(options, port, said);
  }
}

async function spawnServer(
  { directory, binaries, account, settings }: Launch,
  port: number,
): Promise<number> {
  const args = ['-D', dataDirectoryOf(directory), '-p', String(port)];
  for (const [name, value] of Object.entries({ ...SETTINGS, ...settings }))
    args.push('-c', `${name}=${value}`);
  const command = commandUnder(account, join(binaries.root, 'bin', 'postgres'), args);
  const log = openLog(directory);
  try {
    const child = spawn(command.file, command.args, {
      ...command.options,
      // Its own process group: Ctrl-C in a terminal reaches the whole foreground group, and the server would
      // be gone before we have written our last checkpoint to it.
      detached: true,
      // A file, not a pipe: the server may outlive us, and the next shiftwatch adopts it.
      stdio: ['ignore', log, log],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    return child.pid ?? 0;
  } finally {
    closeSync(log);
  }
}

/**
 * The server at work on the folder, or null when there is none. Where one is starting that its lock file does not name
 * yet (whoever started it was killed just then), or the last processes of one that was killed are ending, waits for that.
 */
export async function namedServer(directory: string): Promise<RunningServer | null> {
  const data = dataDirectoryOf(directory);
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const server = findServer(data);
    if (server !== null || !anyAtWorkOn(data, unfinishedOf(directory))) return server;
    if (Date.now() > deadline) {
      throw new UserError(
        `A process of PostgreSQL has been at work in ${directory} for too long without becoming a server.`,
        { fix: `Find it with "ps -ef | grep ${data}", end it and start again.` },
      );
    }
    await sleep(LOOK_MS);
  }
}

/** Waits until the server with this pid accepts a login, and says at which port. Null when it ended instead. */
export async function becomesReady(
  pid: number,
  credentials: Credentials,
  directory: string,
): Promise<number | null> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (describeProcess(pid) !== null) {
    // Asked of the server's own file first: at the port itself, somebody else may be listening.
    const server = findServer(dataDirectoryOf(directory));
    const answer = server?.pid === pid && server.isReady ? await logIn(server.port, credentials) : 'not yet';
    if (answer === 'yes') return server?.port ?? null;
    if (answer === 'wrong password') {
      throw new UserError(
        `The built-in database in ${directory} does not accept the passwords stored beside it.`,
        { fix: `Restore credentials.json from a backup, or delete ${directory} to start empty.` },
      );
    }
    if (Date.now() > deadline) {
      throw new UserError(`The built-in database did not answer within ${READY_WITHIN_MS / 1000} seconds.`, {
        fix: `Read ${logPath(directory)}; if it is still recovering, wait and start again.`,
      });
    }
    await sleep(POLL_MS);
  }
  return null;
}

async function logIn(
  port: number,
  { superuser }: Credentials,
): Promise<'yes' | 'not yet' | 'wrong password'> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: superuser.name,
    password: superuser.password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return 'yes';
  } catch (error) {
    // 28: invalid authorisation. Anything else (refused, starting up, shutting down) may pass.
    const wrong = error instanceof DatabaseError && error.code?.startsWith('28') === true;
    return wrong ? 'wrong password' : 'not yet';
  }
}

/** How long a server may take over each way of ending it, gentlest first. */
export interface Patience {
  /** Open transactions are rolled back, everything is written out. */
  readonly fastMs: number;
  /** Everybody drops everything; the next start recovers. */
  readonly immediateMs: number;
}

const PATIENCE: Patience = { fastMs: 20_000, immediateMs: 8_000 };

/** Ends the server, gently if it lets us. Never signals anything but the server itself. */
export async function shutDown(directory: string, log: Log, patience: Patience = PATIENCE): Promise<void> {
  const server = findServer(dataDirectoryOf(directory));
  if (server === null) return;
  if (await endsAfter(server, 'SIGINT', patience.fastMs)) return;
  log.warn({ pid: server.pid }, 'the built-in database is slow to stop; stopping it at once');
  if (await endsAfter(server, 'SIGQUIT', patience.immediateMs)) return;
  log.warn({ pid: server.pid }, 'the built-in database does not stop; killing it');
  await endsAfter(server, 'SIGKILL', patience.immediateMs);
}

async function endsAfter({ pid }: RunningServer, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const startedAt = describeProcess(pid)?.startedAt;
  if (startedAt === undefined) return true;
  process.kill(pid, signal);
  const deadline = Date.now() + withinMs;
  while (describeProcess(pid)?.startedAt === startedAt) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function startFailure({ directory, port: asked }: Launch, port: number, said: string): UserError {
  if (asked !== undefined && said.includes('Address already in use')) {
    return new UserError(`Port ${port} for the built-in database is already in use.`, {
      fix: 'Choose another port, or none to take any free one.',
    });
  }
  if (said.includes('No space left on device')) {
    return new UserError(`The disk of ${directory} is full; the built-in database cannot start.`, {
      fix: 'Free some space and start again.',
    });
  }
  return new UserError(
    `The built-in database in ${directory} did not start: ${said.trim() || 'it said nothing'}`,
    {
      fix: `Read ${logPath(directory)}, or set \`database\` to a PostgreSQL server.`,
    },
  );
}

function logPath(directory: string): string {
  return join(directory, 'server.log');
}

/** The server's log, opened for appending; one that has grown large becomes `server.log.1`. */
function openLog(directory: string): number {
  const path = logPath(directory);
  if (logSize(directory) > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
  const file = openSync(path, 'a', 0o600);
  writeSync(file, `${new Date().toISOString()} started by process ${process.pid}\n`);
  return file;
}

function logSize(directory: string): number {
  return statSync(logPath(directory), { throwIfNoEntry: false })?.size ?? 0;
}

function readLog(directory: string, from: number): string {
  const text = readFileSync(logPath(directory));
  return text
    .subarray(from <= text.length ? from : 0)
    .toString('utf8')
    .slice(0, 4_000);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
