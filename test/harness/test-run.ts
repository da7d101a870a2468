import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeProcess, isAlive } from '../../src/store/embedded/process-facts.ts';
import { until } from './wait.ts';

const PREFIX = 'shiftwatch-test-';

/**
 * One run of vitest: a temporary folder, and the processes started for it, each written down in the folder
 * with its start time. Only these are ever ended, by pid, and never a process that merely inherited one.
 */
export class TestRun {
  readonly folder: string;
  readonly #processes: (() => Promise<void>)[] = [];
  readonly #endings: (() => Promise<void>)[] = [];
  #ended = false;

  constructor() {
    endRunsOfTheDead();
    this.folder = mkdtempSync(join(tmpdir(), PREFIX));
    // Services may run under another account than ours.
    chmodSync(this.folder, 0o755);
    writeFileSync(join(this.folder, 'run'), note(process.pid));
    process.once('exit', this.#endAtExit);
  }

  /** Starts a program whose output goes to `<name>.log` in the run's folder. */
  spawn(name: string, program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = join(this.folder, `${name}.log`);
    // Its last words may come when the run's folder is gone.
    const write = (chunk: Buffer) => {
      if (!this.#ended) appendFileSync(log, chunk);
    };
    child.stdout?.on('data', write);
    child.stderr?.on('data', write);
    if (child.pid !== undefined) this.record(child.pid);
    // Its end is the run's business; it must not keep vitest from its own.
    child.unref();
    return child;
  }

  readLog(name: string): string {
    try {
      return readFileSync(join(this.folder, `${name}.log`), 'utf8');
    } catch {
      return '';
    }
  }

  record(pid: number): void {
    this.#processes.push(endingOf(pid));
    appendFileSync(join(this.folder, 'pids'), `${note(pid)}\n`);
  }

  /** For what is no process of ours, or should end more gently. Latest first, before the processes. */
  onEnd(ending: () => Promise<void>): void {
    this.#endings.push(ending);
  }

  /** Ends what is left of the run's processes and removes its folder. */
  async end(): Promise<void> {
    try {
      for (let next = this.#endings.pop(); next !== undefined; next = this.#endings.pop()) await next();
    } finally {
      for (const end of this.#processes) await end();
      this.#ended = true;
      process.off('exit', this.#endAtExit);
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  /** Vitest is leaving without a teardown (Ctrl-C, a crash): nothing can be waited for any more. */
  readonly #endAtExit = () => endProcessesOf(this.folder);
}

/** Kills a process started by this run and waits until it is gone. What it stored is thrown away anyway. */
export async function endProcess(pid: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const startedAt = describeProcess(pid)?.startedAt;
  if (startedAt === undefined) return;
  process.kill(pid, signal);
  await until(() => !isAlive(pid, startedAt), { what: `process ${pid} to end` });
}

/** Ends, when it is called, the process that has this pid now: by then another one may have it. */
export function endingOf(
  pid: number | undefined,
  startedAt: string | undefined = describeProcess(pid ?? 0)?.startedAt,
): () => Promise<void> {
  return async () => {
    if (pid !== undefined && startedAt !== undefined && isAlive(pid, startedAt)) await endProcess(pid);
  };
}

/** Ends what runs left behind that were themselves killed. */
function endRunsOfTheDead(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    try {
      if (lives(readFileSync(join(folder, 'run'), 'utf8'))) continue;
      endProcessesOf(folder);
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or one that is being created or removed at this moment: not ours to touch.
    }
  }
}

function endProcessesOf(folder: string): void {
  let notes: string[];
  try {
    notes = readFileSync(join(folder, 'pids'), 'utf8').split('\n');
  } catch {
    return;
  }
  for (const line of notes) {
    const [pid] = line.split(' ');
    if (line !== '' && lives(line)) process.kill(Number(pid), 'SIGKILL');
  }
}

function note(pid: number): string {
  return `${pid} ${describeProcess(pid)?.startedAt}`;
}

function lives(line: string): boolean {
  const [pid, ...startedAt] = line.split(' ');
  return isAlive(Number(pid), startedAt.join(' '));
}
