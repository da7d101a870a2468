/**
 * The whole line, in the order in which data flows.
 *
 *   Kafka ─┐
 *   HTTP  ─┼─► ingest ─► decode ─► window ─► compare ─► diagnose ─► decide ─► act ─► mail · webhook
 *   file  ─┘                         │          ▲                      │
 *                                    └─ store (Postgres) ──────────────┘
 *
 *   ingest      src/ingest              records of a log, in order, at least once
 *   decode      src/decode              bytes → event, or a dead letter with a reason
 *   window      src/window              event → counts of its windows, stored with the log's position
 *   labels      src/labels              ground truth → its prediction's windows
 *   compare     src/compare             a closed window × the baseline → measurements
 *   diagnose    src/diagnose            measurements → which kind of shift
 *   decide      src/decide              verdicts in order of time → alerts, retraining requests
 *   act         src/act                 outbox → queue → mail and webhooks, once each
 *
 * Each role is the part of the line that one process may run alone. Between roles there is only Postgres: what one
 * role commits, the next one finds.
 */
import type { Config } from './config/resolve.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import type { CapturedMail } from './api/api-deps.ts';
import { garbageDuty, ownGarbage } from './pipeline/serve/collect-garbage.ts';
import type { Duty } from './pipeline/serve/duty.ts';
import { IdLedger } from './pipeline/intake/id-ledger.ts';
import { ModelCatalog } from './pipeline/windows/model-catalog.ts';
import { startAct } from './pipeline/serve/start-act.ts';
import { startApi } from './pipeline/serve/start-api.ts';
import { type RunningDuties, startDuties } from './pipeline/serve/start-duties.ts';
import { startEvaluate } from './pipeline/serve/start-evaluate.ts';
import { LABEL_JOINER, startIngest, type Ingest } from './pipeline/serve/start-ingest.ts';
import { startQueue } from './pipeline/serve/start-queue.ts';
import type { Started } from './pipeline/serve/started.ts';
import { outdatedReason } from './store/connection/outdated-writer.ts';
import type { Pool } from './store/connection/pool.ts';

export const ROLES = ['ingest', 'evaluate', 'act', 'api'] as const;
export type Role = (typeof ROLES)[number];

export interface LineOptions {
  readonly config: Config;
  readonly roles: ReadonlySet<Role>;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Log;
  /** Demo only: mails caught instead of sent. */
  readonly mailbox?: () => readonly CapturedMail[];
}

export interface Line {
  /** Null without the api role. */
  readonly apiUrl: string | null;
  /** What is dead for good, so that the process should end; null while all is well. */
  failure(): string | null;
}

/** How long each part may take to finish what it has in hand; together they stay under ten seconds. */
const QUEUE_STOP_MS = 3_000;
const INGEST_STOP_MS = 5_000;

/** Starts the line back to front, so that whatever arrives finds the next step ready. */
export async function startLine(options: LineOptions, started: Started): Promise<Line> {
  const { config, roles, databaseUrl, pool, clock, log } = options;
  const catalog = await ModelCatalog.open(pool, config.models);
  const ledger = new IdLedger(config.dedupe.maxIds);

  const duties: Duty[] = [];
  let running: RunningDuties | null = null;
  const onLabels = (): void => running?.wake(LABEL_JOINER);

  // Whoever works on jobs also carries them to the queue: each of the two roles is whole alone.
  if (roles.has('act') || roles.has('evaluate')) {
    const { queue, stop } = await startQueue({ config: config.queue, databaseUrl, pool, clock, log });
    const work = { config, pool, catalog, queue, clock, log };
    if (roles.has('act')) {
      const act = await startAct(work);
      started.add('act', act.stop);
      duties.push(...act.duties);
    }
    if (roles.has('evaluate')) {
      const evaluate = await startEvaluate(work);
      started.add('evaluate', evaluate.stop);
      duties.push(...evaluate.duties);
    }
    started.add('queue', async () => await stop(QUEUE_STOP_MS));
  }

  let ingest: Ingest | null = null;
  if (roles.has('ingest')) {
    ingest = await startIngest({ config, pool, catalog, ledger, clock, log, onLabels });
    const { stop } = ingest;
    started.add('ingest', async () => await stop(INGEST_STOP_MS));
    duties.push(...ingest.duties);
  }

  const failure = (): string | null => {
    const health = ingest?.health() ?? null;
    return outdatedReason(pool) ?? (health === null || health.alive ? null : health.reason);
  };

  let apiUrl: string | null = null;
  if (roles.has('api')) {
    const api = await startApi({
      ...options,
      catalog,
      ledger,
      failure,
      onLabels,
    });
    apiUrl = api.url;
    started.add('api', api.stop);
  }
  const [anyRole = 'api'] = roles;
  duties.push(garbageDuty(anyRole, await ownGarbage(log)));
  running = startDuties(duties, { pool, clock, log });
  started.add('duties', running.stop);
  return { apiUrl, failure };
}
