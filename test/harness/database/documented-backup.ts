/** The backup and the restore of docs/deployment.md, command by command, on a server of the tools' own version. */
import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { atEnd } from '../cleanup.ts';
import { freePort } from '../free-port.ts';

/** Debian's; tools of one version do not read servers of a later one, and npm brings none of them. */
const DEBIAN = '/usr/lib/postgresql';
const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
const bin = versions
  .map((version) => join(DEBIAN, version, 'bin'))
  .find((path) => ['initdb', 'pg_ctl', 'pg_dump'].every((name) => existsSync(join(path, name))));
const NOBODY = 65_534;

/** Whether this machine has a server with its tools. `.ci/run` installs them: there the tests fail without. */
export const hasBackupTools = bin !== undefined || process.env['CI'] !== undefined;

export interface BackedUpServer {
  /** Of the database that is backed up. */
  readonly url: string;
  /** What is there now is what the next restore brings. */
  backup(): Promise<void>;
  restore(): Promise<void>;
  /** Everything but rows, as SQL. */
  schema(): Promise<string>;
}

function documentedCommands(): string[] {
  const text = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
  const block = /## Backup\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  return block.trim().split('\n');
}

/** With an empty database. Stopped after the file. */
export async function startBackedUpServer(): Promise<BackedUpServer> {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-restore-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const port = String(await freePort());
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, PGHOST: '127.0.0.1', PGPORT: port };
  const asOwner = (command: string, ...args: string[]): void => {
    const whole = isRoot
      ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', command, ...args]
      : [command, ...args];
    execFileSync(whole[0] ?? '', whole.slice(1), { env, cwd: folder, stdio: 'ignore' });
  };
  const data = join(folder, 'data');
  asOwner('initdb', '-D', data, '-U', 'shiftwatch', '-E', 'UTF8', '--no-sync');
  const options = `-p ${port} -h 127.0.0.1 -k ${folder} -F`;
  asOwner('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start');
  atEnd(() => asOwner('pg_ctl', '-D', data, '-m', 'immediate', 'stop'));
  /** To its end, with 0 and without a word. */
  const shell = async (command: string): Promise<string> => {
    const most = { env, cwd: folder, maxBuffer: 100_000_000 };
    const { stdout, stderr } = await promisify(execFile)('sh', ['-ec', command], most);
    expect(stderr, command).toBe('');
    return stdout;
  };
  await shell('createdb -U shiftwatch shiftwatch');
  const [dump, ...others] = documentedCommands();
  expect(dump).toMatch(/ pg_dump /);
  const documented = async (commands: readonly string[]): Promise<void> => {
    for (const command of commands) {
      // The service is the test's.
      if (/^docker compose (stop|start) shiftwatch$/.test(command)) continue;
      expect(command).toMatch(/^docker compose exec -T postgres /);
      await shell(command.replace('docker compose exec -T postgres ', ''));
    }
  };
  return {
    // Nobody asks for the password; without one the name would be taken for a secret, and hidden wherever it is printed.
    url: `postgres://shiftwatch:unasked@127.0.0.1:${port}/shiftwatch`,
    backup: async () => await documented([dump!]),
    restore: async () => await documented(others),
    // Without its password against what a dump could smuggle in, which is drawn anew each time.
    schema: async () =>
      (await shell('pg_dump -U shiftwatch --schema-only shiftwatch')).replaceAll(
        /^\\(un)?restrict .*$/gm,
        '',
      ),
  };
}
