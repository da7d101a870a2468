import { beforeEach, expect, test } from 'vitest';
import { createAddressGuard } from '../../../src/act/webhook/address-guard.ts';
import { createRetrainPollHandler } from '../../../src/act/retrain-poll-handler.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { silentLog } from '../../../src/core/log.ts';
import { beginPolls } from '../../../src/pipeline/retrain/polls.ts';
import { createRetrainReports } from '../../../src/pipeline/retrain/reports.ts';
import { outboxMessages } from '../../../src/store/outbox/outbox.ts';
import { loadPolledRun } from '../../../src/store/retrain/runs.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { until } from '../../harness/wait.ts';
import { NEVER } from '../act-line.ts';
import { startRetrainLine, type RetrainLine } from './line.ts';
import { hideNothing } from '../../../src/core/hide-texts.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describeWith(['postgres'], 'asking after a run', () => {
  let line: RetrainLine;
  let webhooks: Config['webhooks'];
  beforeEach(async () => {
    line = await startRetrainLine('retrain_poll');
    await line.baseline('1', 0.9);
    await line.hour(0, '1', 0.7);
    await line.evaluate();
    // Sooner than a configuration may ask.
    webhooks = asked({ everyMs: 20 });
  });

  function asked({ everyMs }: { everyMs: number }): Config['webhooks'] {
    const webhook = line.config.webhooks.get('training');
    if (webhook === undefined) throw new Error('no webhook');
    const paths = {
      url: `${line.training.url}/runs/{run_id}`,
      statusPath: 'run.state',
      states: { running: null, succeeded: ['done'], failed: ['broken'] },
      newVersionPath: 'run.version',
      detailPath: 'run.why',
    };
    return new Map([['training', { ...webhook, poll: { everyMs, paths } }]]);
  }

  const answer = (state: unknown, rest: object = {}) => ({
    headers: JSON_TYPE,
    body: JSON.stringify({ run: { state, ...rest } }),
  });
  const polls = () => line.training.requests.filter(({ method }) => method === 'GET');
  const begin = async () => await beginPolls(line.pool, webhooks);

  async function sent(): Promise<string> {
    await until(async () => (await line.run()).state === 'sent', { what: 'the run to be sent' });
    return (await line.run()).id;
  }

  test('goes on until the pipeline says how it ended, over nonsense, errors and a restart', async () => {
    const end = await line.act(webhooks);
    const runId = await sent();
    line.training.reply(
      { status: 404 },
      answer('queued'),
      { headers: JSON_TYPE, body: '{"run":' },
      { status: 302, headers: { location: `${line.training.url}/elsewhere` } },
      { hangUp: true },
      answer(null),
    );
    // One after another and all at once: one poller a run.
    await Promise.all([begin(), begin()]);
    expect(await begin()).toBe(0);
    await until(() => polls().length >= 6, { what: 'six questions' });
    expect((await line.run()).state).toBe('running');
    await end();
    const before = polls().length;

    line.training.reply(answer('training'), answer('done', { version: 2, why: 'converged' }));
    await line.act(webhooks);
    await until(async () => (await line.run()).state === 'succeeded', { what: 'the run to succeed' });
    expect(polls().length).toBeGreaterThan(before);
    expect(await line.run()).toMatchObject({ new_version: '2', detail: 'converged' });
    expect(polls().every(({ path }) => path === `/runs/${runId}`)).toBe(true);
    const row = await line.pool.query(`select outcome from outbox where kind = 'retrain_poll'`);
    await until(
      async () => {
        const found = await line.pool.query<{ outcome: string | null }>(
          `select outcome from outbox where kind = 'retrain_poll'`,
        );
        return found.rows[0]?.outcome === 'succeeded';
      },
      { what: 'the polling to end' },
    );
    expect(row.rows).toHaveLength(1);
    expect(await begin()).toBe(0);
  });

  test('tells people of a failure, and stops', async () => {
    await line.act(webhooks);
    await sent();
    line.training.reply(answer('broken', { why: 'no disk' }));
    await begin();
    await until(async () => (await line.run()).state === 'failed', { what: 'the run to fail' });
    const told = await line.told();
    expect(told.map(({ kind }) => kind)).toEqual(['retrain_failed']);
    expect(told[0]?.run?.says).toContain('no disk');
  });

  test('does not ask where it must not, and stops when the run was closed otherwise', async () => {
    const { id } = await line.run();
    await line.pool.query(`update retrain_run set state = 'sent'`);
    await begin();
    const outbox = outboxMessages(line.pool);
    const found = await line.pool.query<{ id: string }>(
      `select id::text from outbox where kind = 'retrain_poll'`,
    );
    const outboxId = found.rows[0]?.id ?? '';
    const { pool, catalog } = line;
    const handler = createRetrainPollHandler({
      outbox,
      runs: {
        load: async (runId) => await loadPolledRun(pool, runId),
        record: createRetrainReports({ pool, catalog, log: silentLog }).record,
      },
      webhooks,
      // As without `outbound.allow_private`.
      guard: createAddressGuard([]),
      hide: hideNothing,
      clock: { nowMs: () => Date.now() },
      log: silentLog,
    });
    const asked = polls().length;
    expect(await handler({ outboxId, signal: NEVER })).toEqual({
      kind: 'retry',
      delayMs: 20,
      reason: expect.stringMatching(/127\.0\.0\.1 is no public address/) as string,
    });
    expect(polls().length).toBe(asked);
    expect(await line.run()).toMatchObject({ state: 'sent', heard_at: null });
    expect(await line.report(id, { status: 'succeeded' })).toMatchObject({ status: 200 });
    expect(await handler({ outboxId, signal: NEVER })).toEqual({ kind: 'done' });
    const ended = await pool.query(`select outcome from outbox where id = $1`, [outboxId]);
    expect(ended.rows).toEqual([{ outcome: 'closed' }]);
  });
});
