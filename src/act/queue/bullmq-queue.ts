import { setTimeout as sleep } from 'node:timers/promises';
import type { JobsOptions, WorkerOptions } from 'bullmq';
import { boundedLog } from '../../core/bounded-log.ts';
import { errorMessage } from '../../core/errors.ts';
import type { OutboxKind } from '../../core/jobs.ts';
import type { Log } from '../../core/log.ts';
import { JOB_KINDS, jobId } from './job-queue.ts';
import type { JobQueue, Postponing } from './job-queue.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface JobData {
  readonly outboxId: string;
}

/** The parts of BullMQ's classes in use here; their own types differ with the backend. */
export interface BackendQueue {
  add(name: string, data: JobData, options: JobsOptions): Promise<unknown>;
  getJob(id: string): Promise<{ getState(): Promise<string> } | undefined>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface BackendWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: BackendJob | undefined, error: Error) => void): unknown;
  /** Takes no more jobs; resolves when the running ones have ended. */
  pause(): Promise<void>;
  close(force: boolean): Promise<void>;
}

export interface BackendJob {
  readonly data: JobData;
}

/** What differs between the backends. */
export interface BullmqBackend {
  readonly name: 'postgres' | 'redis';
  createQueue(kind: OutboxKind): BackendQueue;
  createWorker(
    kind: OutboxKind,
    process: (job: BackendJob) => Promise<void>,
    options: Omit<WorkerOptions, 'connection'>,
  ): BackendWorker;
  /** After all queues and workers have been closed. */
  disconnect(): Promise<void>;
}

export interface QueueTiming {
  /** A job whose worker has not been heard of for so long is given to another one. */
  readonly lockMs: number;
  readonly stalledCheckMs: number;
}

const TIMING: QueueTiming = { lockMs: 30_000, stalledCheckMs: 30_000 };

/** For jobs that are told to stop. */
const LET_GO_MS = 1_000;
/** For taking leave, once no job runs any more. */
const CLOSE_MS = 1_000;

/**
 * How often a job that keeps throwing is tried, and one whose workers keep dying or falling silent under it: BullMQ would
 * fail it for good at the second. Its message is then enqueued afresh as overdue, minutes later.
 */
const MAX_ATTEMPTS = 100;
/** A worker that lost its connection takes no jobs for so long; BullMQ's own answer is 15 seconds. */
const BLIND_MS = 2_000;
const UNFINISHED: ReadonlySet<string> = new Set(['waiting', 'active', 'delayed', 'prioritized', 'paused']);

/**
 * The job queue over BullMQ. One contract for both backends; test/integration/outbox/act-queue.test.ts holds it. What a handler
 * wants to see later is not delayed here but postponed in the outbox (docs/decisions/0013-asking-later.md).
 */
export function createBullmqQueue(
  backend: BullmqBackend,
  outbox: Postponing,
  log: Log,
  random: () => number = Math.random,
  timing: QueueTiming = TIMING,
): JobQueue {
  let closed = false;
  const troubles = boundedLog(log, 'job queue');
  const onError = (error: Error): void => {
    // Connections that are being given up may still complain.
    if (!closed) troubles.warn({ error: errorMessage(error) }, 'job queue trouble');
  };
  const queues = new Map(
    JOB_KINDS.map((kind) => {
      const queue = backend.createQueue(kind);
      queue.on('error', onError);
      return [kind, queue] as const;
    }),
  );
  const workers: BackendWorker[] = [];
  const letGo = new AbortController();

  const queueOf = (kind: OutboxKind) => {
    const queue = queues.get(kind);
    if (queue === undefined) throw new Error(`there is no queue ${kind}`);
    return queue;
  };

  return {
    async add(kind, outboxId, { enqueues }) {
      await queueOf(kind).add(
        kind,
        { outboxId },
        {
          jobId: jobId(kind, outboxId, enqueues),
          attempts: MAX_ATTEMPTS,
          backoff: { type: 'handler' },
          removeOnComplete: true,
          removeOnFail: { count: 1_000 },
        },
      );
    },

    async holds(kind, outboxId, enqueues) {
      const job = await queueOf(kind).getJob(jobId(kind, outboxId, enqueues));
      return job !== undefined && UNFINISHED.has(await job.getState());
    },

    work(kind, handler, concurrency) {
      const run = async ({ data: { outboxId } }: BackendJob): Promise<void> => {
        const outcome = await handler({ outboxId, signal: letGo.signal });
        if (outcome.kind === 'done') return;
        const { delayMs, reason } = outcome;
        await outbox.postpone(outboxId, Math.max(0, Math.round(delayMs)), reason);
        log.info({ kind, outboxId, reason, delayMs }, 'job will be tried again');
      };
      const worker = backend.createWorker(kind, run, {
        concurrency,
        lockDuration: timing.lockMs,
        stalledInterval: timing.stalledCheckMs,
        maxStalledCount: MAX_ATTEMPTS,
        runRetryDelay: BLIND_MS,
        settings: { backoffStrategy: (attempts) => retryDelayMs(attempts, random) },
      });
      worker.on('error', onError);
      worker.on('failed', (job, error) => {
        const fields = { kind, outboxId: job?.data.outboxId, reason: error.message };
        log.error({ ...fields, stack: error.stack }, 'job failed');
      });
      workers.push(worker);
    },

    async close(deadlineMs) {
      // Not worker.close(): once that waits, it cannot be hurried any more.
      const drained = Promise.all(workers.map((worker) => worker.pause()));
      let drainedInTime = await endsWithin(drained, deadlineMs);
      letGo.abort();
      if (!drainedInTime) {
        log.warn({ deadlineMs }, 'jobs were still running at the deadline; they will be done again');
        // They are told to stop, and write down how far they came: the next process need not wait for their lease.
        drainedInTime = await endsWithin(drained, LET_GO_MS);
      }
      closed = true;
      const closing = (async () => {
        await Promise.all(workers.map((worker) => worker.close(!drainedInTime)));
        await Promise.all([...queues.values()].map((queue) => queue.close()));
      })();
      // A server that is away would be waited for without an end.
      if (!(await endsWithin(closing, CLOSE_MS))) {
        log.warn({}, 'the job queue did not answer while it was closed');
      }
      await backend.disconnect();
    },
  };
}

async function endsWithin(work: Promise<unknown>, deadlineMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(deadlineMs, false, { signal: timer.signal, ref: false }).catch(() => false);
  // What fails has ended too.
  const ended = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([ended, late]);
  timer.abort();
  return inTime;
}
