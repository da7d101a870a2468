/** What arrives when, under a clock of the test's own, at servers that behave as scripted. */
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNotifyHandler } from '../../../src/act/notify-handler.ts';
import type { Channel, NotifyDeps } from '../../../src/act/notify-handler.ts';
import { MAIL_RETRY, WEBHOOK_RETRY } from '../../../src/act/retry-policy.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/clock.ts';
import { sampleNotification } from '../../act/sample-notification.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { type Reply, startHttp, type TestHttp } from '../../harness/http.ts';
import { type ScriptedFailure, startSmtp, type TestSmtp } from '../../harness/smtp.ts';
import { NEVER, startActLine } from '../act-line.ts';
import type { ActLine } from '../act-line.ts';

const START_MS = Date.UTC(2026, 2, 1, 12);

/** One delivery from its first attempt to its end. */
interface Course {
  /** When something arrived, from the first attempt on, and under which id. */
  readonly arrivals: readonly { readonly afterMs: number; readonly id: string }[];
  /** `<outcome> <status>` of each attempt. */
  readonly attempts: readonly string[];
  readonly attemptsAtMs: readonly number[];
  readonly state: string;
  readonly outcome: string | null;
}

/** From and to, in milliseconds after the first attempt. */
type Span = readonly [number, number];

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

describeWith(['postgres'], 'the course of a delivery', () => {
  let line: ActLine;
  let smtp: TestSmtp;
  let http: TestHttp;
  let deps: NotifyDeps;
  const clock = { now: START_MS, nowMs: () => clock.now };

  beforeAll(async () => {
    line = await startActLine('timeline', 3_600_000);
    smtp = await startSmtp();
  });
  beforeEach(async () => {
    http = await startHttp();
    clock.now = START_MS;
    await line.pool.query('delete from disabled_endpoint');
    await line.pool.query('delete from smtp_breaker');
    const channels = new Map<string, Channel>([
      ['mail', { type: 'email', to: ['a@example.org'] }],
      ['hook', { type: 'webhook', url: http.url, format: 'standard', secret: 's', headers: new Map() }],
    ]);
    deps = line.notifyDeps(smtp.url, {
      clock,
      channels,
      retry: MAIL_RETRY,
      postRetry: WEBHOOK_RETRY,
      leaseMs: 3 * MINUTE_MS,
      timeoutMs: 60_000,
    });
  });

  /** No worker takes the job: the test calls the handler when the queue would, and moves the clock in between. */
  async function play(channel: 'mail' | 'hook', random: () => number): Promise<Course> {
    const outboxId = await line.put(
      { kind: 'notify', channel, notification: sampleNotification() },
      randomUUID(),
    );
    const handle = createNotifyHandler({ ...deps, random });
    const seen = (): readonly string[] =>
      channel === 'mail'
        ? smtp.mails.map(({ parsed }) => parsed.messageId ?? '')
        : http.requests.map(({ headers }) => String(headers['webhook-id']));
    const arrivals: { afterMs: number; id: string }[] = [];
    let before = seen().length;
    for (;;) {
      const end = await handle({ outboxId, signal: NEVER });
      const now = seen();
      arrivals.push(...now.slice(before).map((id) => ({ afterMs: clock.now - START_MS, id })));
      before = now.length;
      if (end.kind === 'done') break;
      clock.now += end.delayMs;
    }
    const rows = await line.pool.query<{ state: string; at: Date }>(
      `select d.state, a.at from delivery d join delivery_attempt a on a.delivery_id = d.id
       where d.outbox_id = $1 order by a.attempt`,
      [outboxId],
    );
    const deliveries = await line.pool.query<{ state: string; message_id: string }>(
      'select state, message_id from delivery where outbox_id = $1',
      [outboxId],
    );
    expect(deliveries.rows).toHaveLength(1);
    expect(new Set(arrivals.map(({ id }) => id)).size).toBeLessThanOrEqual(1);
    for (const { id } of arrivals) expect(id).toBe(deliveries.rows[0]?.message_id);
    const done = await line.pool.query<{ outcome: string }>('select outcome from outbox where id = $1', [
      outboxId,
    ]);
    return {
      arrivals,
      attempts: (await line.attempts(outboxId)).map(({ outcome, status }) => `${outcome} ${status}`),
      attemptsAtMs: rows.rows.map(({ at }) => at.getTime() - START_MS),
      state: deliveries.rows[0]?.state ?? '',
      outcome: done.rows[0]?.outcome ?? null,
    };
  }

  function expectArrivals(course: Course, spans: readonly Span[]): void {
    const within = course.arrivals.map(({ afterMs }, index) => {
      const [from, to] = spans[index] ?? [Infinity, 0];
      return afterMs >= from && afterMs <= to ? 'in time' : `at ${afterMs}, not in ${from} to ${to}`;
    });
    expect(within).toEqual(spans.map(() => 'in time'));
  }

  const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

  describe.each([1, 2, 3])('of a mail, seed %d', (seed) => {
    const CASES: readonly {
      name: string;
      script: readonly ScriptedFailure[];
      attempts: readonly string[];
      arrivals: readonly Span[];
      state: string;
    }[] = [
      {
        name: 'a server that takes it',
        script: [],
        attempts: ['sent 250'],
        arrivals: [[0, 0]],
        state: 'sent',
      },
      {
        name: '421 at the greeting, then again',
        script: [{ at: 'connect', code: 421 }],
        attempts: ['deferred 421', 'sent 250'],
        arrivals: [[0, 15 * SECOND_MS]],
        state: 'sent',
      },
      {
        name: 'greylisting: 451 three times',
        script: times(3, { at: 'rcpt', code: 451 } as const),
        attempts: [...times(3, 'deferred 451'), 'sent 250'],
        arrivals: [[0, (15 + 30 + 60) * SECOND_MS]],
        state: 'sent',
      },
      {
        name: '550: given up at once',
        script: [{ at: 'rcpt', code: 550 }],
        attempts: ['rejected 550'],
        arrivals: [],
        state: 'dead',
      },
      {
        name: 'broken off after DATA, before the reply: twice, under one Message-ID',
        script: [{ at: 'reply', code: 0 }],
        attempts: ['connection_failed null', 'sent 250'],
        arrivals: [
          [0, 0],
          [0, 15 * SECOND_MS],
        ],
        state: 'sent',
      },
      {
        name: 'a server that is busy for ever',
        script: times(30, { at: 'mail', code: 421 } as const),
        attempts: times(30, 'deferred 421'),
        arrivals: [],
        state: 'dead',
      },
    ];

    it.each(CASES)('$name', async ({ script, attempts, arrivals, state }) => {
      for (const failure of script) smtp.failNext(failure);
      const course = await play('mail', seeded(seed));
      expect(course.attempts).toEqual(attempts);
      expect(course.state).toBe(state);
      expect(course.outcome).toBe(state === 'sent' ? 'sent' : 'undeliverable');
      expectArrivals(course, arrivals);
      const longest = course.attemptsAtMs.at(-1) ?? 0;
      expect(longest).toBeLessThan(22.2 * HOUR_MS);
      if (attempts.length === 30) expect(longest).toBeGreaterThan(4 * HOUR_MS);
    });
  });

  describe.each([4, 5, 6])('of a post, seed %d', (seed) => {
    const date = (afterMs: number): string => new Date(START_MS + afterMs).toUTCString();
    const CASES: readonly {
      name: string;
      script: readonly Reply[];
      timeoutMs?: number;
      attempts: readonly string[];
      arrivals: readonly Span[];
      state: string;
    }[] = [
      {
        name: '503 twice',
        script: times(2, { status: 503 }),
        attempts: [...times(2, 'http_status 503'), 'sent 200'],
        arrivals: [
          [0, 0],
          [0, 10 * SECOND_MS],
          [0, 30 * SECOND_MS],
        ],
        state: 'sent',
      },
      {
        name: '429 with Retry-After in seconds',
        script: [{ status: 429, headers: { 'retry-after': '120' } }],
        attempts: ['http_status 429', 'sent 200'],
        arrivals: [
          [0, 0],
          [120 * SECOND_MS, 120 * SECOND_MS],
        ],
        state: 'sent',
      },
      {
        name: '429 with Retry-After as a date',
        script: [{ status: 429, headers: { 'retry-after': date(10 * MINUTE_MS) } }],
        attempts: ['http_status 429', 'sent 200'],
        arrivals: [
          [0, 0],
          [10 * MINUTE_MS, 10 * MINUTE_MS],
        ],
        state: 'sent',
      },
      {
        name: '503 that asks for a month gets a day',
        script: [{ status: 503, headers: { 'retry-after': '2592000' } }],
        attempts: ['http_status 503', 'sent 200'],
        arrivals: [
          [0, 0],
          [DAY_MS, DAY_MS],
        ],
        state: 'sent',
      },
      {
        name: '410: never again',
        script: [{ status: 410 }],
        attempts: ['gone 410'],
        arrivals: [[0, 0]],
        state: 'dead',
      },
      {
        name: '302 is a failure',
        script: [{ status: 302, headers: { location: '/elsewhere' } }],
        attempts: ['redirect 302', 'sent 200'],
        arrivals: [
          [0, 0],
          [0, 10 * SECOND_MS],
        ],
        state: 'sent',
      },
      {
        name: 'slower than the timeout: it had arrived, and arrives again under the same id',
        script: [{ delayMs: 60_000 }],
        timeoutMs: 2_000,
        attempts: ['timeout null', 'sent 200'],
        arrivals: [
          [0, 0],
          [0, 10 * SECOND_MS],
        ],
        state: 'sent',
      },
      {
        name: 'answers that are huge are not read to their end',
        script: [
          { status: 500, body: 'x'.repeat(8_000_000) },
          { status: 200, body: 'y'.repeat(8_000_000) },
        ],
        attempts: ['http_status 500', 'sent 200'],
        arrivals: [
          [0, 0],
          [0, 10 * SECOND_MS],
        ],
        state: 'sent',
      },
      {
        name: 'closes before it answers, and in the middle of its answer',
        script: [{ hangUp: true }, { cutShort: true }],
        attempts: [...times(2, 'connection_failed null'), 'sent 200'],
        arrivals: [
          [0, 0],
          [0, 10 * SECOND_MS],
          [0, 30 * SECOND_MS],
        ],
        state: 'sent',
      },
      {
        name: 'broken for ever: given up within three hours and a half',
        script: times(12, { status: 500 }),
        attempts: times(12, 'http_status 500'),
        arrivals: [[0, 0], ...times(11, [0, 3.5 * HOUR_MS] as const)],
        state: 'dead',
      },
    ];

    it.each(CASES)('$name', async ({ script, timeoutMs, attempts, arrivals, state }) => {
      if (timeoutMs !== undefined) deps = { ...deps, timeoutMs };
      http.reply(...script);
      const course = await play('hook', seeded(seed));
      expect(course.attempts).toEqual(attempts);
      expect(course.state).toBe(state);
      expectArrivals(course, arrivals);
      // What is written down is what happened.
      expect(course.attemptsAtMs).toEqual(course.arrivals.map(({ afterMs }) => afterMs));
      expect(http.requests.every(({ path }) => path === '/')).toBe(true);
    });
  });
});
