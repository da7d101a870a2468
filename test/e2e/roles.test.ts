/** What each role promises is done by a process that has it, alone or with one other; the rest comes from elsewhere. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { HOUR_MS } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { appendOutbox } from '../../src/store/outbox/outbox.ts';
import { createPool, inTransaction, type Pool } from '../../src/store/connection/pool.ts';
import { sampleNotification } from '../act/sample-notification.ts';
import { atEnd } from '../harness/cleanup.ts';
import { createDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { freePort } from '../harness/free-port.ts';
import { startHttp, type TestHttp } from '../harness/http.ts';
import { createTopic, produce, uniqueGroup } from '../harness/kafka/kafka.ts';
import { type Program, startShiftwatch } from '../harness/process.ts';
import { addressOf } from '../harness/services.ts';
import { until } from '../harness/wait.ts';

const ROLES = ['ingest', 'evaluate', 'act', 'api'] as const;
type Role = (typeof ROLES)[number];

const ALONE: Role[][] = ROLES.map((role) => [role]);
const PAIRS: Role[][] = ROLES.flatMap((a, index) => ROLES.slice(index + 1).map((b) => [a, b]));

const ROWS = 30;

describeWith(['postgres', 'kafka'], 'roles', () => {
  let pool: Pool;
  let hook: TestHttp;
  let topic: string;
  let config: object;
  /** A process of another role, through which a test hands in what the one under test is to find. */
  let elsewhere: string;
  /** Each case has an hour of its own, long past. */
  let hour = 0;

  beforeAll(async () => {
    const { url } = await createDatabase('roles');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    hook = await startHttp();
    topic = await createTopic('roles');
    config = {
      database: url,
      outbound: { allow_private: ['127.0.0.1'] },
      kafka: {
        brokers: addressOf('kafka'),
        group_id: uniqueGroup('roles'),
        session_timeout: '6s',
        topics: { predictions: [topic] },
      },
      ingest: { checkpoint_every: '1s', idle_after: '1s' },
      channels: { hook: { type: 'webhook', url: hook.url, secret: 'a secret' } },
      models: [
        {
          name: 'clicks',
          task: 'classification',
          windows: [{ size: '1h', grace: '0s', accept_late: '5000d' }],
        },
      ],
    };
    const api = await start(['api']);
    elsewhere = api.url;
  });

  interface Running {
    readonly program: Program;
    readonly url: string;
  }

  async function start(roles: readonly Role[]): Promise<Running> {
    const port = await freePort();
    const text = stringify({ ...config, api: { listen: `127.0.0.1:${port}` } });
    const program = startShiftwatch(['serve', '--roles', roles.join(',')], { config: text });
    await program.waitForLine(/"serving"/, 60_000);
    return { program, url: `http://127.0.0.1:${port}` };
  }

  const startOf = (at: number): number => Date.UTC(2026, 0, 10) + at * HOUR_MS;

  function predictions(at: number): object[] {
    return Array.from({ length: ROWS }, (_, n) => ({
      type: 'prediction',
      prediction_id: randomUUID(),
      model: 'clicks',
      timestamp: new Date(startOf(at) + n * 1_000).toISOString(),
      features: { age: 20 + n },
      prediction: n % 2 === 0 ? 'yes' : 'no',
    }));
  }

  const post = async (url: string, events: readonly object[]): Promise<void> => {
    const answer = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: events.map((event) => JSON.stringify(event)).join('\n'),
    });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ accepted: events.length });
  };

  const number = async (sql: string, ...values: unknown[]): Promise<number> =>
    (await pool.query<{ n: number }>(sql, values)).rows[0]?.n ?? 0;
  const joined = (): Promise<number> =>
    number(
      `select coalesce(sum(count), 0)::int as n from event_count where event_type = 'label' and outcome = 'joined'`,
    );
  const rowsOf = (at: number): Promise<number> =>
    number(
      `select coalesce(sum(p.rows), 0)::int as n from "window" w join window_part p on p.window_id = w.id
       where w.start_at = $1 and p.kind = 'input' and p.segment = ''`,
      new Date(startOf(at)),
    );

  /** Rows of an hour, by the way in that the roles have; else by another process. */
  async function handIn(roles: readonly Role[], at: number, url: string): Promise<void> {
    const events = predictions(at);
    if (!roles.includes('ingest')) await post(roles.includes('api') ? url : elsewhere, events);
    else
      await produce(
        topic,
        events.map((event) => ({ value: JSON.stringify(event) })),
      );
    await until(async () => (await rowsOf(at)) === ROWS, { what: 'the rows to be counted' });
    if (!roles.includes('ingest')) return;
    const before = await joined();
    const labels = events.map((event) => ({
      type: 'label',
      model: 'clicks',
      prediction_id: (event as { prediction_id: string }).prediction_id,
      label: 'yes',
      timestamp: new Date(startOf(at) + HOUR_MS).toISOString(),
    }));
    await post(roles.includes('api') ? url : elsewhere, labels);
    await until(async () => (await joined()) === before + ROWS, { what: 'labels to be joined' });
  }

  async function notify(): Promise<string> {
    const message = { kind: 'notify', channel: 'hook', notification: sampleNotification() } as const;
    return (await inTransaction(pool, async (tx) => await appendOutbox(tx, message, randomUUID()))).id;
  }

  const outcomeOf = async (id: string): Promise<string | null> =>
    (await pool.query<{ outcome: string | null }>('select outcome from outbox where id = $1', [id])).rows[0]
      ?.outcome ?? null;

  const PROMISES: Record<Role, (running: Running, at: number) => Promise<void>> = {
    // The rows and labels of `handIn` came by Kafka and through the joiner.
    ingest: async () => {
      expect(
        await number(`select count(*)::int as n from source_position where source = $1`, `kafka:${topic}`),
      ).toBe(1);
    },
    evaluate: async (_running, at) => {
      const verdicts = `select count(*)::int as n from verdict v join "window" w on w.id = v.window_id where w.start_at = $1`;
      await until(async () => (await number(verdicts, new Date(startOf(at)))) > 0, {
        what: 'a verdict',
      });
    },
    act: async () => {
      const before = hook.requests.length;
      const id = await notify();
      await until(async () => (await outcomeOf(id)) === 'sent', {
        what: 'the message to be sent',
      });
      expect(hook.requests.length).toBe(before + 1);
    },
    api: async ({ url }) => {
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      const metrics = async () => await (await fetch(`${url}/metrics/fleet`)).text();
      await until(
        async () => (await metrics()).includes('shiftwatch_duty_failures{duty="collecting garbage"} 0'),
        {
          what: 'the duties in the metrics',
        },
      );
    },
  };

  it.each([...ALONE, ...PAIRS].map((roles) => [roles.join(' and '), roles] as const))(
    '%s',
    async (_name, roles) => {
      hour += 1;
      const at = hour;
      const running = await start(roles);
      await handIn(roles, at, running.url);
      for (const role of roles) await PROMISES[role](running, at);
      expect(await running.program.stop(15_000)).toMatchObject({ code: 0 });
      expect(running.program.output()).not.toMatch(/will be tried again|"level":(50|60)/);
    },
  );

  it('what evaluate carried to a queue on which nobody works is sent once somebody does, once each', async () => {
    const evaluate = await start(['evaluate']);
    const before = hook.requests.length;
    const ids = [await notify(), await notify()];
    await until(
      async () =>
        (await number(
          'select count(*)::int as n from outbox where id = any($1) and enqueued_at is not null',
          ids,
        )) === 2,
      { what: 'the messages to be in the queue' },
    );
    const act = await start(['act']);
    // Two relays now.
    for (let n = 0; n < 20; n += 1) ids.push(await notify());
    for (const id of ids) {
      await until(async () => (await outcomeOf(id)) === 'sent', {
        what: 'the message to be sent',
      });
    }
    expect(hook.requests.length).toBe(before + ids.length);
    expect(await number('select max(enqueues) as n from outbox where id = any($1)', ids)).toBe(1);
    await evaluate.program.stop(15_000);
    await act.program.stop(15_000);
  });

  it('a leader that is killed is followed within seconds, one that stops at once', async () => {
    const holder = async (): Promise<string | null> =>
      (
        await pool.query<{ process: string }>(
          `select process from duty_lease where name = 'reminders' and expires_at > now()`,
        )
      ).rows[0]?.process ?? null;
    const led = async (pid: number): Promise<void> =>
      void (await until(async () => (await holder())?.includes(` ${pid} `), {
        what: `${pid} to lead`,
      }));
    const first = (await start(['evaluate'])).program;
    await led(first.pid);
    const second = (await start(['evaluate'])).program;
    const third = (await start(['evaluate'])).program;
    expect(await holder()).toContain(` ${first.pid} `);
    await first.kill9();
    await until(async () => !((await holder()) ?? ` ${first.pid} `).includes(` ${first.pid} `), {
      what: 'another leader',
    });
    const [next, last] = (await holder())?.includes(` ${second.pid} `) ? [second, third] : [third, second];
    await next.stop(15_000);
    await led(last.pid);
    // Rows of a process that stopped are gone; those of one that was killed go in a while.
    const processes = await pool.query<{ process: string }>('select distinct process from duty');
    expect(processes.rows.some(({ process }) => process.includes(` ${next.pid} `))).toBe(false);
    await last.stop(15_000);
  });
});
