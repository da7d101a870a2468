import { setTimeout as sleep } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import type { JobHandler, JobQueue } from '../act/queue/job-queue.ts';
import type { Config } from '../config/resolve.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { finishOutbox, loadOutbox } from '../store/outbox.ts';
import { tidyBlocks } from '../store/id-blocks.ts';
import { dropOldDays } from '../store/partitions.ts';
import type { Pool } from '../store/pool.ts';
import { startEvaluationThreads, type EvaluationThreads } from './evaluation-threads.ts';
import { evaluate } from './evaluator.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { foldCrowdedWindows } from './fold-windows.ts';
import { releaseHeld } from './release-held.ts';
import { sendReminders } from './reminders.ts';
import { repeat } from './repeat.ts';
import { judgeRetrains } from './judge-retrains.ts';
import { beginPolls } from './retrain-polls.ts';
import { closeSilentRuns } from './silent-runs.ts';
import { expireApprovals } from './retrain-approval.ts';
import { requestScheduledRetrains } from './scheduled-retrains.ts';
import { sendDigests } from './send-digests.ts';
import { kafkaTopics } from './start-ingest.ts';
import { createStaleSearch } from './stale-windows.ts';
import { sweepWindows } from './sweeper.ts';

export interface EvaluateOptions {
  readonly config: Config;
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly log: Log;
}

const SWEEP_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 3_600_000;
const RETENTION_EVERY_MS = 60_000;
const CALENDAR_EVERY_MS = 15_000;
const STOP_THREADS_WITHIN_MS = 2_000;

/** Time passes → windows close → jobs evaluate them; reminders and scheduled retrainings fall due. */
export function startEvaluate(options: EvaluateOptions): { stop: () => Promise<void> } {
  const { config, pool, catalog, queue, clock, log } = options;
  const logSources = (config.kafka === null ? [] : kafkaTopics(config.kafka)).map(
    ({ topic }) => `kafka:${topic}`,
  );
  const { idleAfterMs } = config.ingest;
  const threads = startEvaluationThreads(Math.max(1, Math.min(4, availableParallelism() - 1)), log);
  queue.work('evaluate', evaluateHandler(options, threads), 2);
  const sweeper = repeat('window sweeper', SWEEP_EVERY_MS, log, async () => {
    const changed = await sweepWindows({ pool, catalog, logSources, idleAfterMs });
    return changed > 0;
  });
  const findStale = createStaleSearch(pool, log);
  const calendar = repeat('folding, messages, digests and schedules', CALENDAR_EVERY_MS, log, async () => {
    await foldCrowdedWindows(pool, catalog);
    await findStale();
    await releaseHeld(pool, catalog, log, clock.nowMs());
    const reminded = await sendReminders(pool, catalog, clock.nowMs());
    if (reminded > 0) log.info({ incidents: reminded, reason: 'due' }, 'reminded of open incidents');
    await sendDigests({ pool, models: config.models, timezone: config.timezone, log }, clock.nowMs());
    await closeSilentRuns(pool, catalog, clock.nowMs());
    await beginPolls(pool, config.webhooks);
    await judgeRetrains({ pool, catalog, log }, clock.nowMs());
    await expireApprovals(pool, catalog, log, clock.nowMs());
    await requestScheduledRetrains({ pool, catalog, timezone: config.timezone, log }, clock.nowMs());
  });
  const forgetting = repeat('forgetting ids', FORGET_EVERY_MS, log, async () => {
    await tidyBlocks(pool, config.dedupe.maxIds, config.dedupe.horizonMs);
  });
  // Often, because a day in use is left for the next time.
  const retention = repeat('retention', RETENTION_EVERY_MS, log, async () => {
    const days = await dropOldDays(pool, config.retentionMs);
    if (days.length > 0) log.info({ days }, 'dropped the predictions of old days');
  });
  return {
    stop: async () => {
      await Promise.all([sweeper.stop(), calendar.stop(), forgetting.stop(), retention.stop()]);
      // The queue has let go of its jobs by now; a computation still running is of use to nobody.
      await Promise.race([threads.close(), sleep(STOP_THREADS_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

function evaluateHandler(
  { pool, catalog, clock, log }: EvaluateOptions,
  { compute, sumParts, describePattern }: EvaluationThreads,
): JobHandler {
  return async ({ outboxId }) => {
    const stored = await loadOutbox(pool, outboxId);
    if (stored === null || stored.done || stored.message.kind !== 'evaluate') return { kind: 'done' };
    const outcome = await evaluate(
      { pool, catalog, compute, sumParts, describePattern, clock, log },
      stored.message,
    );
    // Another process may know the model, or this one after its next start: then it is still to be done.
    if (outcome === 'model_not_configured') return { kind: 'retry', delayMs: 60_000, reason: outcome };
    await finishOutbox(pool, outboxId, outcome, clock.nowMs());
    return { kind: 'done' };
  };
}
