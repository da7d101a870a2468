/**
 * Processes that send die all the time, at every place where it could matter. A small count by default;
 * `SHIFTWATCH_TEST_FULL=1` runs what is promised: two hundred kills, half of them with each job queue.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { appendOutbox } from '../../src/store/outbox/outbox.ts';
import { createPool, inTransaction, type Pool } from '../../src/store/connection/pool.ts';
import { sampleNotification } from '../act/sample-notification.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { describeWith } from '../harness/describe-with.ts';
import { startHttp, type TestHttp } from '../harness/http.ts';
import { ownRedis } from '../harness/own-redis.ts';
import { type Program, startShiftwatch, temporaryFolder } from '../harness/process.ts';
import { startSmtp, type TestSmtp } from '../harness/smtp.ts';
import { until } from '../harness/wait.ts';

const FULL = process.env['SHIFTWATCH_TEST_FULL'] === '1';
const KILLS = FULL ? 100 : 10;
const WORKER = fileURLToPath(new URL('act-worker.ts', import.meta.url));

/** Where the process is when it dies. */
const MOMENTS = [
  /** The message is committed, and the relay has not seen it. */
  'committed',
  /** The queue has the job, and that is not committed. */
  'enqueueing',
  /** The receiver has the request, and has not answered. */
  'handed_over',
  /** It was sent, and that is not written down. */
  'recording',
  /** It is written down, and the message is not marked as done. */
  'finishing',
  'anywhere',
] as const;
type Moment = (typeof MOMENTS)[number];

/** Statements that triggers hold up while the test holds the lock of that number. */
const HELD: Partial<Record<Moment, number>> = { enqueueing: 1, recording: 2, finishing: 3 };

const HOLD_SQL = `
  create function hold() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(tg_argv[0]::bigint); return new; end $$;
  create trigger hold_enqueueing before update of enqueued_at on outbox for each row
    when (new.enqueued_at is not null) execute function hold('1');
  create trigger hold_recording before insert on delivery_attempt for each row
    when (new.outcome <> 'lost') execute function hold('2');
  create trigger hold_finishing before update of done_at on outbox for each row
    when (new.done_at is not null) execute function hold('3');`;

class DyingSender {
  readonly #pool: Pool;
  readonly #smtp: TestSmtp;
  readonly #http: TestHttp;
  readonly #folder: string;
  readonly #config: object;
  #worker: Program;
  #put = { mails: 0, posts: 0 };
  /** By message id: how often its sender died with the attempt leased and not written down. */
  readonly interrupted = new Map<string, number>();
  readonly #noted = new Set<string>();

  private constructor(parts: {
    pool: Pool;
    smtp: TestSmtp;
    http: TestHttp;
    config: object;
    folder: string;
    worker: Program;
  }) {
    this.#pool = parts.pool;
    this.#smtp = parts.smtp;
    this.#http = parts.http;
    this.#config = parts.config;
    this.#folder = parts.folder;
    this.#worker = parts.worker;
  }

  static async start(queue: object): Promise<DyingSender> {
    const { url } = await createDatabase('delivery_kills');
    const pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    await pool.query(HOLD_SQL);
    const smtp = await startSmtp();
    const http = await startHttp();
    const config = {
      database: url,
      queue,
      outbound: { allow_private: ['127.0.0.1'] },
      smtp: { url: smtp.url, from: 'shiftwatch@example.org' },
      channels: {
        mail: { type: 'email', to: ['a@example.org', 'b@example.org'] },
        hook: { type: 'webhook', url: http.url, secret: 'a secret' },
      },
      models: [{ name: 'credit-risk', task: 'classification', windows: [{ size: '1h' }] }],
    };
    const folder = temporaryFolder();
    const worker = await startWorker(config, folder);
    return new DyingSender({ pool, smtp, http, config, folder, worker });
  }

  /** Puts messages and kills the worker at a moment; the next worker takes over. */
  async killAt(moment: Moment, random: () => number): Promise<void> {
    const lock = HELD[moment];
    const channel = random() < 0.5 ? 'mail' : 'hook';
    if (moment === 'committed') {
      process.kill(this.#worker.pid, 'SIGSTOP');
      const id = await this.#say(channel);
      await this.#kill();
      await this.#noteInterrupted();
      const row = await this.#pool.query('select 1 from outbox where id = $1 and enqueued_at is null', [id]);
      expect(row.rowCount).toBe(1);
    } else if (moment === 'handed_over') {
      const before = this.#http.requests.length;
      this.#http.reply({ delayMs: 5_000 });
      await this.#say('hook');
      await until(() => this.#http.requests.length > before, { everyMs: 2 });
      await this.#kill();
      await this.#noteInterrupted();
    } else if (moment === 'anywhere') {
      await this.#say('mail');
      await this.#say('hook');
      await sleep(random() * 80);
      await this.#kill();
      await this.#noteInterrupted();
    } else if (lock !== undefined) {
      await this.#killWhileHeld(lock, channel);
    }
    this.#worker = await startWorker(this.#config, this.#folder);
  }

  async #killWhileHeld(lock: number, channel: 'mail' | 'hook'): Promise<void> {
    const holder = await this.#pool.connect();
    try {
      await holder.query('select pg_advisory_lock($1)', [lock]);
      await this.#say(channel);
      await until(async () => (await this.#heldUp(lock)).length > 0, {
        what: 'a statement to be held up',
      });
      await this.#kill();
      // Their server processes would otherwise carry the statements out, as if the dead had still sent them.
      for (const pid of await this.#heldUp(lock))
        await holder.query('select pg_terminate_backend($1)', [pid]);
      await this.#noteInterrupted();
    } finally {
      await holder.query('select pg_advisory_unlock_all()');
      holder.release();
    }
  }

  /** Server processes that wait for the lock. */
  async #heldUp(lock: number): Promise<number[]> {
    const found = await this.#pool.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and objid = $1 and not granted
       and database = (select oid from pg_database where datname = current_database())`,
      [lock],
    );
    return found.rows.map(({ pid }) => pid);
  }

  async #kill(): Promise<void> {
    expect(await this.#worker.kill9()).toMatchObject({ signal: 'SIGKILL' });
  }

  async #noteInterrupted(): Promise<void> {
    // What it had sent to the database is carried out yet.
    await until(async () => {
      const left = await this.#pool.query(
        `select 1 from pg_stat_activity where datname = current_database()
         and application_name in ('act worker', 'shiftwatch queue')`,
      );
      return left.rowCount === 0;
    });
    const rows = await this.#pool.query<{ message_id: string; attempts: number }>(
      `select message_id, attempts from delivery where state = 'sending'`,
    );
    for (const { message_id: id, attempts } of rows.rows) {
      // Still under the lease of one that died before.
      if (this.#noted.has(`${id} ${attempts}`)) continue;
      this.#noted.add(`${id} ${attempts}`);
      this.interrupted.set(id, (this.interrupted.get(id) ?? 0) + 1);
    }
  }

  async #say(channel: 'mail' | 'hook'): Promise<string> {
    if (channel === 'mail') this.#put.mails += 1;
    else this.#put.posts += 1;
    const message = { kind: 'notify', channel, notification: sampleNotification() } as const;
    return (await inTransaction(this.#pool, (tx) => appendOutbox(tx, message, randomUUID()))).id;
  }

  /** Everything has been sent, and the rows say exactly what arrived. */
  async settle(): Promise<{ deliveries: number; repeats: number; interrupted: number }> {
    await until(
      async () => {
        const open = await this.#pool.query<{ n: number }>(
          'select count(*)::int as n from outbox where done_at is null',
        );
        return open.rows[0]?.n === 0;
      },
      { timeoutMs: DEADLINES.longWaitMs, everyMs: 250, what: 'all messages to be done' },
    );
    const outcomes = await this.#pool.query<{ outcome: string; n: number }>(
      'select outcome, count(*)::int as n from outbox group by outcome',
    );
    const { mails, posts } = this.#put;
    expect(outcomes.rows).toEqual([{ outcome: 'sent', n: mails + posts }]);

    const rows = await this.#pool.query<DeliveryFacts>(
      `select d.kind, d.target, d.state, d.message_id, d.attempts,
         (select count(*)::int from delivery_attempt a where a.delivery_id = d.id) as written,
         (select count(*)::int from delivery_attempt a where a.delivery_id = d.id and a.outcome = 'sent') as sent,
         (select count(*)::int from delivery_attempt a where a.delivery_id = d.id and a.outcome = 'lost') as lost
       from delivery d`,
    );
    // One row for each recipient of a mail, and for each post.
    expect(rows.rows).toHaveLength(2 * mails + posts);
    const arrived = Map.groupBy(
      [
        ...this.#smtp.mails.map(({ parsed }) => parsed.messageId ?? ''),
        ...this.#http.requests.map(({ headers }) => String(headers['webhook-id'])),
      ],
      (id) => id,
    );
    let repeats = 0;
    for (const row of rows.rows) {
      const copies = arrived.get(row.message_id)?.length ?? 0;
      const interrupted = this.interrupted.get(row.message_id) ?? 0;
      const facts = JSON.stringify({ ...row, copies, interrupted });
      expect(row.state, facts).toBe('sent');
      expect(row.sent, facts).toBe(1);
      expect(row.written, facts).toBe(row.attempts);
      expect(copies, `nothing is missing: ${facts}`).toBeGreaterThanOrEqual(1);
      expect(copies, `no repeat without a kill before it was written down: ${facts}`).toBeLessThanOrEqual(
        1 + interrupted,
      );
      expect(row.lost, facts).toBe(interrupted);
      repeats += copies - 1;
    }
    expect(arrived.size).toBe(rows.rows.length);
    expect(await this.#worker.stop()).toMatchObject({ signal: null });
    const sum = [...this.interrupted.values()].reduce((total, n) => total + n, 0);
    return { deliveries: rows.rows.length, repeats, interrupted: sum };
  }
}

interface DeliveryFacts {
  readonly kind: string;
  readonly target: string;
  readonly state: string;
  readonly message_id: string;
  readonly attempts: number;
  readonly written: number;
  readonly sent: number;
  readonly lost: number;
}

async function startWorker(config: object, folder: string): Promise<Program> {
  const worker = startShiftwatch([], { program: WORKER, config, folder });
  await worker.waitForLine(/^working$/);
  return worker;
}

/** A small generator with a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function dieOften(queue: object, seed: number): Promise<void> {
  const sender = await DyingSender.start(queue);
  const random = seeded(seed);
  const counts = new Map<Moment, number>();
  const beganMs = Date.now();
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Each moment in turn at first, so that a small count leaves none out.
    const moment =
      MOMENTS[kill < MOMENTS.length ? kill : Math.floor(random() * MOMENTS.length)] ?? 'anywhere';
    await sender.killAt(moment, random);
    counts.set(moment, (counts.get(moment) ?? 0) + 1);
  }
  const figures = await sender.settle();
  expect(counts.size).toBe(MOMENTS.length);
  // Otherwise the kills would have met nobody at work.
  expect(figures.interrupted).toBeGreaterThan(KILLS / 6);
  expect(figures.repeats).toBeGreaterThan(0);
  if (FULL) {
    console.log({ ...Object.fromEntries(counts), ...figures, tookMs: Date.now() - beganMs });
  }
}

describeWith(['postgres'], 'senders that are killed, jobs in Postgres', () => {
  it(`send everything, once but for those ${KILLS} kills`, { timeout: 3_600_000 }, async () => {
    await dieOften({ backend: 'postgres' }, 20_261_125);
  });
});

describeWith(['postgres', 'redis'], 'senders that are killed, jobs in Redis', () => {
  it(`send everything, once but for those ${KILLS} kills`, { timeout: 3_600_000 }, async () => {
    const redis = await ownRedis();
    await dieOften({ backend: 'redis', url: redis.url }, 20_261_126);
  });
});
