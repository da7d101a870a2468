/** A handler that wants to see its message again, however often, on either backend. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createBullmqQueue } from '../../../src/act/queue/bullmq-queue.ts';
import type { BullmqBackend } from '../../../src/act/queue/bullmq-queue.ts';
import { createPostgresQueueBackend } from '../../../src/act/queue/postgres-backend.ts';
import { createRedisQueueBackend } from '../../../src/act/queue/redis-backend.ts';
import { createRelay } from '../../../src/act/relay.ts';
import { createRetrainPollHandler } from '../../../src/act/retrain-poll-handler.ts';
import { createAddressGuard } from '../../../src/act/webhook/address-guard.ts';
import { hideNothing } from '../../../src/core/hide-texts.ts';
import { MINUTE_MS } from '../../../src/core/clock.ts';
import { type Log, silentLog } from '../../../src/core/log.ts';
import { QUEUE_SCHEMA } from '../../../src/store/connection/migrate.ts';
import { appendOutbox, outboxMessages, postponing, relayOutbox } from '../../../src/store/outbox/outbox.ts';
import { listenOutbox } from '../../../src/store/outbox/wake.ts';
import { createPool, inTransaction } from '../../../src/store/connection/pool.ts';
import { createQueuePool } from '../../../src/store/connection/queue-pool.ts';
import { afterThis } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startHttp } from '../../harness/http.ts';
import { redisPrefix } from '../../harness/redis.ts';
import { addressOf } from '../../harness/services.ts';
import { until } from '../../harness/wait.ts';

const POLLS = 250;

function asksAsOftenAsItLikes(connect: (databaseUrl: string) => Promise<BullmqBackend>): void {
  it(`asks after a training ${POLLS} times, a minute apart, and nothing is thought lost`, async () => {
    const { url } = await createDatabase('ask_later');
    const pool = createPool({ connectionString: url, max: 6, applicationName: 'ask later', log: silentLog });
    afterThis(() => pool.end());
    let aheadMs = 0;
    const clock = { nowMs: () => Date.now() + aheadMs };
    const said: string[] = [];
    const log: Log = {
      ...silentLog,
      warn: (_fields, message) => said.push(message),
      error: (_fields, message) => said.push(message),
    };
    const queue = createBullmqQueue(await connect(url), postponing(pool, clock), log);
    afterThis(() => queue.close(2_000));
    const relay = createRelay({ outbox: relayOutbox(pool), queue, clock, log });
    afterThis(() => relay.close());
    const wake = listenOutbox(pool, () => relay.wake(), silentLog);
    afterThis(() => wake.close());
    relay.start();

    const http = await startHttp();
    const status = (word: string) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: word }),
    });
    http.reply(...Array.from({ length: POLLS - 1 }, () => status('busy')), status('done'));
    const paths = {
      url: `${http.url}/runs/{run_id}`,
      statusPath: 'state',
      states: { running: ['busy'], succeeded: ['done'], failed: ['broken'] },
      newVersionPath: null,
      detailPath: null,
    };
    const webhook = { preset: 'standard' as const, url: http.url, headers: new Map(), params: new Map() };
    const heard: string[] = [];
    queue.work(
      'retrain_poll',
      createRetrainPollHandler({
        outbox: outboxMessages(pool),
        runs: {
          load: async () => ({ state: 'running', externalId: 'x', requestedAtMs: 0 }),
          record: async (_id, { status: word }) => {
            heard.push(word);
            return { ok: true, value: { state: 'running', next: null } };
          },
        },
        webhooks: new Map([['training', { ...webhook, poll: { everyMs: MINUTE_MS, paths } }]]),
        guard: createAddressGuard(['127.0.0.1']),
        clock,
        log,
        hide: hideNothing,
      }),
      2,
    );
    const message = { kind: 'retrain_poll', webhook: 'training', runId: randomUUID() } as const;
    const { id } = await inTransaction(pool, async (tx) => await appendOutbox(tx, message, 'poll'));
    const row = async () =>
      (
        await pool.query<{ postpones: number; outcome: string | null }>(
          'select postpones, outcome from outbox where id = $1',
          [id],
        )
      ).rows[0];
    for (let asked = 1; asked < POLLS; asked += 1) {
      await until(async () => (await row())?.postpones === asked, { what: `poll ${asked}`, everyMs: 3 });
      aheadMs += MINUTE_MS + 1_000;
      relay.wake();
    }
    await until(async () => (await row())?.outcome !== null, { what: 'the last poll' });
    expect((await row())?.outcome).toBe('succeeded');
    expect(http.requests).toHaveLength(POLLS);
    expect(heard).toHaveLength(POLLS);
    expect(said).toEqual([]);
    const rows = await pool.query('select 1 from outbox');
    expect(rows.rowCount).toBe(1);
  });
}

describeWith(['postgres'], 'asking later, with the queue on Postgres', () => {
  asksAsOftenAsItLikes(async (connectionString) => {
    const options = { connectionString, workers: 1, applicationName: 'ask later', log: silentLog };
    const pool = createQueuePool(options);
    afterThis(() => pool.end());
    return await createPostgresQueueBackend(pool, QUEUE_SCHEMA, silentLog);
  });
});

describeWith(['postgres', 'redis'], 'asking later, with the queue on Redis', () => {
  asksAsOftenAsItLikes(
    async () =>
      await createRedisQueueBackend({
        url: addressOf('redis'),
        prefix: redisPrefix('ask-later'),
        log: silentLog,
      }),
  );
});
