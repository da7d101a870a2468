import { execFileSync } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../harness/free-port.ts';
import { query } from '../harness/providers/postgres.ts';
import type { TestRun } from '../harness/test-run.ts';
import { until } from '../harness/wait.ts';

export type PoolMode = 'session' | 'transaction';

/** Null where there is none. */
export function pgbouncerVersion(): string | null {
  try {
    return (
      /PgBouncer ([\d.]+)/.exec(execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' }))?.[1] ?? null
    );
  } catch {
    return null;
  }
}

/** PgBouncer in front of every database of the server; answers its URL. It passes over the settings that it is told to. */
export async function startPgbouncer(
  run: TestRun,
  serverPort: number,
  mode: PoolMode,
  ignored: readonly string[] = [],
): Promise<string> {
  const port = await freePort();
  const file = join(run.folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${serverPort} user=postgres`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    'default_pool_size = 60',
    'max_client_conn = 400',
    // Databases of tests are dropped when they are done with.
    'server_idle_timeout = 1',
    ...(ignored.length === 0 ? [] : [`ignore_startup_parameters = ${ignored.join(', ')}`]),
    // It does not run as root.
    ...(process.geteuid?.() === 0 ? ['user = nobody'] : []),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  if (process.geteuid?.() === 0) chownSync(file, 65_534, 65_534);
  const server = run.spawn('pgbouncer', 'pgbouncer', [file]);
  const url = `postgres://postgres@127.0.0.1:${port}/shiftwatch_test`;
  await until(
    async () => {
      if (server.exitCode !== null) throw new Error(run.readLog('pgbouncer'));
      await query(url, 'select 1');
      return true;
    },
    { what: 'PgBouncer to answer' },
  );
  return url;
}
