import { once } from 'node:events';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { boundedLog } from '../../core/bounded-log.ts';
import { errorMessage, UserError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { BullmqBackend, JobData } from './bullmq-queue.ts';

export interface RedisBackendOptions {
  /** redis:// or rediss://. */
  readonly url: string;
  /** What all keys begin with. */
  readonly prefix?: string;
  readonly log: Log;
}

const DEFAULT_PREFIX = 'shiftwatch';
const COMMAND_TIMEOUT_MS = 5_000;

/**
 * The queue in Redis, which must run with `maxmemory-policy noeviction`. Adding fails at once while Redis is
 * away, because the outbox keeps the message; workers wait for it to come back.
 *
 * Resolves when Redis answers: BullMQ sends a first command while a queue is made, remembers for ever that it
 * failed, and would refuse every job of this process.
 */
export async function createRedisQueueBackend({
  url,
  prefix = DEFAULT_PREFIX,
  log,
}: RedisBackendOptions): Promise<BullmqBackend> {
  const troubles = boundedLog(log, 'redis');
  const watched = (connection: Redis): Redis => {
    connection.on('error', (error) =>
      troubles.warn({ error: errorMessage(error) }, 'redis connection trouble'),
    );
    return connection;
  };
  const adding = watched(
    new Redis(url, {
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
    }),
  );
  const working = watched(new Redis(url, { maxRetriesPerRequest: null }));
  try {
    await Promise.all([once(adding, 'ready'), once(working, 'ready')]);
  } catch (cause) {
    adding.disconnect();
    working.disconnect();
    // The address without a password it may hold.
    throw new UserError(`cannot connect to Redis at ${new URL(url).host}: ${errorMessage(cause)}`, {
      fix: 'Check `queue.url` in the configuration, and that Redis is running; or set `queue.backend: postgres`.',
      cause,
    });
  }
  return {
    name: 'redis',
    createQueue: (kind) =>
      new Queue<JobData>(kind, { connection: adding, prefix, skipWaitingForReady: true }),
    createWorker: (kind, process, options) =>
      new Worker<JobData>(kind, process, { ...options, connection: working, prefix }),
    disconnect: async () => {
      adding.disconnect();
      working.disconnect();
    },
  };
}
