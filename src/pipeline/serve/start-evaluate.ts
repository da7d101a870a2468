import { setTimeout as sleep } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import type { JobHandler, JobQueue } from '../../act/queue/job-queue.ts';
import { spreadMs } from '../../core/backoff.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { EvaluateMessage } from '../../core/jobs.ts';
import { step } from '../../core/trace/steps.ts';
import { finishOutbox, loadOutbox, retryPostponed } from '../../store/outbox/outbox.ts';
import type { EvaluationOutcome, EvaluatorOptions } from '../evaluate/load-window.ts';
import { startEvaluationThreads, type EvaluationThreads } from '../evaluate/evaluation-threads.ts';
import { keepingUp } from '../windows/keep-up.ts';
import { StoredBaselines } from '../evaluate/stored-baselines.ts';
import type { Garbage } from './collect-garbage.ts';
import type { Line } from './line.ts';

export interface EvaluateOptions extends Pick<Line, 'pool' | 'catalog' | 'clock' | 'log'> {
  readonly queue: JobQueue;
  /** An evaluation needs much for its moment. */
  readonly garbage: Pick<Garbage, 'during' | 'more'>;
  readonly evaluate: (options: EvaluatorOptions, message: EvaluateMessage) => Promise<EvaluationOutcome>;
}

const MOST_THREADS = 4;
const STOP_THREADS_WITHIN_MS = 2_000;

/** Jobs → windows are judged, in threads. */
export async function startEvaluate(options: EvaluateOptions): Promise<{ stop(): Promise<void> }> {
  const { pool, queue, log } = options;
  const atOnce = Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1));
  const threads = startEvaluationThreads(atOnce, log);
  // As many jobs as threads: one that waits for a thread has loaded its window already.
  queue.work('evaluate', evaluateHandler(options, threads), atOnce);
  // This process may know models that none knew before.
  await retryPostponed(pool, MODEL_NOT_CONFIGURED);
  return {
    stop: async () => {
      // The queue has let go of its jobs by now; a computation still running is of use to nobody.
      await Promise.race([threads.close(), sleep(STOP_THREADS_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

const MODEL_NOT_CONFIGURED = 'model_not_configured';
const FIRST_PAUSE_MS = MINUTE_MS;
const LONGEST_PAUSE_MS = HOUR_MS;

function evaluateHandler(
  { pool, catalog, garbage, evaluate, clock, log }: EvaluateOptions,
  { compute, sumParts, repack, describePattern }: EvaluationThreads,
): JobHandler {
  const baselines = new StoredBaselines(pool);
  return async ({ outboxId }) => {
    const stored = await loadOutbox(pool, outboxId);
    if (stored === null || stored.done || stored.message.kind !== 'evaluate') return { kind: 'done' };
    const { message } = stored;
    const beforeMore = (): void => garbage.more(clock.nowMs());
    const evaluator = {
      pool,
      catalog,
      baselines,
      compute,
      sumParts,
      repack,
      describePattern,
      beforeMore,
      clock,
      log,
    };
    const attributes = { 'shiftwatch.window.id': message.windowId, 'shiftwatch.series': message.series };
    const outcome = await step('evaluate.window', { attributes }, async () =>
      garbage.during(
        clock.nowMs(),
        async () => await keepingUp(catalog, async () => await evaluate(evaluator, message)),
      ),
    );
    // Another process may know the model, or one that is still to be started: then it is still to be done.
    if (outcome === MODEL_NOT_CONFIGURED) {
      const waitMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** stored.postpones);
      return { kind: 'retry', delayMs: spreadMs(waitMs, Math.random), reason: outcome };
    }
    await finishOutbox(pool, outboxId, outcome, clock.nowMs());
    return { kind: 'done' };
  };
}
