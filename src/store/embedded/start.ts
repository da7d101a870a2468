import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { type Account, accountsFor, handOver, makeFolder } from './account.ts';
import { type Binaries, packagedBinaries } from './binaries.ts';
import { dataDirectoryOf, ensureCluster, ensureDatabase } from './cluster.ts';
import { chooseAccount, handOverFiles } from './choose-account.ts';
import { readCredentials, urlOf } from './credentials.ts';
import { withDirectoryLock, withDirectoryLockAtExit } from './directory-lock.ts';
import { type ExitGuard, addExitGuard, removeExitGuard } from '../../core/process/exit-guard.ts';
import { findServer } from './pid-file.ts';
import { becomesReady, launch, namedServer, shutDown } from './server.ts';
import { Users } from './users.ts';

export interface EmbeddedPostgresOptions {
  /** Everything the server owns lives here: data, passwords, log. Created when missing. */
  readonly directory: string;
  /** Any free port when absent. Ignored when a server already runs on the directory. */
  readonly port?: number;
  readonly log: Log;
  /** Server settings laid over ours. Tests turn `fsync` off; users keep it on. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** Stops the server, unless another process still uses it. May be called more than once. */
  stop(): Promise<void>;
}

/** Another process may be creating the cluster (2 s) or waiting out a slow shutdown (30 s). */
const LOCK_WITHIN_MS = 120_000;

/**
 * A real PostgreSQL server on 127.0.0.1, its binaries from npm, its data durable in one folder.
 *
 * A server that already runs on the folder is shared, whether another shiftwatch started it or one that was
 * killed left it behind. The last process to `stop()` ends it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  leaveEnvironment();
  const packaged = packagedBinaries();
  const asked = resolve(options.directory);
  const accounts = accountsFor(asked, dataDirectoryOf(asked));
  createFolder(asked, accounts);
  // Without links in it, so that every process speaks of the folder by one name.
  const directory = realpathSync(asked);
  const users = new Users(directory);

  const { pid, url } = await withDirectoryLock(directory, LOCK_WITHIN_MS, async () => {
    const server = await adoptOrCreate(directory, packaged, accounts, options);
    const credentials = readCredentials(directory);
    await ensureDatabase(credentials, server.port);
    users.join();
    await handOverFiles(directory, server.account);
    return { pid: server.pid, url: urlOf(credentials, server.port) };
  });

  let stopping: Promise<void> | null = null;
  const guard: ExitGuard = {
    stop: () => stop(),
    signal: () => {
      users.leave();
      // Who holds the lock may be about to use the server, or stops it.
      withDirectoryLockAtExit(directory, () => {
        const server = users.others() ? null : findServer(dataDirectoryOf(directory));
        if (server !== null) process.kill(server.pid, 'SIGINT');
      });
    },
  };
  const stop = (): Promise<void> => {
    stopping ??= leave(directory, users, options.log).finally(() => removeExitGuard(guard));
    return stopping;
  };
  addExitGuard(guard);
  return { url, pid, stop };
}

/** `PGSSLMODE`, `PGOPTIONS` and the like are about a server of somebody's own, and the driver would apply them to this one. */
function leaveEnvironment(): void {
  for (const name of Object.keys(process.env)) if (/^PG[A-Z]/.test(name)) delete process.env[name];
}

interface Found {
  readonly pid: number;
  readonly port: number;
  /** Null for an adopted server: its files are already whose they should be. */
  readonly account: Account | null;
}

async function adoptOrCreate(
  directory: string,
  packaged: Binaries,
  accounts: readonly Account[],
  options: EmbeddedPostgresOptions,
): Promise<Found> {
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const found =
      (await adopt(directory, options.log)) ?? (await create(directory, packaged, accounts, options));
    if (found !== null) return found;
  }
  throw new UserError(`Another PostgreSQL server holds ${directory} and cannot be found.`, {
    fix: `Read server.log in that folder, and end the server that it names.`,
  });
}

async function adopt(directory: string, log: Log): Promise<Found | null> {
  const server = await namedServer(directory);
  if (server === null) return null;
  const credentials = readCredentials(directory);
  const port = await becomesReady(server.pid, credentials, directory);
  if (port !== null) {
    log.info({ pid: server.pid, directory }, 'sharing the built-in database that is already running');
    return { pid: server.pid, port, account: null };
  }
  // It ended while we looked, or never came up: make sure it is gone.
  await shutDown(directory, log);
  return null;
}

async function create(
  directory: string,
  packaged: Binaries,
  accounts: readonly Account[],
  options: EmbeddedPostgresOptions,
): Promise<Found | null> {
  const { account, binaries } = await chooseAccount(directory, packaged, accounts);
  const { log, port, settings = {} } = options;
  const isNew = !existsSync(dataDirectoryOf(directory));
  if (isNew) log.info({ directory }, 'creating the built-in database');
  const credentials = await ensureCluster(directory, binaries, account);
  await handOver(dataDirectoryOf(directory), account);
  const server = await launch({ directory, binaries, account, credentials, port, settings, log });
  if (server === null) return null;
  log.info(
    { pid: server.pid, port: server.port, account: account.name, version: binaries.version },
    'the built-in database is running',
  );
  return { ...server, account };
}

async function leave(directory: string, users: Users, log: Log): Promise<void> {
  await withDirectoryLock(directory, LOCK_WITHIN_MS, async () => {
    users.leave();
    if (users.others()) {
      log.info({ directory }, 'leaving the built-in database running for another process');
      return;
    }
    await shutDown(directory, log);
    log.info({ directory }, 'the built-in database has stopped');
  });
}

function createFolder(directory: string, accounts: readonly Account[]): void {
  try {
    const [best] = accounts;
    if (best !== undefined && !existsSync(directory)) makeFolder(directory, best);
    // Also proves that we ourselves may write here.
    mkdirSync(join(directory, 'users'), { recursive: true });
  } catch (cause) {
    throw new UserError(
      `The built-in database cannot write to ${directory}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      {
        fix: 'Make this user the owner of that folder, start shiftwatch in another one, or set `database` to a PostgreSQL server.',
        cause,
      },
    );
  }
}
