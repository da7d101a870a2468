import { chownSync, existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { type Account, type Obstacle, handOver, makeEmptyFolder, makeFolder, obstacle } from './account.ts';
import { type Binaries, copyBinaries } from './binaries.ts';
import { dataDirectoryOf, unfinishedOf } from './cluster.ts';

/** The first account that can both use the folder and run the binaries, copied elsewhere if need be. */
export async function chooseAccount(directory: string, packaged: Binaries, accounts: readonly Account[]) {
  const obstacles: string[] = [];
  for (const account of accounts) {
    makeFolder(directory, account);
    const data = dataFolderFor(directory, account);
    let met: Obstacle | null = null;
    for (const place of [packagedPlace, ownPlace, openPlace]) {
      const binaries = await place(packaged, directory);
      if (binaries === null) continue;
      await handOverFiles(directory, account);
      met = await obstacle(account, data, join(binaries.root, 'bin', 'initdb'));
      if (met === null) return { account, binaries };
      if (!met.onlyTheProgram) break;
    }
    obstacles.push(`${account.name}: ${met?.why}`);
  }
  throw new UserError(`The built-in database cannot run on this machine (${obstacles.join('; ')}).`, {
    fix: 'Start shiftwatch as an ordinary user in a folder of its own, or set `database` to a PostgreSQL server.',
  });
}

/** The data folder, or where it is going to be created, with the account as its owner. */
function dataFolderFor(directory: string, account: Account): string {
  const data = dataDirectoryOf(directory);
  if (existsSync(data)) {
    if (account.owner !== null) chownSync(data, account.owner.uid, account.owner.gid);
    return data;
  }
  const unfinished = unfinishedOf(directory);
  makeEmptyFolder(unfinished, account);
  return unfinished;
}

/** Where the binaries may run from, nearest first. */
type Place = (packaged: Binaries, directory: string) => Promise<Binaries | null>;

const packagedPlace: Place = (packaged) => Promise.resolve(packaged.complete ? packaged : null);

const ownPlace: Place = (packaged, directory) => copyBinaries(packaged, join(directory, 'binaries'));

/**
 * The system's folder for temporary files, for an account that can only pass the closed parents of our own
 * folder by privilege: PostgreSQL checks the path to its programs without it. Copied anew for each start,
 * since such folders are swept; the copy of the last start is removed.
 */
const openPlace: Place = async (packaged, directory) => {
  const note = join(directory, 'binaries-elsewhere');
  const last = await readFile(note, 'utf8').catch(() => null);
  const prefix = join(tmpdir(), 'shiftwatch-postgres-');
  // A note cut short by a full disk or a power cut could be the name of another folder.
  if (last !== null && last.startsWith(prefix) && last.length === prefix.length + 6)
    await rm(last, { recursive: true, force: true });
  const folder = await mkdtemp(prefix);
  await writeFile(note, folder, { mode: 0o600 });
  await chmod(folder, 0o755);
  return copyBinaries(packaged, join(folder, 'binaries'));
};

/** Hands over all but the data, which may be large and is handed over once, before the server starts. */
export async function handOverFiles(directory: string, account: Account | null): Promise<void> {
  if (account === null || !account.ownsAll) return;
  for (const name of await readdir(directory)) {
    if (name !== 'data' && name !== 'start.lock') await handOver(join(directory, name), account);
  }
}
