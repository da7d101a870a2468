import { setTimeout as sleep } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import type { JobHandler, JobQueue } from '../../act/queue/job-queue.ts';
import type { Config } from '../../config/resolve.ts';
import { spreadMs } from '../../core/backoff.ts';
import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import { finishOutbox, loadOutbox, retryPostponed } from '../../store/outbox/outbox.ts';
import { tidyBlocks } from '../../store/predictions/id-blocks.ts';
import { dropOldDays } from '../../store/predictions/partitions.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { Duty } from './duty.ts';
import { startEvaluationThreads, type EvaluationThreads } from '../evaluate/evaluation-threads.ts';
import { evaluate } from '../evaluate/evaluator.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { foldCrowdedWindows } from '../windows/fold-windows.ts';
import { releaseHeld } from '../messages/release-held.ts';
import { sendReminders } from '../messages/reminders.ts';
import { judgeRetrains } from '../retrain/judge-retrains.ts';
import { beginPolls } from '../retrain/polls.ts';
import { closeSilentRuns } from '../retrain/silent-runs.ts';
import { expireApprovals } from '../retrain/approval.ts';
import { requestScheduledRetrains } from '../retrain/scheduled-retrains.ts';
import { sendDigests } from '../messages/send-digests.ts';
import { kafkaTopics } from './start-ingest.ts';
import { createStaleSearch } from '../windows/stale-windows.ts';
import { StoredBaselines } from '../evaluate/stored-baselines.ts';
import { sweepWindows } from '../windows/sweeper.ts';

export interface EvaluateOptions {
  readonly config: Config;
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly log: Log;
}

const SWEEP_EVERY_MS = SECOND_MS;
const CALENDAR_EVERY_MS = 15 * SECOND_MS;
const RETENTION_EVERY_MS = MINUTE_MS;
const FORGET_EVERY_MS = HOUR_MS;
const MOST_THREADS = 4;
const STOP_THREADS_WITHIN_MS = 2_000;

export interface Evaluating {
  readonly duties: readonly Duty[];
  stop(): Promise<void>;
}

/** Time passes → windows close → jobs evaluate them; reminders and scheduled retrainings fall due. */
export async function startEvaluate(options: EvaluateOptions): Promise<Evaluating> {
  const { pool, queue, log } = options;
  const atOnce = Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1));
  const threads = startEvaluationThreads(atOnce, log);
  // As many jobs as threads: one that waits for a thread has loaded its window already.
  queue.work('evaluate', evaluateHandler(options, threads), atOnce);
  // This process may know models that none knew before.
  await retryPostponed(pool, MODEL_NOT_CONFIGURED);
  return {
    duties: dutiesOf(options),
    stop: async () => {
      // The queue has let go of its jobs by now; a computation still running is of use to nobody.
      await Promise.race([threads.close(), sleep(STOP_THREADS_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

function dutiesOf({ config, pool, catalog, clock, log }: EvaluateOptions): Duty[] {
  const { models, timezone } = config;
  const sources = (config.kafka === null ? [] : kafkaTopics(config.kafka)).map(
    ({ topic }) => `kafka:${topic}`,
  );
  const { idleAfterMs } = config.ingest;
  // The calendar is one process's work, whatever the traffic.
  const led = (name: string, everyMs: number, run: (nowMs: number) => Promise<boolean | void>): Duty => ({
    name,
    role: 'evaluate',
    everyMs,
    run: async () => await run(clock.nowMs()),
    leader: true,
  });
  return [
    {
      name: 'window sweeper',
      role: 'evaluate',
      everyMs: SWEEP_EVERY_MS,
      run: async () => (await sweepWindows({ pool, catalog, logSources: sources, idleAfterMs })) > 0,
    },
    led(
      'folding of parts',
      CALENDAR_EVERY_MS,
      async () => void (await foldCrowdedWindows(pool, catalog, log)),
    ),
    led(
      'held messages',
      CALENDAR_EVERY_MS,
      async (nowMs) => void (await releaseHeld(pool, catalog, log, nowMs)),
    ),
    led('search for stale verdicts', CALENDAR_EVERY_MS, createStaleSearch(pool, log)),
    led('reminders', CALENDAR_EVERY_MS, async (nowMs) => {
      const reminded = await sendReminders(pool, catalog, nowMs);
      if (reminded > 0) log.info({ incidents: reminded, reason: 'due' }, 'reminded of open incidents');
    }),
    led('digests', CALENDAR_EVERY_MS, async (nowMs) => {
      await sendDigests({ pool, models, timezone, log }, nowMs);
    }),
    led(
      'silent runs',
      CALENDAR_EVERY_MS,
      async (nowMs) => void (await closeSilentRuns(pool, catalog, nowMs)),
    ),
    led('polls of runs', CALENDAR_EVERY_MS, async () => void (await beginPolls(pool, config.webhooks))),
    led('judging of runs', CALENDAR_EVERY_MS, async (nowMs) => {
      await judgeRetrains({ pool, catalog, log }, nowMs);
    }),
    led('approvals', CALENDAR_EVERY_MS, async (nowMs) => await expireApprovals(pool, catalog, log, nowMs)),
    led('schedules', CALENDAR_EVERY_MS, async (nowMs) => {
      await requestScheduledRetrains({ pool, catalog, timezone, log }, nowMs);
    }),
    led('forgetting of ids', FORGET_EVERY_MS, async () => {
      await tidyBlocks(pool, config.dedupe.maxIds, config.dedupe.horizonMs);
    }),
    // Often, because a day in use is left for the next time.
    led('retention', RETENTION_EVERY_MS, async () => {
      const days = await dropOldDays(pool, config.retentionMs);
      if (days.length > 0) log.info({ days }, 'dropped the predictions of old days');
    }),
  ];
}

const MODEL_NOT_CONFIGURED = 'model_not_configured';
const FIRST_PAUSE_MS = MINUTE_MS;
const LONGEST_PAUSE_MS = HOUR_MS;

function evaluateHandler(
  { pool, catalog, clock, log }: EvaluateOptions,
  { compute, sumParts, repack, describePattern }: EvaluationThreads,
): JobHandler {
  const baselines = new StoredBaselines(pool);
  return async ({ outboxId }) => {
    const stored = await loadOutbox(pool, outboxId);
    if (stored === null || stored.done || stored.message.kind !== 'evaluate') return { kind: 'done' };
    const outcome = await evaluate(
      { pool, catalog, baselines, compute, sumParts, repack, describePattern, clock, log },
      stored.message,
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
