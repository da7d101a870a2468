import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { describeWith } from '../../harness/describe-with.ts';
import { redisPrefix } from '../../harness/redis.ts';
import { addressOf } from '../../harness/services.ts';

describeWith(['redis'], 'redis', () => {
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (let next = open.pop(); next !== undefined; next = open.pop()) await next.close();
  });

  it('never throws keys away to make room, which BullMQ relies on', async () => {
    const client = new Redis(addressOf('redis'));
    open.push({ close: () => client.quit() });
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  });

  it('runs a BullMQ job that fails once and then succeeds', async () => {
    const connection = { url: addressOf('redis'), maxRetriesPerRequest: null };
    const prefix = redisPrefix('job');
    const queue = new Queue('jobs', { connection, prefix });
    const events = new QueueEvents('jobs', { connection, prefix });
    open.push(queue, events);
    await events.waitUntilReady();
    const worker = new Worker(
      'jobs',
      (job) => {
        if (job.attemptsMade === 0) throw new Error('not yet');
        return Promise.resolve(`done at attempt ${job.attemptsMade + 1}`);
      },
      { connection, prefix },
    );
    open.push(worker);
    const job = await queue.add('work', {}, { attempts: 2 });
    expect(await job.waitUntilFinished(events, 10_000)).toBe('done at attempt 2');
  });
});
