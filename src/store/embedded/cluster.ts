import { execFile } from 'node:child_process';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { UserError } from '../../core/errors.ts';
import { type Account, commandUnder, makeEmptyFolder } from './account.ts';
import { type Binaries, dataVersion, majorVersion } from './binaries.ts';
import { type Credentials, createCredentials, readCredentials } from './credentials.ts';

export function dataDirectoryOf(directory: string): string {
  return join(directory, 'data');
}

/** Where the data directory is being created, until it is whole. */
export function unfinishedOf(directory: string): string {
  return join(directory, 'data.unfinished');
}

/** Creates the data directory if there is none yet, and refuses one that these binaries cannot read. */
export async function ensureCluster(
  directory: string,
  binaries: Binaries,
  account: Account,
): Promise<Credentials> {
  const data = dataDirectoryOf(directory);
  if (existsSync(data)) {
    const [written, installed] = [await dataVersion(data), majorVersion(binaries)];
    if (written !== installed) {
      throw new UserError(
        `The data in ${directory} was written by PostgreSQL ${written}, but version ${installed} is installed.`,
        {
          fix: `Install the shiftwatch release that wrote it and move the data over with pg_dump, or delete ${directory} to start empty.`,
        },
      );
    }
    return readCredentials(directory);
  }
  // The passwords first, the data directory last, by one rename: whatever moment we are killed at, the next
  // start finds either nothing or a whole cluster whose passwords are known.
  const credentials = createCredentials(directory);
  await initialise(directory, binaries, account, credentials);
  await rename(unfinishedOf(directory), data);
  return credentials;
}

async function initialise(
  directory: string,
  binaries: Binaries,
  account: Account,
  { superuser }: Credentials,
): Promise<void> {
  const unfinished = unfinishedOf(directory);
  const passwordFile = join(directory, 'superuser-password');
  makeEmptyFolder(unfinished, account);
  try {
    await writeFile(passwordFile, superuser.password, { mode: 0o600 });
    if (account.owner !== null) await chown(passwordFile, account.owner.uid, account.owner.gid);
    const command = commandUnder(account, join(binaries.root, 'bin', 'initdb'), [
      `--pgdata=${unfinished}`,
      `--username=${superuser.name}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Built into PostgreSQL, so that text sorts alike on every machine and needs no locale installed.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
    await promisify(execFile)(command.file, command.args, command.options);
  } catch (error) {
    // Its message holds everything the program wrote.
    const said = error instanceof Error ? error.message.trim() : String(error);
    throw new UserError(`The built-in database could not be created in ${directory}: ${said}`, {
      fix: 'Check that the folder is writable and its disk has 100 MB free, or set `database` to a PostgreSQL server.',
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Creates the role and the database that shiftwatch uses, unless they exist. */
export async function ensureDatabase(credentials: Credentials, port: number): Promise<void> {
  const { superuser, role, database } = credentials;
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: superuser.name,
    password: superuser.password,
    database: 'postgres',
  });
  // An error between queries (the server being stopped) surfaces in the next query; without a listener it
  // would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    const roles = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role.name]);
    if (roles.rowCount === 0) {
      // CREATEDB serves tests and throw-away copies.
      await client.query(`CREATE ROLE ${role.name} LOGIN CREATEDB PASSWORD '${role.password}'`);
    }
    const databases = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (databases.rowCount === 0) await client.query(`CREATE DATABASE ${database} OWNER ${role.name}`);
  } finally {
    await client.end();
  }
}
