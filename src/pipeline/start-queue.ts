import { createBullmqQueue, type QueueTiming } from '../act/queue/bullmq-queue.ts';
import type { JobQueue } from '../act/queue/job-queue.ts';
import { createWaitingQueue } from '../act/queue/waiting-queue.ts';
import type { QueueConfig } from '../config/resolve.ts';
import type { Log } from '../core/log.ts';
import { QUEUE_SCHEMA } from '../store/migrate.ts';
import { createQueuePool } from '../store/queue-pool.ts';

/** One worker for each kind of job. */
const WORKERS = 4;

/** The job queue on the configured backend. Modules of the other one are not loaded. */
export async function startQueue(
  config: QueueConfig,
  databaseUrl: string,
  log: Log,
  timing?: QueueTiming,
): Promise<{ queue: JobQueue; stop: (deadlineMs: number) => Promise<void> }> {
  if (config.backend === 'redis') {
    const { createRedisQueueBackend } = await import('../act/queue/redis-backend.ts');
    const connect = async () =>
      createBullmqQueue(await createRedisQueueBackend({ url: config.url, log }), log, Math.random, timing);
    const queue = createWaitingQueue(connect, log);
    return { queue, stop: async (deadlineMs) => await queue.close(deadlineMs) };
  }
  const { createPostgresQueueBackend } = await import('../act/queue/postgres-backend.ts');
  const pool = createQueuePool({
    connectionString: databaseUrl,
    workers: WORKERS,
    applicationName: 'shiftwatch queue',
    log,
  });
  const backend = await createPostgresQueueBackend(pool, QUEUE_SCHEMA);
  const queue = createBullmqQueue(backend, log, Math.random, timing);
  return {
    queue,
    stop: async (deadlineMs) => {
      await queue.close(deadlineMs);
      await pool.end();
    },
  };
}
