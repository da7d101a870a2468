import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { channelEndpoint, webhookEndpoint } from '../../../src/act/endpoint.ts';
import { createNotifyHandler } from '../../../src/act/notify-handler.ts';
import type { Channel } from '../../../src/act/notify-handler.ts';
import type { PostedChannel } from '../../../src/act/channels/posted-channel.ts';
import { createRetrainHandler } from '../../../src/act/retrain-handler.ts';
import type { RetrainWebhook } from '../../../src/act/retrain/retrain-call.ts';
import { createInspections } from '../../../src/pipeline/inspect/inspections.ts';
import { incidentDesk } from '../../../src/pipeline/incidents/incident-desk.ts';
import { alertDesks } from '../../../src/pipeline/messages/alert-desks.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createApi } from '../../../src/api/create-api.ts';
import type { App } from '../../../src/api/app.ts';
import * as deliveries from '../../../src/cli/deliveries/deliveries.ts';
import * as doctor from '../../../src/cli/doctor/doctor.ts';
import * as endpoint from '../../../src/cli/channel/endpoint.ts';
import * as status from '../../../src/cli/status/status.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { NotifyMessage, RetrainRequest } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { fail, ok } from '../../../src/core/result.ts';
import { firstPage } from '../../../src/dashboard/first-page.ts';
import { enableEndpoint, forgetChangedEndpoints } from '../../../src/store/outbox/disabled-endpoints.ts';
import { inTransaction } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { replayDelivery } from '../../../src/store/outbox/replay-deliveries.ts';
import { createRetrainRun, loadRetrainRun } from '../../../src/store/retrain/runs.ts';
import { sampleNotification } from '../../act/sample-notification.ts';
import { configOf, run } from '../../cli/operations.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { noLogins } from '../../api/fakes.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startHttp } from '../../harness/http.ts';
import type { TestHttp } from '../../harness/http.ts';
import { startSmtp } from '../../harness/smtp.ts';
import type { TestSmtp } from '../../harness/smtp.ts';
import { until } from '../../harness/wait.ts';
import { startActLine } from '../act-line.ts';
import type { ActLine } from '../act-line.ts';
import { addVersion } from '../act-rows.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describeWith(['postgres'], 'deliveries that were given up', () => {
  let line: ActLine;
  let smtp: TestSmtp;
  let http: TestHttp;
  let api: App;
  let config: () => Promise<Config>;
  const channels = new Map<string, Channel>();
  const webhooks = new Map<string, RetrainWebhook>();
  let hook: PostedChannel;

  beforeAll(async () => {
    line = await startActLine('dead_deliveries');
    smtp = await startSmtp();
    const { pool } = line;
    const parsed = await configOf(`database: "${line.url}"`);
    config = async () => parsed;
    api = createApi({
      listenHost: '127.0.0.1',
      version: '1.2.3',
      readModels: createReadModels(pool),
      ...noLogins,
      verifyToken: null,
      acceptEvents: async () => ok({ accepted: 0, late: 0, ignored: 0, duplicates: 0, dead_letters: [] }),
      retrainCallback: async () => ok({ state: 'running', next: null }),
      replayDeadLetters: async () => ({
        accepted: 0,
        duplicates: 0,
        stillDead: [],
        truncated: 0,
        withheld: 0,
      }),
      explainConfiguration: () => ({ file: 'shiftwatch.yaml', entries: [] }),
      live: { listen: () => () => undefined },
      mailStops: { addressOf: async () => null, stop: async () => {} },
      ...alertDesks(pool, await ModelCatalog.open(pool, [])),
      ...incidentDesk(pool, await ModelCatalog.open(pool, [])),
      acceptBaseline: async () => fail({ reason: 'unknown_model', detail: 'not asked here' }),
      runComparison: async () => fail('not asked here'),
      decideRun: async () => fail({ reason: 'unknown_run', detail: 'not asked here' }),
      exportLabelled: async () => fail('unknown_model'),
      replayDelivery: (id, nowMs) => inTransaction(pool, (tx) => replayDelivery(tx, id, nowMs)),
      enableEndpoint: (name) => enableEndpoint(pool, name),
      listDays: async () => ({ items: [], next: null }),
      inspections: createInspections(pool, [], async () => ({ items: [], next: null })),
      compareVersions: async () => fail({ reason: 'unknown_model', detail: 'not asked here' }),
      liveness: () => ({ alive: true, reason: null }),
      clock: systemClock,
      log: silentLog,
    });
    atEnd(() => api.close());
    const notify = line.notifyDeps(smtp.url, {
      channels,
      channelsNear: () => ['hook', 'oncall'],
    });
    line.queue.work('notify', createNotifyHandler(notify), 2);
    line.queue.work('retrain', createRetrainHandler(line.retrainDeps({ webhooks })), 2);
  });

  beforeEach(async () => {
    // What the test before it set off must not take what this one has in store for its own.
    await allDone();
    http = await startHttp();
    channels.clear();
    webhooks.clear();
    hook = {
      type: 'webhook',
      url: `${http.url}/hook`,
      format: 'standard',
      secret: SECRET,
      headers: new Map(),
    };
    channels.set('hook', hook);
    channels.set('oncall', { type: 'email', to: ['a@example.org', 'b@example.org'] });
    webhooks.set('train', {
      preset: 'standard',
      url: `${http.url}/train`,
      secret: SECRET,
      headers: new Map(),
      params: new Map(),
      template: null,
    });
    await line.pool.query('delete from disabled_endpoint');
  });

  const allDone = () =>
    until(async () => {
      const open = await line.pool.query('select 1 from outbox where done_at is null');
      return open.rowCount === 0;
    });
  const put = (channel: string): Promise<string> => {
    const message: NotifyMessage = { kind: 'notify', channel, notification: sampleNotification() };
    return line.put(message, randomUUID());
  };
  const rows = async (outboxId: string) => {
    const found = await line.pool.query<{ id: string; state: string; message_id: string; reason: string }>(
      `select id::text as id, state, message_id, split_part(last_error, ':', 1) as reason from delivery
       where outbox_id = $1 order by target`,
      [outboxId],
    );
    return found.rows;
  };
  const gone = async (channel = 'hook') => {
    http.reply({ status: 410, body: 'moved away' });
    const outboxId = await put(channel);
    await line.outcome(outboxId);
    return { outboxId, delivery: (await rows(outboxId))[0] };
  };

  it('disables a channel that answers 410, tells another one once, and sends nothing there any more', async () => {
    const mailsBefore = smtp.mails.length;
    const { outboxId, delivery } = await gone();
    expect(delivery).toMatchObject({ state: 'dead', reason: 'gone' });
    const told = await smtp.waitForMail(
      (mail) => mail.parsed.subject?.includes('channel hook: gone') === true,
    );
    expect(told.parsed.text).toContain('moved away');
    expect(told.parsed.text).toContain('shiftwatch endpoint enable');

    const later = await Promise.all([put('hook'), put('hook')]);
    for (const id of later) {
      expect(await line.outcome(id)).toBe('undeliverable');
      expect(await rows(id)).toMatchObject([{ state: 'dead', reason: 'endpoint_disabled' }]);
      expect(await line.attempts(id)).toEqual([]);
    }
    expect(http.requests).toHaveLength(1);
    await allDone();
    // A mail to each of the two recipients, once.
    expect(smtp.mails.slice(mailsBefore).map(({ envelope }) => envelope.to[0])).toHaveLength(2);
    expect(await line.attempts(outboxId)).toMatchObject([{ outcome: 'gone', status: 410 }]);
  });

  it('shows it in status, doctor, metrics, API and page', async () => {
    await gone();
    const said = 'Disabled: the channel hook answered 410, just now';
    const { out } = await run(status.register, ['status'], { config, clock: systemClock });
    expect(out).toContain(said);
    expect(out).toMatch(/\d+ dead deliver(y|ies)/);
    const doctored = await run(doctor.register, ['doctor'], { config, clock: systemClock });
    expect(doctored.out).toContain(`CRITICAL  endpoint: ${said}`);
    expect(doctored.code).toBe(1);
    const metrics = await api.inject('/metrics/fleet');
    expect(metrics.body).toContain('shiftwatch_endpoint_disabled{section="channels",name="hook"} 1');
    expect(metrics.body).toMatch(/shiftwatch_deliveries\{kind="webhook",state="dead"\} [1-9]/);
    const listed = await api.inject('/api/v1/endpoints');
    expect(listed.json()).toMatchObject({ items: [{ section: 'channels', name: 'hook' }] });
    const overview = await createReadModels(line.pool).overview();
    const page = firstPage({ overview, holds: new Map(), nowMs: Date.now(), hasMailbox: false });
    expect(JSON.stringify(page)).toContain('disabled: hook');
    const table = await run(endpoint.register, ['endpoint', 'list'], { config });
    expect(table.out).toMatch(/^hook +channels +\d{4}-/m);
  });

  it('sends there again when it is enabled, and what was given up when that is asked for', async () => {
    const { delivery } = await gone();
    const skipped = await put('hook');
    await line.outcome(skipped);
    const id = delivery?.id ?? '';
    const refused = await api.inject({ method: 'POST', url: `/api/v1/deliveries/${id}/replay` });
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({ detail: 'Its channel or webhook is disabled; enable it first.' });
    const early = await run(deliveries.register, ['deliveries', 'replay', id], { config });
    expect(early.code).toBe(1);
    expect(early.out).toContain('1 left alone: to a disabled endpoint');

    const enabled = await run(endpoint.register, ['endpoint', 'enable', 'hook'], { config });
    expect(enabled.said).toContain('deliveries replay --channel hook');
    await expect(run(endpoint.register, ['endpoint', 'enable', 'hook'], { config })).rejects.toThrow(
      'nothing that is disabled is called hook',
    );

    const dry = await run(deliveries.register, ['deliveries', 'replay', '--channel', 'hook', '--dry-run'], {
      config,
    });
    const planned = Number(/^(\d+) would be sent again/.exec(dry.out)?.[1]);
    expect(planned).toBeGreaterThanOrEqual(2);
    expect(http.requests).toHaveLength(1);
    const { out } = await run(deliveries.register, ['deliveries', 'replay', '--channel', 'hook'], {
      config,
      clock: systemClock,
    });
    expect(out).toBe(`${planned} will be sent again\n`);
    expect(await line.outcome(skipped)).toBe('sent');
    await http.waitForRequest((request) => http.requests.indexOf(request) > 0 && isFor(request, id));
    const [again] = await rows(skipped);
    expect(again).toMatchObject({ state: 'sent' });
    // The one that met 410 carries its first id.
    expect(http.requests.filter((request) => isFor(request, id)).length).toBe(2);
  });

  const isFor = (request: { headers: Readonly<Record<string, unknown>> }, id: string): boolean =>
    request.headers['webhook-id'] === id;

  it('takes another address for another endpoint, and forgets what is configured no more', async () => {
    await gone();
    const moved = { ...hook, url: `${http.url}/moved` } as PostedChannel;
    channels.set('hook', moved);
    expect(await line.outcome(await put('hook'))).toBe('sent');
    expect(http.requests.at(-1)?.path).toBe('/moved');

    expect(await forgetChangedEndpoints(line.pool, [channelEndpoint('hook', hook)])).toEqual([]);
    expect(await forgetChangedEndpoints(line.pool, [channelEndpoint('hook', moved)])).toEqual([
      { section: 'channels', name: 'hook' },
    ]);
    channels.set('hook', hook);
    expect(await line.outcome(await put('hook'))).toBe('sent');
    const [a, b] = ['R1', 'R2'].map((routingKey) =>
      channelEndpoint('pager', { type: 'pagerduty', url: 'https://events.pagerduty.com', routingKey }),
    );
    expect(a?.addressHash).not.toBe(b?.addressHash);
  });

  it('replays a dead mail to its recipient only, under its Message-ID, with all attempts ahead', async () => {
    smtp.failNext({ at: 'rcpt', code: 550, message: 'no such user' });
    const outboxId = await put('oncall');
    expect(await line.outcome(outboxId)).toBe('partly_sent');
    const [dead] = await rows(outboxId);
    const before = smtp.mails.length;
    const id = dead?.id ?? '';
    for (let n = 0; n < 2; n += 1) smtp.failNext({ at: 'rcpt', code: 451 });
    const replayed = await api.inject({ method: 'POST', url: `/api/v1/deliveries/${id}/replay` });
    expect([replayed.statusCode, replayed.json()]).toEqual([202, { state: 'queued' }]);
    expect(await line.outcome(outboxId)).toBe('sent');
    expect(smtp.mails.slice(before).map(({ envelope, parsed }) => [envelope.to, parsed.messageId])).toEqual([
      [['a@example.org'], dead?.message_id],
    ]);
    const shown = await run(deliveries.register, ['deliveries', 'show', id], { config });
    expect(shown.out).toContain(`message id ${dead?.message_id}`);
    expect(shown.out.split('\n').filter((text) => /^\d /.test(text))).toEqual([
      expect.stringMatching(/^1 .* rejected +550 +\d+ ms +550 no such user/),
      expect.stringMatching(/^2 .* deferred +451/),
      expect.stringMatching(/^3 .* deferred +451/),
      expect.stringMatching(/^4 .* sent +250/),
    ]);
    const detail = await api.inject(`/api/v1/deliveries/${id}`);
    expect(detail.json()).toMatchObject({ state: 'sent', attempts: 4, endpoint: 'oncall', about: 'firing' });
    const again = await api.inject({ method: 'POST', url: `/api/v1/deliveries/${id}/replay` });
    expect(again.statusCode).toBe(409);
  });

  it('lists by state and channel, page by page, and knows what does not exist', async () => {
    await gone();
    const page = await api.inject('/api/v1/deliveries?state=dead&endpoint=hook&limit=1');
    const { items, next_cursor } = page.json<{ items: object[]; next_cursor: string | null }>();
    expect(items).toMatchObject([
      { state: 'dead', endpoint: 'hook', target: 'webhook:hook', model: 'credit-risk' },
    ]);
    expect(next_cursor).not.toBeNull();
    const next = await api.inject(`/api/v1/deliveries?state=dead&endpoint=hook&cursor=${next_cursor}`);
    expect(next.statusCode).toBe(200);
    expect(JSON.stringify(next.json())).not.toContain((items[0] as { id: string }).id);
    const listed = await run(
      deliveries.register,
      ['deliveries', 'list', '--state', 'dead', '--channel', 'hook', '--limit', '1'],
      { config },
    );
    expect(listed.out).toMatch(/dead +webhook:hook +firing credit-risk 3 +1 +gone: moved away/);
    expect(listed.said).toContain('--limit shows more');
    const none = await run(deliveries.register, ['deliveries', 'list', '--model', 'nobody'], { config });
    expect([none.out, none.said]).toEqual(['', 'There is no such delivery.\n']);
    await expect(run(deliveries.register, ['deliveries', 'show', randomUUID()], { config })).rejects.toThrow(
      'there is no delivery',
    );
    await expect(run(deliveries.register, ['deliveries', 'replay', 'x'], { config })).rejects.toThrow(
      'there is no delivery x',
    );
    for (const args of [[], [randomUUID(), '--dead']]) {
      const usage = await run(deliveries.register, ['deliveries', 'replay', ...args], { config });
      expect([usage.code, usage.usage]).toEqual([
        2,
        expect.stringContaining('an id, --dead or --channel NAME'),
      ]);
    }
  });

  async function ask(versionId: number): Promise<{ outboxId: string; runId: string }> {
    const request: RetrainRequest = {
      runId: randomUUID(),
      model: 'credit-risk',
      modelVersion: '3',
      trigger: 'drift',
      reason: 'drift_firing',
      requestedAtMs: Date.now(),
      window: null,
      verdict: 'concept_drift',
      advice: 'retrain',
      summary: 'accuracy fell',
      evidence: [],
      performance: null,
    };
    const created = await createRetrainRun(line.pool, versionId, 'train', request);
    if (!created.ok) throw new Error('a run is open');
    const outboxId = await line.put({ kind: 'retrain', webhook: 'train', request }, randomUUID());
    await line.outcome(outboxId);
    return { outboxId, runId: request.runId };
  }

  it('disables a webhook of retraining, and opens a run again whose request is replayed', async () => {
    http.reply({ status: 410 });
    const version = await addVersion(line.pool);
    const first = await ask(version);
    const second = await ask(version);
    expect(http.requests.filter(({ path }) => path === '/train')).toHaveLength(1);
    expect(await rows(second.outboxId)).toMatchObject([{ state: 'dead', reason: 'endpoint_disabled' }]);
    expect(await loadRetrainRun(line.pool, second.runId)).toMatchObject({ state: 'failed' });
    const notices = await line.pool.query<{ reason: string }>(
      `select payload -> 'notification' -> 'retrain' ->> 'reason' as reason from outbox
       where key like 'retrain_failed:%' order by id desc limit 2`,
    );
    for (const { reason } of notices.rows) expect(reason).toContain('`shiftwatch endpoint enable train`');

    expect(await enableEndpoint(line.pool, 'train')).toEqual(['webhooks']);
    const [dead] = await rows(second.outboxId);
    const replay = (id = '') => inTransaction(line.pool, (tx) => replayDelivery(tx, id, Date.now()));
    expect(await replay(dead?.id)).toEqual(ok('queued'));
    expect(await line.outcome(second.outboxId)).toBe('sent');
    expect(await loadRetrainRun(line.pool, second.runId)).toMatchObject({ state: 'sent', closedAtMs: null });
    expect(http.requests.at(-1)?.headers['webhook-id']).toBe(dead?.message_id);
    const [older] = await rows(first.outboxId);
    expect(await replay(older?.id)).toEqual(fail('run_open'));
    await line.pool.query(`update retrain_run set state = 'succeeded' where id = $1`, [first.runId]);
    expect(await replay(older?.id)).toEqual(fail('run_reached'));
    const one = webhooks.get('train');
    if (one === undefined) throw new Error('no webhook');
    expect(webhookEndpoint('train', one).section).toBe('webhooks');
  });
});
