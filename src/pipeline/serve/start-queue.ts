import { createBullmqQueue, type QueueTiming } from '../../act/queue/bullmq-queue.ts';
import type { JobQueue } from '../../act/queue/job-queue.ts';
import { createWaitingQueue } from '../../act/queue/waiting-queue.ts';
import { createRelay } from '../../act/relay.ts';
import type { QueueConfig } from '../../config/resolve.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { QUEUE_SCHEMA } from '../../store/connection/migrate.ts';
import { postponing, relayOutbox } from '../../store/outbox/outbox.ts';
import { listenOutbox } from '../../store/outbox/wake.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { createQueuePool } from '../../store/connection/queue-pool.ts';

/** One worker for each kind of job. */
const WORKERS = 4;

export interface QueueOptions {
  readonly config: QueueConfig;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing?: QueueTiming & {
    /** After which a message the queue was given is asked for. */
    readonly overdueMs: number;
  };
}

export interface StartedQueue {
  readonly queue: JobQueue;
  stop(deadlineMs: number): Promise<void>;
}

/**
 * The job queue on the configured backend, and the relay that fills it: whoever has work in the queue carries there
 * what is committed, whichever process takes it. Of several relays each message is one's; a message whose kind no
 * process works on waits in the queue.
 */
export async function startQueue(options: QueueOptions): Promise<StartedQueue> {
  const { pool, clock, log, timing } = options;
  const { queue, close } = await openQueue(options);
  const overdue = timing === undefined ? {} : { overdueMs: timing.overdueMs };
  const relay = createRelay({ outbox: relayOutbox(pool), queue, clock, log, ...overdue });
  const wake = listenOutbox(pool, () => relay.wake(), log);
  relay.start();
  return {
    queue,
    stop: async (deadlineMs) => {
      await wake.close();
      await relay.close();
      await close(deadlineMs);
    },
  };
}

/** Modules of the other backend are not loaded. */
async function openQueue({ config, databaseUrl, pool, clock, log, timing }: QueueOptions): Promise<{
  readonly queue: JobQueue;
  readonly close: (deadlineMs: number) => Promise<void>;
}> {
  const outbox = postponing(pool, clock);
  if (config.backend === 'redis') {
    const { createRedisQueueBackend } = await import('../../act/queue/redis-backend.ts');
    const connect = async () => {
      const backend = await createRedisQueueBackend({ url: config.url, log });
      return createBullmqQueue(backend, outbox, log, Math.random, timing);
    };
    const queue = createWaitingQueue(connect, log);
    return { queue, close: async (deadlineMs) => await queue.close(deadlineMs) };
  }
  const { createPostgresQueueBackend } = await import('../../act/queue/postgres-backend.ts');
  const queuePool = createQueuePool({
    connectionString: databaseUrl,
    workers: WORKERS,
    applicationName: 'shiftwatch queue',
    log,
  });
  const backend = await createPostgresQueueBackend(queuePool, QUEUE_SCHEMA, log);
  const queue = createBullmqQueue(backend, outbox, log, Math.random, timing);
  return {
    queue,
    close: async (deadlineMs) => {
      await queue.close(deadlineMs);
      await queuePool.end();
    },
  };
}
