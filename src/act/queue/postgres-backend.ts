import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, withBackend } from 'bullmq';
import type { PgPool } from 'bullmq';
import { boundedLog } from '../../core/bounded-log.ts';
import { errorMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { BullmqBackend, JobData } from './bullmq-queue.ts';

/** A pg.Pool, by shape: this room does not import the driver. */
export interface QueuePool {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
  connect(): Promise<object>;
  end(): Promise<void>;
  readonly ending: boolean;
}

const AGAIN_MS = 1_000;

/**
 * The queue in Postgres, on a pool that is given and not ended here. Every worker holds one connection of it,
 * on which it listens for jobs. Its tables must be there already, and must be what unqualified names mean.
 */
export async function createPostgresQueueBackend(
  pool: QueuePool,
  schema: string,
  log: Log,
): Promise<BullmqBackend> {
  await assertSearchPath(pool, schema);
  const { Queue, Worker } = withBackend(createPostgresBackend);
  // BullMQ describes a pg.Pool in its own words, which differ from the driver's in how listeners are typed.
  const connection = patient(pool as QueuePool & PgPool, boundedLog(log, 'job queue connections'));
  return {
    name: 'postgres',
    createQueue: (kind) => new Queue<JobData>(kind, { connection }),
    createWorker: (kind, process, options) => new Worker<JobData>(kind, process, { ...options, connection }),
    disconnect: () => Promise.resolve(),
  };
}

/**
 * BullMQ keeps the answer to its first connection for good, a refusal too: a process that was short of time when it started would
 * take no job ever again, and ask for one millions of times. So no connection is refused before the pool is given up.
 */
function patient<P extends QueuePool>(pool: P, troubles: Log): P {
  const connect = async (): Promise<object> => {
    for (;;) {
      try {
        return await pool.connect();
      } catch (error) {
        if (pool.ending) throw error;
        troubles.warn({ error: errorMessage(error) }, 'the job queue waits for a connection to its database');
        await sleep(AGAIN_MS, undefined, { ref: false });
      }
    }
  };
  return new Proxy(pool, {
    get(target, key) {
      if (key === 'connect') return connect;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

async function assertSearchPath(pool: QueuePool, schema: string): Promise<void> {
  const answer = await pool.query('select current_schema() as schema');
  const row = answer.rows[0] as { schema: string | null } | undefined;
  const found = row?.schema ?? null;
  if (found !== schema) throw new Error(`the queue's pool works in schema ${found}, not in ${schema}`);
}
