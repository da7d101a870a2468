import { execFileSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { freePort } from '../free-port.ts';
import type { Service } from '../services.ts';
import type { TestRun } from '../test-run.ts';
import { until } from '../wait.ts';

/** A given server, or the machine's redis-server without persistence. */
export async function provideRedis(run: TestRun): Promise<Service> {
  const given = process.env['TEST_REDIS_URL'];
  if (given !== undefined) {
    await ping(given);
    return { status: 'ready', address: given, from: 'TEST_REDIS_URL' };
  }
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
  } catch {
    const fix = 'apt-get install redis-server, or set TEST_REDIS_URL';
    return { status: 'missing', why: 'no redis-server on this machine', fix };
  }
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', run.folder, '--save', ''];
  // What BullMQ asks of a Redis: never to drop a key to make room.
  settings.push('--maxmemory-policy', 'noeviction');
  const server = run.spawn('redis', 'redis-server', settings);
  const address = `redis://127.0.0.1:${port}`;
  await until(
    async () => {
      if (server.exitCode !== null) throw new Error(run.readLog('redis'));
      await ping(address);
      return true;
    },
    { what: 'redis-server to answer' },
  );
  return { status: 'ready', address, from: 'redis-server' };
}

async function ping(address: string): Promise<void> {
  const client = new Redis(address, { lazyConnect: true, retryStrategy: null, connectTimeout: 10_000 });
  // The failure is the rejection of connect(); the event says it a second time.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
