/**
 * The whole line, in the order in which data flows.
 *
 *   Kafka ─┐
 *   HTTP  ─┼─► ingest ─► decode ─► window ─► compare ─► diagnose ─► decide ─► act ─► mail · webhook
 *   file  ─┘                         │          ▲                      │
 *                                    └─ store (Postgres) ──────────────┘
 *
 * Three ways compose it, each ends in a commit that the next one begins with: `consumeLogs` counts what logs bring,
 * `evaluate` judges a window once time has passed over it, `startAct` tells people and pipelines. `DUTIES` is what is done
 * again and again beside them. Each role is the part that one process may run alone; between roles there is only Postgres.
 */
import type { Config, KafkaConfig } from './config/resolve.ts';
import { type Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from './core/clock.ts';
import type { EvaluateMessage } from './core/jobs.ts';
import type { Log } from './core/log.ts';
import type { AppState, CapturedMail } from './api/api-deps.ts';
import { kafkaTopics } from './ingest/kafka/from-config.ts';
import { LogIntakes } from './pipeline/consume/log-intakes.ts';
import { PartitionConsumer } from './pipeline/consume/partition-consumer.ts';
import type { ConsumerHooks } from './pipeline/consume/partition-consumer-options.ts';
import { judgeWindow } from './pipeline/evaluate/judge-window.ts';
import {
  type EvaluationOutcome,
  type EvaluatorOptions,
  loadWindow,
} from './pipeline/evaluate/load-window.ts';
import { storeVerdict } from './pipeline/evaluate/store-verdict.ts';
import { decideEvaluated } from './pipeline/incidents/decide-evaluated.ts';
import { retireOld } from './pipeline/history/retire.ts';
import { commitBuffer } from './pipeline/intake/commit-buffer.ts';
import { decodeLimits } from './pipeline/intake/decode-limits.ts';
import { IdLedger } from './pipeline/intake/id-ledger.ts';
import { createLogDecoders } from './pipeline/intake/log-decoders.ts';
import { JOIN_BATCH, sweepLabels } from './pipeline/labels/label-joiner.ts';
import { releaseHeld } from './pipeline/messages/release-held.ts';
import { remindingOf } from './pipeline/messages/reminders.ts';
import { sendDigests } from './pipeline/messages/send-digests.ts';
import { mergePredictionBlocks } from './pipeline/predictions/merge-predictions.ts';
import { expireApprovals } from './pipeline/retrain/approval.ts';
import { closeReplaced } from './pipeline/incidents/close-replaced.ts';
import { judgeRetrains } from './pipeline/retrain/judge-retrains.ts';
import { beginPolls } from './pipeline/retrain/polls.ts';
import { requestScheduledRetrains } from './pipeline/retrain/scheduled-retrains.ts';
import { closeSilentRuns } from './pipeline/retrain/silent-runs.ts';
import { ownGarbage } from './pipeline/serve/collect-garbage.ts';
import { countBuffersIntoHeapLimit } from './pipeline/serve/buffers-in-limit.ts';
import { boundYoungGeneration } from './pipeline/serve/young-generation.ts';
import type { Line } from './pipeline/serve/line.ts';
import { repostingAlerts, startAct } from './pipeline/serve/start-act.ts';
import { startAnswering } from './pipeline/serve/start-answering.ts';
import { type DutyEntry, type DutyLine, dutiesOf } from './pipeline/serve/duty-table.ts';
import { startDuties } from './pipeline/serve/start-duties.ts';
import { startEvaluate } from './pipeline/serve/start-evaluate.ts';
import { type Ingest, startIngest } from './pipeline/serve/start-ingest.ts';
import { startQueue } from './pipeline/serve/start-queue.ts';
import type { Started } from './pipeline/serve/started.ts';
import { foldCrowdedWindows } from './pipeline/windows/fold-windows.ts';
import { ModelCatalog } from './pipeline/windows/model-catalog.ts';
import { REEVALUATE_AFTER_MS } from './pipeline/windows/reevaluation.ts';
import { createStaleSearch } from './pipeline/windows/stale-windows.ts';
import { sweepWindows } from './pipeline/windows/sweeper.ts';
import { outdatedReason } from './store/connection/outdated-writer.ts';
import type { Pool } from './store/connection/pool.ts';
import { makePartitionsAhead } from './store/history/partitions.ts';
import { tidyBlocks } from './store/predictions/id-blocks.ts';
import { SegmentRegistry } from './window/segments.ts';

export const ROLES = ['ingest', 'evaluate', 'act', 'api'] as const;
export type Role = (typeof ROLES)[number];

/** A look at the blocks of two months costs as much as to store some hundred labels, take them and delete them. */
const FEWEST_AT_ONCE = 500;
/** Shorter than the group waits: whoever loses a partition must not go on storing for it. */
const TRANSACTION_SHARE = 0.8;

/**
 * ingest → decode → window: records of a log become events or dead letters, events become counts of their windows, and
 * these are committed with the position of the log. What is posted or replayed takes the same way, a body at a time
 * (`createAcceptEvents`).
 */
function consumeLogs(line: Line, kafka: KafkaConfig, hooks: ConsumerHooks): PartitionConsumer {
  const { config, pool, catalog, ledger, clock, log } = line;
  const eventTypes = new Map(kafkaTopics(kafka).map(({ topic, eventType }) => [topic, eventType]));

  const decode = createLogDecoders(config, clock);
  const limits = decodeLimits(config);
  const windows = { db: pool, catalog, segments: new SegmentRegistry(), ledger };
  const labels = { catalog, finder: ledger.kept, reevaluateAfterMs: REEVALUATE_AFTER_MS };
  const committing = {
    ledger,
    catalog,
    reevaluateAfterMs: REEVALUATE_AFTER_MS,
    atOnce: { ...labels, fewest: FEWEST_AT_ONCE },
  };

  return new PartitionConsumer({
    intakes: new LogIntakes(windows, limits, decode),
    commit: async (tx, buffer, stretch) => await commitBuffer(tx, buffer, stretch, committing),
    pool,
    catalog,
    ledger,
    checkpointEveryMs: config.ingest.checkpointEveryMs,
    startAtEnd: kafka.start === 'latest',
    transactionWithinMs: TRANSACTION_SHARE * kafka.sessionTimeoutMs,
    alertChannels: [...new Set(config.models.flatMap(({ alerts }) => alerts.channels))],
    eventTypeOf: ({ topic }) => eventTypes.get(topic) ?? null,
    ...hooks,
    clock,
    log,
  });
}

/**
 * compare → diagnose → decide: a window that has closed is measured against its baseline, what was measured says which
 * kind of shift it is, and what follows is committed with the verdict: alert steps, and in the outbox what is to be told.
 * May be repeated at any time: it then adds a revision and decides nothing twice.
 */
export async function evaluate(
  options: EvaluatorOptions,
  message: EvaluateMessage,
): Promise<EvaluationOutcome> {
  const loaded = await loadWindow(options, message);
  if (!loaded.ok) return loaded.error;
  const verdict = await judgeWindow(options, loaded.value);
  return await storeVerdict(options, loaded.value, verdict, decideEvaluated);
}

const LABEL_JOINER = 'label joiner';
const CALENDAR_MS = 15 * SECOND_MS;
const RETIRE_EVERY_MS = 5 * MINUTE_MS;

/**
 * What is done again and again. `leader`: one process of a fleet is enough; the others grow with the traffic, and any
 * number of processes share them. A turn that answers `true` has more to do at once.
 */
export const DUTIES: readonly DutyEntry[] = [
  {
    name: LABEL_JOINER,
    role: 'ingest',
    everyMs: SECOND_MS,
    does: 'takes labels that wait to their predictions, and counts them into the windows of these',
    turn: (line) => async () => await joinLabels(line),
  },
  {
    name: 'checkpoints',
    role: 'ingest',
    everyMs: ({ config }) => Math.min(SECOND_MS, config.ingest.checkpointEveryMs),
    does: 'stores what a partition holds once it has waited for `ingest.checkpoint_every`',
    turn: ({ consumer }) => consumer && (async () => void (await consumer.checkpointDue())),
  },
  {
    name: 'merging of predictions',
    role: 'ingest',
    everyMs: SECOND_MS,
    does: 'merges small blocks of stored predictions, so that looking one up stays cheap',
    turn: (line) => async () => (await mergePredictionBlocks(line.pool)) > 0,
  },
  {
    name: 'window sweeper',
    role: 'evaluate',
    everyMs: SECOND_MS,
    does: 'moves watermarks, closes and matures windows, and queues their evaluation',
    turn: (line) => async () => (await sweep(line)) > 0,
  },
  {
    name: 'folding of parts',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'replaces many parts of a window by their sum',
    turn: (line) => async () => void (await foldCrowdedWindows(line.pool, line.catalog, line.log)),
  },
  {
    name: 'search for stale verdicts',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'finds verdicts that are older than what they are about, and has the window judged again',
    turn: (line) => createStaleSearch(line.pool, line.log),
  },
  {
    name: 'held messages',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'tells what a silence, a mute schedule or a snooze held back, once that has ended',
    turn: (line) => async (nowMs) => void (await releaseHeld(line.pool, line.catalog, line.log, nowMs)),
  },
  {
    name: 'reminders',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'reminds of incidents that are still open',
    turn: remindingOf,
  },
  {
    name: 'digests',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'sends what was kept for the daily digest, when it is due',
    turn: (line) => async (nowMs) => void (await sendDigests(calendarOf(line), nowMs)),
  },
  {
    name: 'silent runs',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'gives up retrainings that have said nothing for too long',
    turn: (line) => async (nowMs) => void (await closeSilentRuns(line.pool, line.catalog, nowMs)),
  },
  {
    name: 'polls of runs',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'asks training systems that do not call back how their runs go',
    turn: (line) => async () => void (await beginPolls(line.pool, line.config.webhooks)),
  },
  {
    name: 'judging of runs',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'says of a finished retraining whether it helped, once outcomes tell; closes incidents of the version it replaced',
    turn: (line) => async (nowMs) =>
      await judgeRetrains(line, nowMs).then(async () => await closeReplaced(line, nowMs)),
  },
  {
    name: 'approvals',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'lets requests expire that nobody has approved',
    turn: (line) => async (nowMs) => await expireApprovals(line.pool, line.catalog, line.log, nowMs),
  },
  {
    name: 'schedules',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'asks for the retrainings that a calendar wants',
    turn: (line) => async (nowMs) => await requestScheduledRetrains(calendarOf(line), nowMs),
  },
  {
    name: 'forgetting of ids',
    role: 'evaluate',
    leader: true,
    everyMs: HOUR_MS,
    does: 'drops the ids of predictions beyond `dedupe.max_ids` and `dedupe.horizon`',
    turn: (line) => async () => await forgetIds(line),
  },
  {
    name: 'retention',
    role: 'evaluate',
    leader: true,
    // Often, because what is in use is left for the next time.
    everyMs: RETIRE_EVERY_MS,
    does: 'lets go of what is older than `retention` keeps it',
    turn: (line) => async (nowMs) => await retireOld(line, nowMs),
  },
  {
    name: 'partitions of history',
    role: 'evaluate',
    leader: true,
    everyMs: CALENDAR_MS,
    does: 'makes the partitions that windows are about to need',
    turn: (line) => async () => void (await makePartitionsAhead(line.pool)),
  },
  {
    name: 'alerts for Alertmanager',
    role: 'act',
    leader: true,
    everyMs: MINUTE_MS,
    does: 'tells each Alertmanager again what it was told, because it forgets what is not repeated',
    turn: repostingAlerts,
  },
  {
    name: 'collecting garbage',
    role: 'any',
    everyMs: SECOND_MS,
    does: 'gives memory that nobody needs back to the system, where the process has grown',
    turn: ({ garbage }) => garbage.turn,
  },
];

export interface LineOptions {
  readonly config: Config;
  readonly roles: ReadonlySet<Role>;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Log;
  /** Demo only: mails caught instead of sent. */
  readonly mailbox?: () => readonly CapturedMail[];
  /** How the browser application stands; absent: the script-free page is all there is. */
  readonly dashboard?: (() => AppState) | undefined;
}

export interface RunningLine {
  /** Null without the api role. */
  readonly apiUrl: string | null;
  /** What is dead for good, so that the process should end; null while all is well. */
  failure(): string | null;
}

/** How long each part may take to finish what it has in hand; together they stay under ten seconds. */
const QUEUE_STOP_MS = 3_000;
const INGEST_STOP_MS = 5_000;

/** Starts the roles back to front, so that whatever arrives finds the next step ready. */
export async function startLine(options: LineOptions, started: Started): Promise<RunningLine> {
  const { config, roles, databaseUrl, pool, clock, log } = options;
  const catalog = await ModelCatalog.open(pool, config.models);
  const line: Line = { config, pool, catalog, ledger: new IdLedger(config.dedupe.maxIds), clock, log };
  const garbage = await ownGarbage(log);
  countBuffersIntoHeapLimit();
  started.add('memory', boundYoungGeneration());
  const stopping = new AbortController();
  let duties: ReturnType<typeof startDuties> | null = null;
  const onLabels = (): void => duties?.wake(LABEL_JOINER);
  const room = async (): Promise<void> => await garbage.room(clock.nowMs());

  // Whoever works on jobs also carries them to the queue: each of the two roles is whole alone.
  if (roles.has('act') || roles.has('evaluate')) {
    const { queue, stop } = await startQueue({ config: config.queue, databaseUrl, pool, clock, log });
    if (roles.has('act')) started.add('act', (await startAct({ ...line, queue })).stop);
    if (roles.has('evaluate')) {
      started.add('evaluate', (await startEvaluate({ ...line, queue, evaluate, garbage })).stop);
    }
    started.add('queue', async () => await stop(QUEUE_STOP_MS));
  }

  const { kafka } = config;
  const consumer =
    roles.has('ingest') && kafka !== null ? consumeLogs(line, kafka, { onLabels, room }) : null;
  let ingest: Ingest | null = null;
  if (consumer !== null && kafka !== null) {
    ingest = await startIngest(line, kafka, consumer);
    const { stop } = ingest;
    started.add('ingest', async () => await stop(INGEST_STOP_MS));
  }
  const failure = (): string | null => {
    const health = ingest?.health() ?? null;
    return outdatedReason(pool) ?? (health === null || health.alive ? null : health.reason);
  };

  const apiUrl = await startAnswering({ ...options, ...line, failure, onLabels }, started);
  duties = startDuties(
    await dutiesOf(DUTIES, roles, { ...line, consumer, garbage, stopping: stopping.signal }),
    line,
  );
  const { stop } = duties;
  started.add('duties', async () => {
    stopping.abort();
    await stop();
  });
  return { apiUrl, failure };
}

async function joinLabels({ pool, catalog, ledger, log }: Line): Promise<boolean> {
  const reevaluateAfterMs = REEVALUATE_AFTER_MS;
  const { taken, deferred } = await sweepLabels({
    pool,
    catalog,
    reevaluateAfterMs,
    finder: ledger.kept,
    log,
  });
  return taken > deferred || taken === JOIN_BATCH;
}

async function sweep({ config, pool, catalog }: Line): Promise<number> {
  const topics = config.kafka === null ? [] : kafkaTopics(config.kafka);
  return await sweepWindows({
    pool,
    catalog,
    logSources: topics.map(({ topic }) => `kafka:${topic}`),
    idleAfterMs: config.ingest.idleAfterMs,
  });
}

async function forgetIds({ config, pool }: Line): Promise<void> {
  await tidyBlocks(pool, config.dedupe.maxIds, config.dedupe.horizonMs);
}

const calendarOf = ({ config: { models, timezone }, pool, catalog, log }: DutyLine) => ({
  models,
  timezone,
  pool,
  catalog,
  log,
});
