import { fullJitterMs, spreadMs } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { errorMessage } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { JobQueue } from './queue/job-queue.ts';
import { createPasses, type RelayOutbox } from './relay-pass.ts';

export interface RelayOptions {
  readonly outbox: RelayOutbox;
  readonly queue: Pick<JobQueue, 'add' | 'holds'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How often to look without having been woken. */
  readonly pollMs?: number;
  /** A message that has been with the queue so long is asked for, and enqueued again if the queue lost it. */
  readonly overdueMs?: number;
  readonly batch?: number;
  readonly random?: () => number;
}

/** A queue that refuses is not asked again with every commit. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** For the batch in hand, when nothing more is to be handed over. */
const CLOSE_WITHIN_MS = 1_000;

export interface Relay {
  /** There is news in the outbox. */
  wake(): void;
  /** One look, now. Answers how many messages went to the queue. */
  pass(): Promise<number>;
  start(): void;
  /** Before the queue is closed: one that is closed answers nobody. What is not confirmed by then stays in the outbox. */
  close(): Promise<void>;
}

/**
 * Carries messages from the outbox to the queue, at least once: the rows stay locked until the queue has
 * confirmed them, and a crash before the commit repeats the same job id. A queue that was emptied (a flushed
 * Redis, a restored database) is noticed because its messages stay undone: they are enqueued again. One that starts asks for
 * all of them at once, since a backup may have been restored before.
 */
export function createRelay(options: RelayOptions): Relay {
  const { outbox, queue, clock, log, pollMs = 2_000, overdueMs = 120_000, batch = 100 } = options;
  const { random = Math.random } = options;
  let running: Promise<void> | null = null;
  let news = false;
  let next: NodeJS.Timeout | null = null;
  let pause: NodeJS.Timeout | null = null;
  let failures = 0;
  let closed = false;
  const letGo = new AbortController();

  const passes = createPasses({ outbox, queue, clock, log, overdueMs, batch, signal: letGo.signal });
  const pass = (): Promise<number> => passes.pass(() => closed);

  const succeeded = (): void => {
    if (failures > 0) log.info({ failures }, 'the queue takes messages again');
    failures = 0;
  };

  const failed = (error: unknown): void => {
    failures += 1;
    const pauseMs = fullJitterMs(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, random);
    log.warn(
      { error: errorMessage(error), failures, pauseMs },
      'cannot hand messages to the queue; they wait in the outbox',
    );
    if (closed) return;
    pause = setTimeout(() => {
      pause = null;
      wake();
    }, pauseMs);
  };

  /** When to look again without being woken: with the next poll, or before it when a message falls due. */
  const untilNextMs = async (): Promise<number> => {
    const dueAtMs = await outbox.nextDueMs();
    const dueInMs = dueAtMs === null ? Infinity : Math.max(0, dueAtMs - clock.nowMs());
    return Math.min(dueInMs, spreadMs(pollMs, random));
  };

  const run = async (): Promise<void> => {
    news = false;
    if (next !== null) clearTimeout(next);
    const nextMs = await pass()
      .then(succeeded)
      .then(untilNextMs)
      .catch((error: unknown) => (failed(error), null));
    running = null;
    // Woken while it ran: what was committed after its last look must not wait for the next poll.
    if (news) wake();
    else if (nextMs !== null && !closed) next = setTimeout(wake, nextMs);
  };

  const wake = (): void => {
    if (closed) return;
    news = true;
    if (pause === null) running ??= run();
  };

  return {
    wake,
    pass,
    start() {
      passes.askForAll();
      wake();
    },
    async close() {
      closed = true;
      if (next !== null) clearTimeout(next);
      if (pause !== null) clearTimeout(pause);
      const letGoLater = setTimeout(() => letGo.abort(), CLOSE_WITHIN_MS);
      await running;
      clearTimeout(letGoLater);
    },
  };
}
