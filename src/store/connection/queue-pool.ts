import { Pool as PgPool } from 'pg';
import { boundedLog } from '../../core/bounded-log.ts';
import type { Log } from '../../core/log.ts';
import { QUEUE_SCHEMA } from './migrate.ts';
import type { Pool } from './pool.ts';
import { verifySession } from './session-settings.ts';

export interface QueuePoolOptions {
  readonly connectionString: string;
  /** Workers that will listen: each holds one connection for as long as it runs. */
  readonly workers: number;
  readonly applicationName: string;
  readonly log: Log;
  /** How long one connection may take. */
  readonly connectTimeoutMs?: number;
}

/** For adding, claiming, renewing and finishing jobs, beside the connections that listen. */
const QUERY_CONNECTIONS = 3;

/**
 * The pool of the job queue on Postgres, shared by all its queues and workers. Not the pool of our own tables:
 * BullMQ's statements name its tables without a schema, and on a shared search path somebody's `public.job`
 * would be mistaken for the queue's, or ours for theirs.
 */
export function createQueuePool(options: QueuePoolOptions): Pool {
  const pool = new PgPool({
    connectionString: options.connectionString,
    max: options.workers + QUERY_CONNECTIONS,
    application_name: options.applicationName,
    options: `-c search_path=${QUEUE_SCHEMA}`,
    statement_timeout: 20_000,
    verify: verifySession,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    // A listener that is cut off silently would otherwise wait for hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  const troubles = boundedLog(options.log, 'queue database connections');
  pool.on('error', (error) => {
    // `end()` does not wait for the sockets to close; a server that stops right after it is no news.
    if (!pool.ending) troubles.warn({ error: error.message }, 'idle queue connection lost');
  });
  // The same while a connection is in use but between two queries: the next one fails, and says so to its caller.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // BullMQ adds one listener for each queue and worker, which is no leak.
  pool.setMaxListeners(32);
  return pool;
}
