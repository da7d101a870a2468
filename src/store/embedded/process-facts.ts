import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/**
 * What the operating system says about a live process. A pid alone identifies nothing: the kernel hands it to
 * the next program once its owner is dead. Pid and start time together do.
 */
export interface ProcessFacts {
  readonly pid: number;
  /** Opaque, equal only for the same process. Survives neither a reboot nor a reuse of the pid. */
  readonly startedAt: string;
  readonly command: readonly string[];
}

/** Facts about a live process, or null when there is none. A zombie is dead: it holds no file and no port. */
export function describeProcess(pid: number): ProcessFacts | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? describeFromProc(pid) : describeFromPs(pid);
}

/** Whether the process that once wrote down these facts about itself still lives. */
export function isAlive(pid: number, startedAt: string): boolean {
  return describeProcess(pid)?.startedAt === startedAt;
}

/** All processes that this user can see. */
export function allProcesses(): ProcessFacts[] {
  if (process.platform !== 'linux') return listFromPs(['-ax']);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => describeFromProc(Number(pid))).filter((facts) => facts !== null);
}

let bootId: string | null = null;

function describeFromProc(pid: number): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in parentheses, may itself hold spaces and parentheses: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    if (state === 'Z' || state === 'X') return null;
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return { pid, startedAt: `${bootId}:${fields[19]}`, command };
  } catch {
    return null;
  }
}

function describeFromPs(pid: number): ProcessFacts | null {
  return listFromPs(['-p', String(pid)])[0] ?? null;
}

function listFromPs(which: readonly string[]): ProcessFacts[] {
  try {
    // An option for each: what follows a `=` is a heading, to the end of the word where POSIX is followed closely.
    const columns = ['pid', 'stat', 'lstart', 'command'].flatMap((name) => ['-o', `${name}=`]);
    const text = execFileSync('ps', [...columns, ...which], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return text
      .split('\n')
      .map(readPsLine)
      .filter((facts) => facts !== null);
  } catch {
    return [];
  }
}

function readPsLine(line: string): ProcessFacts | null {
  const [pid = '', state = '', ...rest] = line.trim().split(/\s+/);
  if (pid === '' || state.startsWith('Z')) return null;
  // lstart is five words: "Tue Nov 24 16:08:43 2026".
  return { pid: Number(pid), startedAt: rest.slice(0, 5).join(' '), command: rest.slice(5) };
}
