/** PostgreSQL's lock file, and our own small files beside it, read at whatever moment of their writing. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { handOver } from '../../../src/store/embedded/account.ts';
import { withDirectoryLock } from '../../../src/store/embedded/directory-lock.ts';
import { findServer } from '../../../src/store/embedded/pid-file.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { DEADLINES } from '../../harness/deadlines.ts';
import { endingOf, endProcess } from '../../harness/test-run.ts';
import { until } from '../../harness/wait.ts';
import { ask, beginHold, hold, isRunning, newDirectory, start } from './line.ts';

/** From before the first line of the program runs until the server answers, and beyond. */
const KILLED_AFTER_MS = [150, 400, 600, 800, 1_000, 1_500];

const lockFileOf = (directory: string): string => join(directory, 'data', 'postmaster.pid');

/** A server whose starter is dead, so that only its lock file speaks for it. */
async function orphan(directory: string): Promise<{ readonly pid: number; readonly url: string }> {
  const holder = await hold(directory);
  holder.child.kill('SIGKILL');
  await holder.exit();
  return holder;
}

describe('the lock file of a server', () => {
  let directory: string;
  let pid: number;
  beforeAll(async () => {
    directory = newDirectory();
    pid = (await orphan(directory)).pid;
  });

  it('is read in every state it passes through, and stays', () => {
    const file = lockFileOf(directory);
    const whole = readFileSync(file, 'utf8');
    const { port } = findServer(join(directory, 'data')) ?? {};
    expect(port).toBeGreaterThan(0);
    for (let length = 0; length <= whole.length; length += 1) {
      const written = whole.slice(0, length);
      writeFileSync(file, written);
      const found = findServer(join(directory, 'data'));
      expect(readFileSync(file, 'utf8')).toBe(written);
      if (found === null) continue;
      expect(found.pid).toBe(pid);
      expect([0, port]).toContain(found.port);
      if (found.isReady) expect(found.port).toBe(port);
    }
    expect(findServer(join(directory, 'data'))).toEqual({ pid, port, isReady: true });
  });

  it.each([
    ['empty', () => ''],
    ['cut short within the pid', (whole: string) => whole.slice(0, 1)],
    ['cut short behind the pid', (whole: string) => whole.slice(0, whole.indexOf('\n') + 1)],
  ])('is waited for by the next start when it is %s', async (_state, cut) => {
    const file = lockFileOf(directory);
    const whole = readFileSync(file, 'utf8');
    // As a server that has opened it, and is not given the processor to write it.
    process.kill(pid, 'SIGSTOP');
    truncateSync(file, cut(whole).length);
    const next = start(directory);
    await until(() => existsSync(join(directory, 'start.lock')), { everyMs: 1 });
    // Time to do the wrong thing.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(readFileSync(file, 'utf8')).toBe(cut(whole));
    // The same file: the server would not know another one.
    writeFileSync(file, whole, { flag: 'r+' });
    process.kill(pid, 'SIGCONT');
    expect((await next).pid).toBe(pid);
    // The next case finds an orphan again.
    const heir = await hold(directory);
    await (await next).stop();
    heir.child.kill('SIGKILL');
    await heir.exit();
  });
});

describe('a lock file behind which nobody stands', () => {
  const dead = spawnSync('true').pid;
  const directory = newDirectory();
  it.each([
    ['empty', () => ''],
    ['no number', () => 'not a pid\n'],
    ['of a dead pid, cut short', () => String(dead)],
    ['of a dead pid', (whole: string) => whole.replace(/^\d+/, String(dead))],
    ['of a pid that another program has now', (whole: string) => whole.replace(/^\d+/, String(stranger()))],
    ['of such a pid, cut short', () => String(stranger())],
    ['of a dead pid that nobody has buried', async (whole: string) => whole.replace(/^\d+/, await zombie())],
  ])('does not keep the next start: %s', async (_state, left) => {
    const { pid } = await orphan(directory);
    const whole = readFileSync(lockFileOf(directory), 'utf8');
    await endProcess(pid);
    writeFileSync(lockFileOf(directory), await left(whole));
    const next = await start(directory);
    expect(await ask(next.url, 'SELECT 1')).toEqual([1]);
    await next.stop();
    expect(isRunning(next.pid)).toBe(false);
  });

  function stranger(): number {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    atEnd(endingOf(pid));
    return pid;
  }

  /** As the first process of a container leaves orphans, if it is none that buries them. */
  async function zombie(): Promise<string> {
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    atEnd(endingOf(parent.pid));
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    return pid.toString().trim();
  }
});

describe('many starts on one folder', () => {
  it('a server whose starter is killed while it starts is the one that the next start uses', async () => {
    const directory = newDirectory();
    await (await start(directory)).stop();
    const log = join(directory, 'server.log');
    const seen = readFileSync(log).length;
    for (let round = 0; round < 5; round += 1) {
      const before = readFileSync(log).length;
      const { child, exit } = beginHold(directory);
      // Written just before the server is started.
      await until(() => readFileSync(log).length > before, { everyMs: 1 });
      child.kill('SIGKILL');
      await exit();
      const next = await start(directory);
      expect(await ask(next.url, 'SELECT 1')).toEqual([1]);
      await next.stop();
      expect(isRunning(next.pid)).toBe(false);
    }
    expect(readFileSync(log, 'utf8').slice(seen)).not.toMatch(/FATAL|PANIC|lock file/);
  });

  it(
    'all use one server, whoever is killed at whatever moment, and the last ends it',
    { timeout: 600_000 },
    async () => {
      const directory = newDirectory();
      for (const killedAfterMs of KILLED_AFTER_MS) {
        const [victim, ...others] = [beginHold(directory), beginHold(directory), beginHold(directory)];
        const killed = new Promise<void>((resolve) => {
          setTimeout(() => {
            victim.child.kill('SIGKILL');
            resolve();
          }, killedAfterMs);
        });
        const held = await Promise.all(others.map(({ holds }) => holds));
        await killed;
        await victim.exit();
        const [first] = held;
        expect(new Set(held.map(({ pid }) => pid)).size, `killed after ${killedAfterMs} ms`).toBe(1);
        expect(await ask(first?.url ?? '', 'SELECT 1')).toEqual([1]);
        expect(findServer(join(directory, 'data'))?.pid).toBe(first?.pid);
        for (const { child, exit } of others) {
          child.stdin?.end();
          expect(await exit()).toBe(0);
        }
        expect(isRunning(first?.pid ?? 0)).toBe(false);
      }
      expect(readFileSync(join(directory, 'server.log'), 'utf8')).not.toMatch(/lock file.*(empty|invalid)/);
    },
  );
});

it('a draft of a lock that goes meanwhile does not keep a folder from being handed over', async () => {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const account = { name: 'own', owner, ownsAll: true, through: [], ...owner };
  await expect(handOver(join(newDirectory(), 'start.lock.1.1'), account)).resolves.toBeUndefined();
});

describe('the list of those who use a server', () => {
  it('is not read by one who leaves in a hurry while another is joining', async () => {
    const directory = newDirectory();
    const leaving = await hold(directory, [], { ...process.env, LEAVE: 'in a hurry' });
    // We have found the server, and are not in the list yet.
    await withDirectoryLock(directory, DEADLINES.waitMs, async () => {
      leaving.child.stdin?.end();
      expect(await leaving.exit()).toBe(0);
    });
    const next = await start(directory);
    expect(next.pid).toBe(leaving.pid);
    await next.stop();
    const log = readFileSync(join(directory, 'server.log'), 'utf8');
    expect(log.match(/received fast shutdown request/g)).toHaveLength(1);
  });

  it('is read otherwise: the last one ends the server, however it leaves', async () => {
    const directory = newDirectory();
    const last = await hold(directory, [], { ...process.env, LEAVE: 'in a hurry' });
    last.child.stdin?.end();
    expect(await last.exit()).toBe(0);
    await until(() => !isRunning(last.pid), { what: 'the server to end' });
  });
});
