/** The service itself with the role act: asked to stop while receivers are slow, and started while its queue is away. */
import { randomUUID } from 'node:crypto';
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
import { startShiftwatch } from '../harness/process.ts';
import { until } from '../harness/wait.ts';

const POSTS = 3;

interface Scene {
  readonly pool: Pool;
  readonly http: TestHttp;
  readonly config: object;
  put(): Promise<void>;
}

async function prepare(queue: object): Promise<Scene> {
  const { url } = await createDatabase('act_shutdown');
  const pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
  atEnd(() => pool.end());
  const http = await startHttp();
  return {
    pool,
    http,
    config: {
      database: url,
      queue,
      api: { listen: '127.0.0.1:0' },
      outbound: { allow_private: ['127.0.0.1'] },
      channels: { hook: { type: 'webhook', url: http.url, secret: 'a secret' } },
      models: [{ name: 'credit-risk', task: 'classification', windows: [{ size: '1h' }] }],
    },
    put: async () => {
      const message = { kind: 'notify', channel: 'hook', notification: sampleNotification() } as const;
      await inTransaction(pool, (tx) => appendOutbox(tx, message, randomUUID()));
    },
  };
}

const allDone = (pool: Pool) => async (): Promise<boolean> => {
  const open = await pool.query<{ n: number }>('select count(*)::int as n from outbox where done_at is null');
  return open.rows[0]?.n === 0;
};

async function stopsInTime(queue: object): Promise<void> {
  const { pool, http, config, put } = await prepare(queue);
  http.reply(...Array.from({ length: POSTS }, () => ({ delayMs: DEADLINES.e2eTestMs })));
  const service = startShiftwatch(['serve', '--roles', 'act'], { config });
  await service.waitForLine(/"serving"/);
  for (let n = 0; n < POSTS; n += 1) await put();
  await until(() => http.requests.length === POSTS, { what: 'all to be in hand' });
  // None of them answers within the test.
  expect(await service.stop()).toMatchObject({ code: 0, signal: null });
  const attempts = await pool.query<{ state: string; outcome: string }>(
    'select d.state, a.outcome from delivery d join delivery_attempt a on a.delivery_id = d.id',
  );
  expect(attempts.rows).toEqual(
    Array.from({ length: POSTS }, () => ({ state: 'failed', outcome: 'aborted' })),
  );

  const next = startShiftwatch(['serve', '--roles', 'act'], { config, folder: service.folder });
  await until(allDone(pool), {
    timeoutMs: DEADLINES.longWaitMs,
    everyMs: 250,
    what: 'the next one to send them',
  });
  const ids = http.requests.map(({ headers }) => headers['webhook-id']);
  expect(ids).toHaveLength(2 * POSTS);
  expect(new Set(ids).size).toBe(POSTS);
  expect(await next.stop()).toMatchObject({ code: 0 });
}

describeWith(['postgres'], 'a service that is asked to stop, jobs in Postgres', () => {
  it('lets go of slow receivers within ten seconds, and what it held is sent by the next', async () => {
    await stopsInTime({ backend: 'postgres' });
  });
});

describeWith(['postgres', 'redis'], 'the same with jobs in Redis', () => {
  it('lets go of slow receivers within ten seconds, and what it held is sent by the next', async () => {
    const redis = await ownRedis();
    await stopsInTime({ backend: 'redis', url: redis.url });
  });

  it('is up while Redis is away, says what it waits for, and sends when it comes', async () => {
    const redis = await ownRedis({ started: false });
    const { pool, http, config, put } = await prepare({ backend: 'redis', url: redis.url });
    await put();
    const service = startShiftwatch(['serve', '--roles', 'act,api'], { config });
    const listening = await service.waitForLine(/"listening"/);
    const { url } = JSON.parse(listening) as { url: string };
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const said = await service.waitForLine(/no job queue yet/);
    expect(said).toContain('cannot connect to Redis at 127.0.0.1');
    expect(await (await fetch(`${url}/metrics/fleet`)).text()).toContain(
      'shiftwatch_outbox_waiting{kind="notify"} 1',
    );
    expect(http.requests).toEqual([]);
    await redis.start();
    await until(allDone(pool));
    expect(http.requests).toHaveLength(1);
    await redis.kill();
    const began = Date.now();
    expect(await service.stop()).toMatchObject({ code: 0 });
    expect(Date.now() - began).toBeLessThan(DEADLINES.promptMs);
  });
});
