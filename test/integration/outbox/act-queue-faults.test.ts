/** What may happen to a job queue, on either backend: nothing is lost, and nothing is sent twice. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNotifyHandler } from '../../../src/act/notify-handler.ts';
import type { Channel } from '../../../src/act/notify-handler.ts';
import { createBullmqQueue } from '../../../src/act/queue/bullmq-queue.ts';
import type { JobQueue, Postponing } from '../../../src/act/queue/job-queue.ts';
import { createPostgresQueueBackend } from '../../../src/act/queue/postgres-backend.ts';
import { createRedisQueueBackend } from '../../../src/act/queue/redis-backend.ts';
import { createWaitingQueue } from '../../../src/act/queue/waiting-queue.ts';
import { createRelay } from '../../../src/act/relay.ts';
import type { Relay } from '../../../src/act/relay.ts';
import { createAddressGuard } from '../../../src/act/webhook/address-guard.ts';
import { queueLines } from '../../../src/cli/doctor/delivery-troubles.ts';
import { checkRedis } from '../../../src/cli/doctor/redis-check.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { type Log, silentLog } from '../../../src/core/log.ts';
import { deliveryStore } from '../../../src/store/outbox/deliveries.ts';
import { endpointStore } from '../../../src/store/outbox/disabled-endpoints.ts';
import { QUEUE_SCHEMA } from '../../../src/store/connection/migrate.ts';
import { mailRecipients } from '../../../src/store/outbox/mail-recipients.ts';
import { smtpBreakers } from '../../../src/store/outbox/smtp-breakers.ts';
import { appendOutbox, outboxMessages, postponing, relayOutbox } from '../../../src/store/outbox/outbox.ts';
import { listenOutbox } from '../../../src/store/outbox/wake.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { createQueuePool } from '../../../src/store/connection/queue-pool.ts';
import { pipelineFacts } from '../../../src/store/read-models/pipeline.ts';
import { sampleNotification } from '../../act/sample-notification.ts';
import { afterThis } from '../../harness/cleanup.ts';
import { DEADLINES } from '../../harness/deadlines.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startHttp, type TestHttp } from '../../harness/http.ts';
import { type OwnRedis, ownRedis } from '../../harness/own-redis.ts';
import { until } from '../../harness/wait.ts';
import { hideNothing } from '../../../src/core/hide-texts.ts';

/** A database, a queue and the role act between them and a receiver. */
interface Line {
  readonly pool: Pool;
  readonly queue: JobQueue;
  readonly relay: Relay;
  readonly http: TestHttp;
  /** What the relay had to say. */
  readonly said: string[];
  put(count: number): Promise<void>;
  /** Everything put has arrived, each once, and each has one delivery row. */
  settled(timeoutMs?: number): Promise<void>;
}

const lines: (() => Promise<void>)[] = [];
afterEach(async () => {
  const began = Date.now();
  for (const stop of lines.splice(0)) await stop();
  expect(Date.now() - began).toBeLessThan(DEADLINES.promptMs);
});

const TIMING = { lockMs: 2_000, stalledCheckMs: 500 };
const OVERDUE_MS = 1_500;

async function startLine(label: string, connect: Backend['connect']): Promise<Line> {
  const { url } = await createDatabase(label);
  const pool = createPool({ connectionString: url, max: 8, applicationName: label, log: silentLog });
  afterThis(() => pool.end());
  const http = await startHttp();
  const queue = await connect(url, postponing(pool, systemClock));
  const said: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, message) => said.push(message) };
  const relay = createRelay({
    outbox: relayOutbox(pool),
    queue,
    clock: systemClock,
    log,
    pollMs: 250,
    overdueMs: OVERDUE_MS,
  });
  const wake = listenOutbox(pool, () => relay.wake(), silentLog);
  const stop = async (): Promise<void> => {
    await wake.close();
    await relay.close();
    await queue.close(3_000);
  };
  lines.push(stop);
  relay.start();
  const channels = new Map<string, Channel>([
    ['hook', { type: 'webhook', url: http.url, format: 'standard', secret: 's', headers: new Map() }],
  ]);
  const retry = { attempts: 20, baseMs: 50, maxMs: 200 };
  queue.work(
    'notify',
    createNotifyHandler({
      deliveries: deliveryStore(pool),
      endpoints: endpointStore(pool),
      outbox: outboxMessages(pool),
      clock: systemClock,
      random: () => 0.5,
      retry,
      postRetry: retry,
      leaseMs: 30_000,
      channels,
      channelsNear: () => [],
      breakers: smtpBreakers(pool),
      recipients: mailRecipients(pool),
      mailer: null,
      mail: { from: '', publicUrl: null, host: 'localhost', timeZone: 'UTC' },
      guard: createAddressGuard(['127.0.0.1']),
      hide: hideNothing,
      log: silentLog,
    }),
    2,
  );
  let total = 0;
  return {
    pool,
    queue,
    relay,
    http,
    said,
    put: async (count) => {
      total += count;
      for (let n = 0; n < count; n += 1) {
        const message = { kind: 'notify', channel: 'hook', notification: sampleNotification() } as const;
        await inTransaction(pool, (tx) => appendOutbox(tx, message, randomUUID()));
      }
    },
    settled: async (timeoutMs = DEADLINES.waitMs) => {
      await until(
        async () => {
          const open = await pool.query<{ n: number }>(
            'select count(*)::int as n from outbox where done_at is null',
          );
          return open.rows[0]?.n === 0;
        },
        { timeoutMs, what: 'all messages to be done' },
      );
      const rows = await pool.query<{ state: string; message_id: string }>(
        'select state, message_id from delivery',
      );
      expect(rows.rows.map(({ state }) => state)).toEqual(Array.from({ length: total }, () => 'sent'));
      const arrived = http.requests.map(({ headers }) => String(headers['webhook-id'])).sort();
      expect(arrived).toEqual(rows.rows.map(({ message_id: id }) => id).sort());
    },
  };
}

interface Backend {
  connect(databaseUrl: string, outbox: Postponing): Promise<JobQueue>;
  /** Every job is gone, those in work too. */
  empty(line: Line): Promise<void>;
  /** Ends every connection to the queue; answers how many. */
  cut(line: Line): Promise<number>;
  /** All that it stores, as text. */
  contents(line: Line): Promise<string>;
}

function faults(backend: Backend): void {
  describe('as any queue may', () => faultsOfAny(backend));
}

function faultsOfAny(backend: Backend): void {
  let line: Line;
  beforeEach(async () => {
    line = await startLine('queue_faults', (url, outbox) => backend.connect(url, outbox));
  });

  it('loses nothing when it is emptied in the middle of the work', async () => {
    const emptied = Promise.withResolvers<void>();
    line.http.reply({}, {}, ...Array.from({ length: 4 }, () => ({ after: emptied.promise })));
    await line.put(30);
    await until(() => line.http.requests.length >= 4);
    await backend.empty(line);
    expect(line.http.requests.length).toBeLessThan(30);
    emptied.resolve();
    await line.put(3);
    await line.settled();
  });

  it('goes on within seconds when all its connections are cut, those that listen too', async () => {
    await line.put(1);
    await line.settled();
    expect(await backend.cut(line)).toBeGreaterThan(0);
    const cutAtMs = Date.now();
    await line.put(5);
    await line.settled();
    expect(Date.now() - cutAtMs).toBeLessThan(DEADLINES.promptMs);
    // In the middle of the work, too.
    const before = line.http.requests.length;
    line.http.reply(...Array.from({ length: 20 }, () => ({ delayMs: 30 })));
    await line.put(20);
    for (let cuts = 0; cuts < 4; cuts += 1) {
      await until(() => line.http.requests.length > before + 3 * cuts);
      await until(async () => (await backend.cut(line)) > 0);
    }
    await line.settled();
    await line.put(1);
    const putAtMs = Date.now();
    await line.settled();
    expect(Date.now() - putAtMs).toBeLessThan(DEADLINES.promptMs);
  });

  it('holds ids, and nothing of what is said or to whom', async () => {
    const read = Promise.withResolvers<void>();
    line.http.reply({ after: read.promise });
    await line.put(4);
    await line.http.waitForRequest();
    const contents = await backend.contents(line);
    expect(contents).toContain('outboxId');
    for (const said of ['credit-risk', 'accuracy', line.http.url, 'hook', 'webhook-signature']) {
      expect(contents).not.toContain(said);
    }
    read.resolve();
    await line.settled();
  });
}

describeWith(['postgres'], 'a job queue on Postgres that has trouble', () => {
  const name = 'queue_faults_jobs';
  const troubles: unknown[] = [];
  const log: Log = {
    ...silentLog,
    warn: (fields, message) => {
      if (message === 'job queue trouble') troubles.push('error' in fields && fields.error);
    },
  };
  // However many connections complain, and however often they are cut.
  afterEach(() => {
    const said = troubles.splice(0);
    expect(said).toEqual([...new Set(said)]);
  });
  faults({
    connect: async (url, outbox) => {
      const pool = createQueuePool({
        connectionString: url,
        workers: 3,
        applicationName: name,
        log: silentLog,
      });
      afterThis(() => pool.end());
      const backend = await createPostgresQueueBackend(pool, QUEUE_SCHEMA, silentLog);
      return createBullmqQueue(backend, outbox, log, () => 0.1, TIMING);
    },
    empty: async ({ pool }) => {
      const tables = await pool.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
         where schemaname = $1 and tablename not like '%migration%'`,
        [QUEUE_SCHEMA],
      );
      const sql = `truncate ${tables.rows.map((row) => row.name).join(', ')} cascade`;
      // It meets transactions of the queue, which lock in another order.
      await until(async () => (await pool.query(sql), true));
    },
    cut: async ({ pool }) => {
      const cut = await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = $1`,
        [name],
      );
      return cut.rowCount ?? 0;
    },
    contents: async ({ pool }) => {
      const jobs = await pool.query<{ text: string }>(
        'select coalesce(jsonb_agg(to_jsonb(job))::text, $1) as text from bullmq.job',
        [''],
      );
      return jobs.rows[0]?.text ?? '';
    },
  });
});

describeWith(['postgres', 'redis'], 'a job queue on Redis that has trouble', () => {
  let redis: OwnRedis;
  beforeEach(async () => {
    redis = await ownRedis();
  });
  const connect: Backend['connect'] = async (_url, outbox) =>
    createBullmqQueue(
      await createRedisQueueBackend({ url: redis.url, log: silentLog }),
      outbox,
      silentLog,
      () => 0.1,
      TIMING,
    );
  faults({
    connect,
    empty: async () => void (await redis.command('flushall')),
    cut: async () => Number(await redis.command('client', 'kill', 'type', 'normal')),
    contents: async () => {
      const texts: string[] = [];
      for (const key of (await redis.command('keys', '*')) as string[]) {
        texts.push(key);
        if ((await redis.command('type', key)) === 'hash') {
          texts.push(JSON.stringify(await redis.command('hgetall', key)));
        }
      }
      return texts.join('\n');
    },
  });

  it('that is full: messages wait in the outbox, it is asked less and less often, and they go out after', async () => {
    const line = await startLine('queue_full', connect);
    await line.put(1);
    await line.settled();
    await redis.command('config', 'set', 'maxmemory', '1');
    const askedBefore = line.said.length;
    // Each commit wakes the relay.
    for (let n = 0; n < 25; n += 1) await line.put(1);
    await until(() => line.said.length > askedBefore);
    expect(line.said.length - askedBefore).toBeLessThan(12);
    expect(line.said.at(-1)).toBe('cannot hand messages to the queue; they wait in the outbox');
    const facts = await pipelineFacts(line.pool);
    expect(facts.outbox).toMatchObject([{ kind: 'notify', waiting: 25, unqueued_since: expect.any(String) }]);
    expect(queueLines(facts, Date.now() + 600_000)).toEqual([
      'Queue: notify jobs do not reach it, the first waits since 10 min ago; 25 are to be done',
    ]);
    const found = await checkRedis(redis.url, 5_000);
    expect(found.at(-1)).toMatchObject({
      level: 'critical',
      detail: expect.stringContaining('jobs are refused'),
    });
    expect(line.http.requests).toHaveLength(1);
    await redis.command('config', 'set', 'maxmemory', '0');
    await line.settled();
    expect((await pipelineFacts(line.pool)).outbox).toEqual([]);
  });

  it('that goes away and comes back empty', async () => {
    const line = await startLine('queue_away', connect);
    line.http.reply(...Array.from({ length: 12 }, () => ({ delayMs: 50 })));
    await line.put(12);
    await line.http.waitForRequest();
    await redis.kill();
    await line.put(5);
    await redis.start();
    await line.put(1);
    await line.settled();
  });

  it('that is away when the process starts', async () => {
    await redis.kill();
    const troubles: unknown[] = [];
    const log: Log = { ...silentLog, warn: (fields) => troubles.push(fields) };
    let attempts = 0;
    const line = await startLine('queue_absent', async (url, outbox) =>
      createWaitingQueue(
        async () => {
          attempts += 1;
          return await connect(url, outbox);
        },
        log,
        () => 0.1,
      ),
    );
    await line.put(3);
    await until(() => attempts > 3);
    // Said once, however often it is tried.
    expect(troubles).toMatchObject([
      {
        error: expect.stringContaining('cannot connect to Redis at 127.0.0.1'),
        fix: expect.stringContaining('queue.url'),
      },
    ]);
    expect(line.http.requests).toEqual([]);
    await redis.start();
    await line.settled();
  });

  it('that is gone for good does not keep a process from ending', async () => {
    const line = await startLine('queue_gone', connect);
    await line.put(1);
    await line.settled();
    await redis.kill();
    // Closed within its time after every test.
  });

  it('that never comes does not keep a process from ending', async () => {
    await redis.kill();
    const queue = createWaitingQueue(
      async () => await connect('', { postpone: () => Promise.resolve() }),
      silentLog,
    );
    await expect(queue.add('notify', '1', { enqueues: 0 })).rejects.toThrow('has not answered yet');
    await queue.close(1_000);
  });
});
