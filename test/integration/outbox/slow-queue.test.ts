import { expect, test } from 'vitest';
import { createBullmqQueue } from '../../../src/act/queue/bullmq-queue.ts';
import { createPostgresQueueBackend } from '../../../src/act/queue/postgres-backend.ts';
import { type Log, silentLog } from '../../../src/core/log.ts';
import { QUEUE_SCHEMA } from '../../../src/store/connection/migrate.ts';
import { createQueuePool } from '../../../src/store/connection/queue-pool.ts';
import { afterThis } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { startTcpProxy } from '../../harness/tcp-proxy.ts';
import { until } from '../../harness/wait.ts';

/** BullMQ keeps what its first connection came to, for good. */
test('a database that is slow the first time it is asked is no queue that never works', async () => {
  const { url } = await createDatabase('slow_queue');
  const at = new URL(url);
  const proxy = await startTcpProxy({ host: at.hostname, port: Number(at.port) });
  at.port = String(proxy.port);
  const pool = createQueuePool({
    connectionString: at.href,
    workers: 3,
    applicationName: 'slow_queue',
    log: silentLog,
    connectTimeoutMs: 300,
  });
  afterThis(() => pool.end());
  const said: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, message) => said.push(message) };
  const backend = await createPostgresQueueBackend(pool, QUEUE_SCHEMA, log);
  proxy.delay(1_000);
  const isRefused = async (): Promise<boolean> => {
    const tried = await Promise.allSettled(Array.from({ length: 3 }, () => pool.connect()));
    for (const one of tried) if (one.status === 'fulfilled') one.value.release();
    return tried.some(({ status }) => status === 'rejected');
  };
  expect(await isRefused()).toBe(true);
  const queue = createBullmqQueue(backend, { postpone: () => Promise.resolve() }, log);
  afterThis(() => queue.close(1_000));
  const done: string[] = [];
  queue.work('notify', ({ outboxId }) => Promise.resolve((done.push(outboxId), { kind: 'done' })), 1);
  // What was asked for meanwhile has been refused by then.
  expect(await isRefused()).toBe(true);
  proxy.delay(0);
  await until(async () => {
    await queue.add('notify', '1', { enqueues: 0 }).catch(() => undefined);
    return done.includes('1');
  });
  expect(said).toContain('the job queue waits for a connection to its database');
  expect(said.length).toBeLessThan(100);
});
