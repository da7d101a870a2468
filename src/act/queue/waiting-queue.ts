import { setTimeout as sleep } from 'node:timers/promises';
import { fullJitterMs } from '../../core/backoff.ts';
import { boundedLog } from '../../core/bounded-log.ts';
import { SECOND_MS } from '../../core/clock.ts';
import { errorMessage, UserError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { JobHandler, JobQueue } from './job-queue.ts';

const FIRST_PAUSE_MS = SECOND_MS;
const LONGEST_PAUSE_MS = 30 * SECOND_MS;

/**
 * A queue whose server need not be there yet. Until it answers, adding fails and messages stay in the outbox; whatever
 * else the process does goes on meanwhile.
 */
export function createWaitingQueue(
  connect: () => Promise<JobQueue>,
  log: Log,
  random: () => number = Math.random,
): JobQueue {
  const troubles = boundedLog(log, 'job queue');
  const stop = new AbortController();
  const wanted: (readonly [Parameters<JobQueue['work']>[0], JobHandler, number])[] = [];
  let connected: JobQueue | null = null;

  const connecting = (async () => {
    for (let failures = 1; !stop.signal.aborted; failures += 1) {
      try {
        const queue = await connect();
        for (const [kind, handler, concurrency] of wanted) queue.work(kind, handler, concurrency);
        connected = queue;
        if (failures > 1) log.info({}, 'the job queue answers');
        return;
      } catch (error) {
        const fix = error instanceof UserError ? error.fix : null;
        troubles.warn({ error: errorMessage(error), fix }, 'no job queue yet; messages wait in the outbox');
      }
      const pauseMs = fullJitterMs(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, random);
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();

  const present = (): JobQueue => {
    if (connected === null) throw new Error('the job queue has not answered yet');
    return connected;
  };

  return {
    add: async (kind, outboxId, options) => await present().add(kind, outboxId, options),
    holds: async (kind, outboxId, enqueues) => await present().holds(kind, outboxId, enqueues),
    work(kind, handler, concurrency) {
      if (connected === null) wanted.push([kind, handler, concurrency]);
      else connected.work(kind, handler, concurrency);
    },
    async close(deadlineMs) {
      stop.abort();
      await connecting;
      await connected?.close(deadlineMs);
    },
  };
}
