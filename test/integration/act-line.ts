import { createAddressGuard } from '../../src/act/webhook/address-guard.ts';
import { createNotifyHandler } from '../../src/act/notify-handler.ts';
import type { NotifyDeps } from '../../src/act/notify-handler.ts';
import { createSmtpMailer } from '../../src/act/channels/mail/smtp-mailer.ts';
import { createBullmqQueue } from '../../src/act/queue/bullmq-queue.ts';
import type { JobQueue } from '../../src/act/queue/job-queue.ts';
import { createPostgresQueueBackend } from '../../src/act/queue/postgres-backend.ts';
import { createRelay } from '../../src/act/relay.ts';
import type { Relay } from '../../src/act/relay.ts';
import { createRetrainHandler } from '../../src/act/retrain-handler.ts';
import type { RetrainDeps } from '../../src/act/retrain-handler.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { OutboxMessage } from '../../src/core/jobs.ts';
import { silentLog } from '../../src/core/log.ts';
import { deliveryStore } from '../../src/store/outbox/deliveries.ts';
import { endpointStore } from '../../src/store/outbox/disabled-endpoints.ts';
import { mailRecipients } from '../../src/store/outbox/mail-recipients.ts';
import { QUEUE_SCHEMA } from '../../src/store/connection/migrate.ts';
import { appendOutbox, outboxMessages, postponing, relayOutbox } from '../../src/store/outbox/outbox.ts';
import { listenOutbox } from '../../src/store/outbox/wake.ts';
import { createPool, inTransaction } from '../../src/store/connection/pool.ts';
import type { Pool } from '../../src/store/connection/pool.ts';
import { createQueuePool } from '../../src/store/connection/queue-pool.ts';
import { smtpBreakers } from '../../src/store/outbox/smtp-breakers.ts';
import { retrainRuns } from '../../src/store/retrain/runs.ts';
import { afterThis } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { until } from '../harness/wait.ts';
import { hideNothing } from '../../src/core/hide-texts.ts';

export const NEVER = new AbortController().signal;

/** From the outbox to the world, as the service runs it: real database, real queue, real relay. */
export interface ActLine {
  readonly url: string;
  readonly pool: Pool;
  readonly queue: JobQueue;
  readonly relay: Relay;
  notifyDeps(smtpUrl: string, rest?: Partial<NotifyDeps>): NotifyDeps;
  retrainDeps(rest: Pick<RetrainDeps, 'webhooks'> & Partial<RetrainDeps>): RetrainDeps;
  put(message: OutboxMessage, key: string): Promise<string>;
  outcome(outboxId: string): Promise<string>;
  attempts(outboxId: string): Promise<Attempt[]>;
}

export interface Attempt {
  readonly target: string;
  readonly state: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly status: number | null;
}

export async function startActLine(label: string, overdueMs = 60_000): Promise<ActLine> {
  const { url } = await createDatabase(label);
  const pool = createPool({ connectionString: url, max: 8, applicationName: label, log: silentLog });
  afterThis(() => pool.end());
  const queuePool = createQueuePool({
    connectionString: url,
    workers: 4,
    applicationName: label,
    log: silentLog,
  });
  afterThis(() => queuePool.end());
  const backend = await createPostgresQueueBackend(queuePool, QUEUE_SCHEMA, silentLog);
  const queue = createBullmqQueue(backend, postponing(pool, systemClock), silentLog, () => 0.05, {
    lockMs: 60_000,
    stalledCheckMs: 1_000,
  });
  afterThis(() => queue.close(60_000));
  const relay = createRelay({
    outbox: relayOutbox(pool),
    queue,
    clock: systemClock,
    log: silentLog,
    pollMs: 3_600_000,
    overdueMs,
  });
  afterThis(() => relay.close());
  // Only woken, never polled within a test's time.
  const wake = listenOutbox(pool, () => relay.wake(), silentLog);
  afterThis(() => wake.close());
  relay.start();

  const deliveries = {
    deliveries: deliveryStore(pool),
    endpoints: endpointStore(pool),
    clock: systemClock,
    random: () => 1,
    retry: QUICK,
    leaseMs: 60_000,
    guard: createAddressGuard(['127.0.0.1']),
    hide: hideNothing,
  };
  return {
    url,
    pool,
    queue,
    relay,
    notifyDeps: (smtpUrl, rest = {}) => {
      const mailer = createSmtpMailer(smtpUrl);
      afterThis(() => mailer.close());
      return {
        ...deliveries,
        postRetry: QUICK,
        channelsNear: () => [],
        outbox: outboxMessages(pool),
        channels: new Map([['oncall', { type: 'email', to: ['a@example.org', 'b@example.org'] }]]),
        mailer,
        breakers: smtpBreakers(pool),
        recipients: mailRecipients(pool),
        mail: {
          from: 'shiftwatch@example.org',
          publicUrl: 'https://shiftwatch.example.org',
          host: 'example.org',
          timeZone: 'UTC',
        },
        log: silentLog,
        ...rest,
      };
    },
    retrainDeps: (rest) => ({
      ...deliveries,
      outbox: outboxMessages(pool),
      runs: retrainRuns(pool),
      channelsOf: () => ['oncall'],
      publicUrl: 'https://shiftwatch.example.org',
      log: silentLog,
      ...rest,
    }),
    put: async (message, key) => (await inTransaction(pool, (tx) => appendOutbox(tx, message, key))).id,
    outcome: (outboxId) =>
      until(
        async () => {
          const found = await pool.query<{ outcome: string | null }>(
            'select outcome from outbox where id = $1',
            [outboxId],
          );
          return found.rows[0]?.outcome;
        },
        { what: 'the message to be done' },
      ),
    attempts: async (outboxId) => {
      const found = await pool.query<Attempt>(
        `select target, state, attempt, outcome, status
         from delivery join delivery_attempt on delivery_id = id where outbox_id = $1 order by target, attempt`,
        [outboxId],
      );
      return found.rows;
    },
  };
}

/** Four attempts within moments. */
const QUICK = { attempts: 4, baseMs: 20, maxMs: 40 };

export function startNotify(line: ActLine, deps: NotifyDeps): void {
  line.queue.work('notify', createNotifyHandler(deps), 2);
}

export function startRetrain(line: ActLine, deps: RetrainDeps): void {
  line.queue.work('retrain', createRetrainHandler(deps), 2);
}
