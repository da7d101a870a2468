import { execFileSync } from 'node:child_process';
import { Redis } from 'ioredis';
import { imageOf } from '../containers/compose-file.ts';
import { freePort } from '../free-port.ts';
import type { Service } from '../services.ts';
import type { TestRun } from '../test-run.ts';
import { until } from '../wait.ts';
import { climb } from './ladder.ts';

/** Nothing is saved. What BullMQ asks of a Redis: never to drop a key to make room. */
const SETTINGS = ['--save', '', '--maxmemory-policy', 'noeviction'];

/** A given server, the machine's redis-server, or a container of it. */
export async function provideRedis(run: TestRun): Promise<Service> {
  const service = await climb(
    {
      variable: 'TEST_REDIS_URL',
      local: () => startLocal(run),
      // Not every image lets others in than whoever is inside.
      image: () =>
        Promise.resolve({
          image: imageOf('redis'),
          port: 6379,
          command: ['redis-server', '--protected-mode', 'no', ...SETTINGS],
        }),
      addressAt: (host, port) => `redis://${host}:${port}`,
    },
    run,
  );
  if (service.status === 'ready') await ping(service.address);
  return service;
}

async function startLocal(run: TestRun): Promise<Service> {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
  } catch {
    const fix = 'apt-get install redis-server';
    return { status: 'missing', why: 'no redis-server on this machine', fix };
  }
  const port = await freePort();
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', run.folder];
  const server = run.spawn('redis', 'redis-server', [...place, ...SETTINGS]);
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
