import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { silentLog } from '../../../src/core/log.ts';
import { findServer } from '../../../src/store/embedded/pid-file.ts';
import { describeProcess } from '../../../src/store/embedded/process-facts.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/store/embedded/start.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { endingOf, endProcess } from '../../harness/test-run.ts';

export const HOLDER = fileURLToPath(new URL('./fixtures/hold-postgres.ts', import.meta.url));

/** A folder for one server, removed after the file, whatever still runs in it. */
export function newDirectory(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'shiftwatch-embedded-'));
  const directory = join(folder, '.shiftwatch', 'postgres');
  atEnd(async () => {
    const data = join(directory, 'data');
    const server = existsSync(data) ? findServer(data) : null;
    if (server !== null) await endProcess(server.pid, 'SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  });
  return directory;
}

export async function start(directory: string, port?: number): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    directory,
    log: silentLog,
    ...(port === undefined ? {} : { port }),
  });
  atEnd(() => server.stop());
  return server;
}

export interface Starting {
  readonly child: ChildProcess;
  /** Once the server answers. */
  readonly holds: Promise<{ readonly url: string; readonly pid: number }>;
  exit(): Promise<NodeJS.Signals | number | null>;
}

export interface Holder extends Omit<Starting, 'holds'> {
  readonly url: string;
  readonly pid: number;
}

/** Another process that starts the server and uses it, run through the given programs (none, or one that drops rights). */
export function beginHold(
  directory: string,
  through: readonly string[] = [],
  env = process.env,
  { node, script } = { node: process.execPath, script: HOLDER },
): Starting {
  const [file, ...args] = [...through, node, script, directory];
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env, detached: true });
  atEnd(endingOf(child.pid));
  const exited = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const line = Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    exited.then((code) => Promise.reject(new Error(`the holder ended with ${code}: ${said}`))),
  ]);
  const holds = line.then((text) => JSON.parse(text) as { url: string; pid: number });
  // Who kills it on its way does not ask.
  holds.catch(() => {});
  return { child, holds, exit: () => exited };
}

/** The same, when the server answers. */
export async function hold(...args: Parameters<typeof beginHold>): Promise<Holder> {
  const { child, holds, exit } = beginHold(...args);
  return { child, exit, ...(await holds) };
}

export async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows.flat();
  } finally {
    await client.end();
  }
}

export const isRunning = (pid: number) => describeProcess(pid) !== null;
