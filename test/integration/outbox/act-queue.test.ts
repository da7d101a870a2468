import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createBullmqQueue } from '../../../src/act/queue/bullmq-queue.ts';
import type { BullmqBackend } from '../../../src/act/queue/bullmq-queue.ts';
import { JOB_KINDS } from '../../../src/act/queue/job-queue.ts';
import type { JobOutcome, JobQueue, Postponing } from '../../../src/act/queue/job-queue.ts';
import { createPostgresQueueBackend } from '../../../src/act/queue/postgres-backend.ts';
import { createRedisQueueBackend } from '../../../src/act/queue/redis-backend.ts';
import { silentLog } from '../../../src/core/log.ts';
import { QUEUE_SCHEMA } from '../../../src/store/connection/migrate.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { createQueuePool } from '../../../src/store/connection/queue-pool.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { redisPrefix } from '../../harness/redis.ts';
import { addressOf } from '../../harness/services.ts';
import { until } from '../../harness/wait.ts';

const DONE: JobOutcome = { kind: 'done' };
const NO_OUTBOX: Postponing = { postpone: () => Promise.reject(new Error('nothing is to be postponed')) };

/** What every backend has to keep; called inside a suite that has its service. */
function queueContract(connect: () => Promise<BullmqBackend>): void {
  let queue: JobQueue;
  let postponed: [string, number, string][];
  let next = 0;
  const row = (): string => String((next += 1));

  beforeEach(async () => {
    postponed = [];
    const outbox: Postponing = { postpone: async (...put) => void postponed.push(put) };
    const timing = { lockMs: 2_000, stalledCheckMs: 500 };
    queue = createBullmqQueue(await connect(), outbox, silentLog, () => 0.5, timing);
  });
  afterEach(() => queue.close(2_000));

  it('hands a job to its worker, whether added before or after it began', async () => {
    const [before, after] = [row(), row()];
    const seen: string[] = [];
    await queue.add('notify', before, { enqueues: 0 });
    queue.work('notify', async ({ outboxId }) => (seen.push(outboxId), DONE), 4);
    await queue.add('notify', after, { enqueues: 0 });
    await until(() => seen.length === 2);
    expect(seen.sort()).toEqual([before, after].sort());
  });

  it('keeps the kinds apart', async () => {
    const seen: string[] = [];
    queue.work('retrain', async ({ outboxId }) => (seen.push(`retrain ${outboxId}`), DONE), 1);
    queue.work('evaluate', async ({ outboxId }) => (seen.push(`evaluate ${outboxId}`), DONE), 1);
    const [a, b] = [row(), row()];
    await queue.add('retrain', a, { enqueues: 0 });
    await queue.add('evaluate', b, { enqueues: 0 });
    await until(() => seen.length === 2);
    expect(seen.sort()).toEqual([`evaluate ${b}`, `retrain ${a}`]);
  });

  it('takes the same row and count for one job, and another count for a new one', async () => {
    const id = row();
    await queue.add('notify', id, { enqueues: 0 });
    await queue.add('notify', id, { enqueues: 0 });
    await queue.add('notify', id, { enqueues: 1 });
    const seen: string[] = [];
    queue.work('notify', async ({ outboxId }) => (seen.push(outboxId), DONE), 1);
    await until(() => seen.length === 2);
    await sleep(200);
    expect(seen).toEqual([id, id]);
  });

  it('lets go of a job whose handler wants to see it later, once its message is put back', async () => {
    const id = row();
    let calls = 0;
    queue.work(
      'retrain',
      async () => ((calls += 1), { kind: 'retry', delayMs: 300.4, reason: 'not yet' }),
      1,
    );
    await queue.add('retrain', id, { enqueues: 0 });
    await until(async () => calls > 0 && !(await queue.holds('retrain', id, 0)));
    expect(postponed).toEqual([[id, 300, 'not yet']]);
    expect(calls).toBe(1);
  });

  it('does not let go of it when it could not be put back', async () => {
    const outbox: Postponing = {
      postpone: async (id, delayMs, reason) => {
        postponed.push([id, delayMs, reason]);
        if (postponed.length === 1) throw new Error('the database went away');
      },
    };
    const other = createBullmqQueue(await connect(), outbox, silentLog, () => 0.1);
    other.work('retrain_poll', async () => ({ kind: 'retry', delayMs: 5, reason: 'not yet' }), 1);
    await other.add('retrain_poll', row(), { enqueues: 0 });
    await until(() => postponed.length === 2);
    await other.close(2_000);
  });

  it('tries again when the handler throws', async () => {
    let calls = 0;
    queue.work(
      'notify',
      async () => {
        calls += 1;
        if (calls === 1) throw new Error('the database went away');
        return DONE;
      },
      1,
    );
    await queue.add('notify', row(), { enqueues: 0 });
    await until(() => calls === 2);
  });

  it('says whether a job is still to be done', async () => {
    const id = row();
    expect(await queue.holds('notify', id, 0)).toBe(false);
    await queue.add('notify', id, { enqueues: 0 });
    expect(await queue.holds('notify', id, 0)).toBe(true);
    expect(await queue.holds('notify', id, 1)).toBe(false);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    queue.work('notify', async () => (await held, DONE), 1);
    await sleep(100);
    expect(await queue.holds('notify', id, 0)).toBe(true);
    release();
    await until(async () => !(await queue.holds('notify', id, 0)));
  });

  it('works on as many at once as it may, and no more', async () => {
    let active = 0;
    let most = 0;
    let finished = 0;
    queue.work(
      'evaluate',
      async () => {
        active += 1;
        most = Math.max(most, active);
        // Until as many have met as may, however late each comes; then time for one too many.
        await until(() => most >= 3, { everyMs: 5 });
        await sleep(50);
        active -= 1;
        finished += 1;
        return DONE;
      },
      3,
    );
    for (let n = 0; n < 12; n += 1) await queue.add('evaluate', row(), { enqueues: 0 });
    await until(() => finished === 12);
    expect(most).toBe(3);
  });

  it('gives a job whose process died to another one', async () => {
    const id = row();
    const dying = createBullmqQueue(await connect(), NO_OUTBOX, silentLog, () => 0.5, {
      lockMs: 700,
      stalledCheckMs: 300,
    });
    let begun = false;
    const never = new Promise<JobOutcome>(() => {});
    dying.work('retrain', () => ((begun = true), never), 1);
    await queue.add('retrain', id, { enqueues: 0 });
    await until(() => begun);
    await dying.close(50);
    const seen: string[] = [];
    queue.work('retrain', async ({ outboxId }) => (seen.push(outboxId), DONE), 1);
    await until(() => seen.length === 1);
    expect(seen).toEqual([id]);
  });

  it('does so however many processes die of it', async () => {
    const id = row();
    await queue.add('retrain', id, { enqueues: 0 });
    for (let deaths = 0; deaths < 3; deaths += 1) {
      const dying = createBullmqQueue(await connect(), NO_OUTBOX, silentLog, () => 0.5, {
        lockMs: 700,
        stalledCheckMs: 300,
      });
      let begun = false;
      const never = new Promise<JobOutcome>(() => {});
      dying.work('retrain', () => ((begun = true), never), 1);
      await until(() => begun, { what: `worker ${deaths + 1} to have the job` });
      await dying.close(50);
    }
    const seen: string[] = [];
    queue.work('retrain', async ({ outboxId }) => (seen.push(outboxId), DONE), 1);
    await until(() => seen.length === 1);
    expect(seen).toEqual([id]);
  });

  it('waits for running jobs when it closes, but not beyond the deadline', async () => {
    const patient = createBullmqQueue(await connect(), NO_OUTBOX, silentLog);
    let finished = false;
    let begun = 0;
    patient.work('notify', async () => ((begun += 1), await sleep(300), (finished = true), DONE), 1);
    await patient.add('notify', row(), { enqueues: 0 });
    await until(() => begun === 1);
    await patient.close(60_000);
    expect(finished).toBe(true);

    const hurried = createBullmqQueue(await connect(), NO_OUTBOX, silentLog);
    let aborted = false;
    hurried.work(
      'notify',
      ({ signal }) =>
        new Promise((resolve) => {
          begun += 1;
          signal.addEventListener('abort', () => ((aborted = true), resolve(DONE)));
        }),
      1,
    );
    await hurried.add('notify', row(), { enqueues: 0 });
    await until(() => begun === 2);
    await hurried.close(200);
    expect(aborted).toBe(true);
  });
}

describeWith(['postgres'], 'the job queue on Postgres', () => {
  let url = '';
  beforeAll(async () => {
    url = (await createDatabase('queue')).url;
  });
  const open = (): Pool => {
    const options = { connectionString: url, workers: 4, applicationName: 'queue test', log: silentLog };
    const pool = createQueuePool(options);
    atEnd(() => pool.end());
    return pool;
  };
  queueContract(() => createPostgresQueueBackend(open(), QUEUE_SCHEMA, silentLog));

  it('refuses a pool whose names mean another schema', async () => {
    await expect(createPostgresQueueBackend(open(), 'public', silentLog)).rejects.toThrow(
      /works in schema bullmq/,
    );
  });

  it('holds as many connections as its pool says, and gives them all back', async () => {
    const pool = open();
    const queue = createBullmqQueue(
      await createPostgresQueueBackend(pool, QUEUE_SCHEMA, silentLog),
      NO_OUTBOX,
      silentLog,
    );
    let done = 0;
    for (const kind of JOB_KINDS) queue.work(kind, async () => ((done += 1), DONE), 4);
    for (let n = 0; n < 60; n += 1) await queue.add('evaluate', `load-${n}`, { enqueues: 0 });
    await until(() => done === 60);
    expect(pool.totalCount).toBeLessThanOrEqual(7);
    expect(pool.totalCount).toBeGreaterThanOrEqual(4);
    await queue.close(2_000);
    expect(pool.totalCount).toBe(pool.idleCount);
  });
});

describeWith(['redis'], 'the job queue on Redis', () => {
  const prefix = { value: '' };
  beforeAll(() => {
    prefix.value = redisPrefix('queue');
  });
  queueContract(() =>
    createRedisQueueBackend({ url: addressOf('redis'), prefix: prefix.value, log: silentLog }),
  );

  it('says so when Redis does not answer, and keeps the password to itself', async () => {
    const refused = createRedisQueueBackend({ url: 'redis://:hush@127.0.0.1:1', log: silentLog });
    await expect(refused).rejects.toThrow(/^cannot connect to Redis at 127\.0\.0\.1:1: (?!.*hush)/);
  });
});
