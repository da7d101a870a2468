import { execFile, execFileSync, type SpawnOptions } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { lchown, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from './error-code.ts';

/**
 * The account the server runs under, and how a program is started under it.
 *
 * PostgreSQL refuses to run as root, with good reason: whoever reaches its superuser can run programs. An
 * ordinary user simply runs it. Root has three ways, tried in this order, and none of them creates an
 * operating-system user or changes anything outside the server's own folder.
 */
export interface Account {
  readonly name: string;
  /** Who must own the data; null: whoever does now. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /**
   * Whether everything beside the data (passwords, log, list of users) is the owner's as well. Not so for
   * "nobody": root writes to those files, and must not do so where another account could plant a link.
   */
  readonly ownsAll: boolean;
  /** Programs that set the stage and then become the program given to them, keeping its pid. */
  readonly through: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** The accounts to try for a server whose folder and data are these, best first. */
export function accountsFor(directory: string, data: string): Account[] {
  const self: Account = { name: 'this user', owner: null, ownsAll: true, through: [] };
  // A second try for users without an entry in the password file, as container platforms like to assign:
  // initdb insists on knowing its user's name.
  if (process.geteuid?.() !== 0) return [self, { ...self, name: 'a user namespace', through: NAMESPACE }];

  // Root working in somebody's folder runs the server as that somebody, who can then use it without root.
  const folder = statSync(nearestExisting(directory));
  if (folder.uid !== 0) return dropTo(`the folder's owner (uid ${folder.uid})`, folder.uid, folder.gid, true);

  // Data that an earlier start gave to nobody stay theirs.
  const written = statSync(data, { throwIfNoEntry: false });
  if (written && written.uid !== 0) {
    return dropTo(`the data's owner (uid ${written.uid})`, written.uid, written.gid, false);
  }

  // In root's own folder: a user namespace in which root bears another number. Files stay root's own, so this
  // works behind closed parents such as a root home with mode 0700. Some containers forbid it.
  return [
    { ...self, name: 'a user namespace', owner: { uid: 0, gid: 0 }, through: NAMESPACE },
    ...dropTo('nobody', ...nobody(), false),
  ];
}

/** Command and options for `spawn` or `execFile` that run a program under the account. */
export function commandUnder(account: Account, program: string, args: readonly string[]) {
  const [file = program, ...rest] = [...account.through, program, ...args];
  // Variables such as PGPORT or LC_ALL would leak one machine's habits into the server.
  const options: Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> = {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
    ...(account.uid === undefined ? {} : { uid: account.uid }),
    ...(account.gid === undefined ? {} : { gid: account.gid }),
  };
  return { file, args: rest, options };
}

export interface Obstacle {
  readonly why: string;
  /** The account and the folder are fine; a copy of the program in another place might run. */
  readonly onlyTheProgram: boolean;
}

/** Null when the account can use its data folder and run PostgreSQL, otherwise what stood in the way. */
export function obstacle(account: Account, data: string, initdb: string): Promise<Obstacle | null> {
  // `initdb --show` goes through every check that a real run makes (not root, a named user, all programs and
  // libraries in reach) and writes nothing.
  const script =
    'id -un >/dev/null && test -w "$1" && test -x "$1" || exit 97; "$2" --show --locale=C -D "$1" || exit 98';
  const command = commandUnder(account, '/bin/sh', ['-c', script, 'sh', data, initdb]);
  return new Promise((resolve) => {
    execFile(command.file, command.args, command.options, (error, _stdout, stderr) => {
      if (error === null) return resolve(null);
      const unsaid = error.code === 97 ? `may not write to ${data}` : error.message;
      resolve({ why: stderr.trim() || unsaid, onlyTheProgram: error.code === 98 });
    });
  });
}

/** Creates the folder, and parents that are missing, so that the account can use it. */
export function makeFolder(directory: string, account: Account): void {
  const parent = nearestExisting(directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (account.owner === null) return;
  if (!account.ownsAll) return chmodSync(directory, 0o711);
  for (let made = directory; made !== parent; made = dirname(made)) {
    chownSync(made, account.owner.uid, account.owner.gid);
  }
  chownSync(directory, account.owner.uid, account.owner.gid);
}

/** Creates a folder for the account alone, and empty. */
export function makeEmptyFolder(path: string, account: Account): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  if (account.owner !== null) chownSync(path, account.owner.uid, account.owner.gid);
}

/**
 * Hands everything in the folder to the account's owner. Links are handed over, never followed; what goes meanwhile, such as
 * the draft of a lock of somebody who waits, is nobody's.
 */
export async function handOver(path: string, account: Account): Promise<void> {
  if (account.owner === null) return;
  const { uid, gid } = account.owner;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  try {
    if (stat.uid !== uid || stat.gid !== gid) await lchown(path, uid, gid);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return;
  }
  if (!stat.isDirectory()) return;
  for (const entry of await readdir(path)) await handOver(join(path, entry), account);
}

const NAMESPACE = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];

function dropTo(name: string, uid: number, gid: number, ownsAll: boolean): Account[] {
  const plain: Account = { name, owner: { uid, gid }, ownsAll, through: [], uid, gid };
  return [
    plain,
    { ...plain, name: `${name}, in a user namespace`, through: NAMESPACE },
    // The account may be unable to pass a closed parent folder. It keeps the one right that lets it by.
    {
      name: `${name}, passing closed folders`,
      owner: { uid, gid },
      ownsAll,
      through: [
        'setpriv',
        `--reuid=${uid}`,
        `--regid=${gid}`,
        '--clear-groups',
        '--inh-caps=-all,+dac_override',
        '--ambient-caps=-all,+dac_override',
        '--bounding-set=-all,+dac_override',
        '--',
      ],
    },
  ];
}

function nobody(): [uid: number, gid: number] {
  try {
    const ask = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
    return [ask('-u'), ask('-g')];
  } catch {
    return [65_534, 65_534];
  }
}

function nearestExisting(path: string): string {
  let folder = path;
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}
