import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { atEnd } from './cleanup.ts';
import { freePort } from './free-port.ts';
import { endProcess } from './test-run.ts';
import { until } from './wait.ts';

export interface OwnRedis {
  readonly url: string;
  /** One command to the server. */
  command(name: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** A field of INFO. */
  info(field: string): Promise<string>;
  start(): Promise<void>;
  /** Gone at once; what it held is lost, because nothing is saved. */
  kill(): Promise<void>;
}

/**
 * A Redis of a test's own, which may be emptied, filled and stopped. It keeps its port over restarts. Ended after the
 * file.
 */
export async function ownRedis({ started = true } = {}): Promise<OwnRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-redis-'));
  let server: ChildProcess | null = null;
  atEnd(async () => {
    if (server?.pid !== undefined && server.exitCode === null) await endProcess(server.pid);
    rmSync(folder, { recursive: true, force: true });
  });

  async function command(name: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => {});
    try {
      await client.connect();
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  async function start(): Promise<void> {
    const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    server = spawn('redis-server', [...settings, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
    await until(async () => (await command('ping')) === 'PONG', { what: 'redis-server to answer' });
  }

  if (started) await start();
  return {
    url,
    command,
    info: async (field) => {
      const text = String(await command('info'));
      return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? '';
    },
    start,
    kill: async () => {
      if (server?.pid === undefined) return;
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
  };
}
