import { createPostgresBackend, withBackend } from 'bullmq';
import type { PgPool } from 'bullmq';
import type { BullmqBackend, JobData } from './bullmq-queue.ts';

/** A pg.Pool, by shape: this room does not import the driver. */
export interface QueuePool {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
  connect(): Promise<object>;
  end(): Promise<void>;
}

/**
 * The queue in Postgres, on a pool that is given and not ended here. Every worker holds one connection of it,
 * on which it listens for jobs. Its tables must be there already, and must be what unqualified names mean.
 */
export async function createPostgresQueueBackend(pool: QueuePool, schema: string): Promise<BullmqBackend> {
  await assertSearchPath(pool, schema);
  const { Queue, Worker } = withBackend(createPostgresBackend);
  // BullMQ describes a pg.Pool in its own words, which differ from the driver's in how listeners are typed.
  const connection = pool as PgPool;
  return {
    name: 'postgres',
    createQueue: (kind) => new Queue<JobData>(kind, { connection }),
    createWorker: (kind, process, options) => new Worker<JobData>(kind, process, { ...options, connection }),
    disconnect: () => Promise.resolve(),
  };
}

async function assertSearchPath(pool: QueuePool, schema: string): Promise<void> {
  const answer = await pool.query('select current_schema() as schema');
  const row = answer.rows[0] as { schema: string | null } | undefined;
  const found = row?.schema ?? null;
  if (found !== schema) throw new Error(`the queue's pool works in schema ${found}, not in ${schema}`);
}
