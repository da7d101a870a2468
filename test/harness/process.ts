import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { findServer } from '../../src/store/embedded/pid-file.ts';
import { atEnd } from './cleanup.ts';
import { DEADLINES } from './deadlines.ts';
import { endingOf, endProcess } from './test-run.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/shiftwatch.js', import.meta.url));

export interface ProgramOptions {
  /** Added to an environment that holds nothing of the caller's but PATH and the folder for temporary files. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to `shiftwatch.yaml` in the program's folder: text as it is, anything else as YAML. */
  readonly config?: unknown;
  /** A folder to run in, such as that of an earlier process. Absent: a new one, removed after the file. */
  readonly folder?: string;
  /** Another script than the shiftwatch command. */
  readonly program?: string;
  /** Another Node than the one of the tests. */
  readonly node?: string;
  /** Written to the program's stdin, which then ends. */
  readonly input?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly pid: number;
  readonly folder: string;
  /** Everything written so far, in the order it came. */
  output(): string;
  /** The first line of either stream that matches, already written or still to come. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<string>;
  waitForExit(timeoutMs?: number): Promise<Exit>;
  /** No goodbye of any kind. */
  kill9(): Promise<Exit>;
  /** SIGTERM, and an error if the program does not end by itself in time. */
  stop(timeoutMs?: number): Promise<Exit>;
}

/** Starts `shiftwatch` as a user would. It is ended after the file, with every database it left behind. */
export function startShiftwatch(args: readonly string[], options: ProgramOptions = {}): Program {
  const folder = options.folder ?? temporaryFolder();
  if (options.config !== undefined) {
    const text = typeof options.config === 'string' ? options.config : stringify(options.config);
    writeFileSync(join(folder, 'shiftwatch.yaml'), text);
  }
  const child = spawn(options.node ?? process.execPath, [options.program ?? PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: tmpdir(), NO_COLOR: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const pid = child.pid ?? 0;
  atEnd(endingOf(pid));

  const written = { stdout: '', stderr: '', both: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text;
      written.both += text;
      for (const listener of listeners) listener();
    });
  }
  let exit: Exit | null = null;
  child.once('close', (code, signal) => {
    exit = { code, signal, stdout: written.stdout, stderr: written.stderr };
    for (const listener of listeners) listener();
  });

  /** Looks after every piece of output and at the end. */
  const watch = <T>(look: () => T | null, timeoutMs: number, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(listener);
        settle();
      };
      const fail = (why: string) =>
        finish(() =>
          reject(new Error(`shiftwatch ${args.join(' ')} ${why} ${what}. Its output:\n${written.both}`)),
        );
      const listener = () => {
        const found = look();
        if (found !== null) finish(() => resolve(found));
        else if (exit !== null) fail(`ended with ${exit.signal ?? exit.code} before`);
      };
      const timer = setTimeout(() => fail(`was given ${timeoutMs} ms for`), timeoutMs);
      listeners.add(listener);
      listener();
    });

  const waitForExit = (timeoutMs = DEADLINES.waitMs) => watch(() => exit, timeoutMs, 'its end');
  return {
    pid,
    folder,
    output: () => written.both,
    waitForLine: (pattern, timeoutMs = DEADLINES.waitMs) =>
      watch(
        () => written.both.split('\n').find((line) => pattern.test(line)) ?? null,
        timeoutMs,
        `${pattern}`,
      ),
    waitForExit,
    kill9() {
      child.kill('SIGKILL');
      return waitForExit();
    },
    stop(timeoutMs) {
      child.kill('SIGTERM');
      return waitForExit(timeoutMs);
    },
  };
}

/** Runs a command to its end. */
export function runShiftwatch(
  args: readonly string[],
  options?: ProgramOptions,
  timeoutMs?: number,
): Promise<Exit> {
  return startShiftwatch(args, options).waitForExit(timeoutMs);
}

/** A new folder, removed after the file together with any database server that still works in it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-program-'));
  atEnd(async () => {
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('postmaster.pid')) continue;
      const server = findServer(dirname(join(folder, path)));
      if (server !== null) await endProcess(server.pid, 'SIGQUIT');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
