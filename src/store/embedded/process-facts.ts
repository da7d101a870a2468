import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

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

/** Whether this process is a PostgreSQL server working on this data directory. */
export function isPostmasterOf(facts: ProcessFacts, dataDirectory: string): boolean {
  const [program = ''] = facts.command;
  if (!/^postgres(:|$)/.test(basename(program))) return false;
  // A server works inside its data directory. Comparing the folders themselves rather than their names also
  // recognises one that was renamed or mounted elsewhere while the server ran.
  try {
    const cwd = statSync(`/proc/${facts.pid}/cwd`);
    const data = statSync(dataDirectory);
    return cwd.dev === data.dev && cwd.ino === data.ino;
  } catch {
    return facts.command.includes(dataDirectory);
  }
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
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=,command=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
    const [state = '', ...rest] = line.split(/\s+/);
    if (line === '' || state.startsWith('Z')) return null;
    // lstart is five words: "Tue Nov 24 16:08:43 2026".
    return { pid, startedAt: rest.slice(0, 5).join(' '), command: rest.slice(5) };
  } catch {
    return null;
  }
}
