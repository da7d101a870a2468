import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createRetrainHandler } from '../../../src/act/retrain-handler.ts';
import type { RetrainDeps } from '../../../src/act/retrain-handler.ts';
import { createRetrainCallback } from '../../../src/act/retrain/callback.ts';
import type { RetrainWebhook } from '../../../src/act/retrain/retrain-call.ts';
import type { NotifyMessage, RetrainRequest } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createRetrainReports } from '../../../src/pipeline/retrain/reports.ts';
import { createRetrainRun, loadRetrainRun } from '../../../src/store/retrain/runs.ts';
import type { RetrainRun } from '../../../src/store/retrain/runs.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startHttp } from '../../harness/http.ts';
import type { TestHttp } from '../../harness/http.ts';
import { NEVER, startActLine, startRetrain } from '../act-line.ts';
import type { ActLine } from '../act-line.ts';
import { addVersion } from '../act-rows.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NOW = Date.UTC(2026, 2, 1, 3);

interface Asked {
  readonly outboxId: string;
  readonly runId: string;
}

describeWith(['postgres'], 'retrain requests', () => {
  let line: ActLine;
  let http: TestHttp;
  let deps: RetrainDeps;
  const webhooks = new Map<string, RetrainWebhook>();
  beforeAll(async () => {
    line = await startActLine('act_retrain');
    deps = line.retrainDeps({ webhooks, timeoutMs: 4_000 });
    startRetrain(line, deps);
  });
  beforeEach(async () => {
    http = await startHttp();
    const hook = {
      url: `${http.url}/hook`,
      secret: SECRET,
      headers: new Map([['x-team', 'risk']]),
      params: new Map<string, string>(),
      template: null,
    };
    webhooks.set('standard', { ...hook, preset: 'standard' });
    webhooks.set('airflow', {
      ...hook,
      url: `${http.url.replace('http://', 'http://airflow:p%40ss@')}/api/v2/dags/train/dagRuns`,
      preset: 'airflow',
      secret: null,
    });
  });
  afterEach(() => http.stop());

  async function ask(webhook = 'standard'): Promise<Asked> {
    const request: RetrainRequest = {
      runId: randomUUID(),
      model: 'credit-risk',
      modelVersion: '3',
      trigger: 'performance',
      reason: 'performance_drop',
      requestedAtMs: NOW,
      window: { id: '7', startMs: NOW - 3_600_000, endMs: NOW },
      verdict: 'concept_drift',
      advice: 'retrain',
      summary: 'accuracy fell from 0.86 to 0.71',
      evidence: [],
      performance: null,
    };
    const version = await addVersion(line.pool);
    const stored = { ...request, window: null };
    const created = await createRetrainRun(line.pool, version, webhook, stored);
    if (!created.ok) throw new Error('a run is open');
    const outboxId = await line.put({ kind: 'retrain', webhook, request }, `retrain:${request.runId}`);
    return { outboxId, runId: request.runId };
  }

  async function runOf({ runId }: Asked): Promise<RetrainRun> {
    const run = await loadRetrainRun(line.pool, runId);
    if (run === null) throw new Error('the run vanished');
    return run;
  }

  async function outcomes({ outboxId }: Asked): Promise<string[]> {
    return (await line.attempts(outboxId)).map(({ outcome, status }) => `${outcome} ${status}`);
  }

  async function notices({ runId }: Asked): Promise<NotifyMessage[]> {
    const found = await line.pool.query<{ payload: NotifyMessage }>(
      `select payload from outbox where key like $1`,
      [`retrain_failed:${runId}:%`],
    );
    return found.rows.map((row) => row.payload);
  }

  it('gets through two refusals with one id, a new timestamp and a signature that verifies', async () => {
    http.reply({ status: 503 }, { status: 503 }, { status: 202 });
    const asked = await ask();
    expect(await line.outcome(asked.outboxId)).toBe('sent');
    expect(await outcomes(asked)).toEqual(['http_status 503', 'http_status 503', 'sent 202']);
    expect((await runOf(asked)).state).toBe('sent');
    expect(http.requests).toHaveLength(3);
    const ids = http.requests.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    const verifier = new Webhook(SECRET);
    for (const request of http.requests) {
      const { headers } = request;
      expect(headers['idempotency-key']).toBe(ids[0]);
      expect(headers['x-team']).toBe('risk');
      expect(headers['content-type']).toBe('application/json');
      expect(verifier.verify(request.body, headers as Record<string, string>)).toEqual({
        type: 'retrain.requested',
        timestamp: '2026-03-01T03:00:00.000Z',
        data: {
          run_id: asked.runId,
          model: 'credit-risk',
          model_version: '3',
          trigger: 'performance',
          reason: 'performance_drop',
          requested_at: '2026-03-01T03:00:00.000Z',
          window: { id: '7', start: '2026-03-01T02:00:00.000Z', end: '2026-03-01T03:00:00.000Z' },
          verdict: 'concept_drift',
          advice: 'retrain',
          summary: 'accuracy fell from 0.86 to 0.71',
          evidence: [],
          performance: null,
          requested_by: null,
          comment: null,
          incident: null,
          training_range: null,
          labelled_data: null,
          run_url: `https://shiftwatch.example.org/api/v1/retrains/${asked.runId}`,
          status_url: `https://shiftwatch.example.org/api/v1/retrains/${asked.runId}/status`,
        },
      });
    }
  });

  it('waits as long as the receiver asks', async () => {
    http.reply({ status: 429, headers: { 'retry-after': '1' } }, { status: 200 });
    const asked = await ask();
    expect(await line.outcome(asked.outboxId)).toBe('sent');
    const [first, second] = http.requests.map(({ atMs }) => atMs) as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(990);
  });

  it('ends at 410 with one attempt: the run is dead and people are told', async () => {
    http.reply({ status: 410, body: 'this DAG\nwas retired' });
    const asked = await ask();
    expect(await line.outcome(asked.outboxId)).toBe('dead');
    expect(await outcomes(asked)).toEqual(['gone 410']);
    expect((await runOf(asked)).state).toBe('dead');
    expect(await notices(asked)).toMatchObject([
      {
        channel: 'oncall',
        notification: {
          kind: 'retrain_failed',
          model: 'credit-risk',
          window: { id: '7' },
          retrain: {
            state: 'failed',
            reason:
              'gone 410: this DAG was retired (after 1 attempt); disabled now, ' +
              '`shiftwatch endpoint enable standard` when it is right again',
          },
        },
      },
    ]);
  });

  it('gives up after its attempts, and makes room for another run', async () => {
    http.reply(...Array.from({ length: 4 }, () => ({ status: 500 })));
    const asked = await ask();
    expect(await line.outcome(asked.outboxId)).toBe('failed');
    expect(await outcomes(asked)).toEqual(Array.from({ length: 4 }, () => 'http_status 500'));
    expect(await runOf(asked)).toMatchObject({ state: 'failed' });
    expect(await notices(asked)).toHaveLength(1);
  });

  it('does not follow a redirect', async () => {
    const elsewhere = await startHttp();
    http.reply({ status: 302, headers: { location: elsewhere.url } }, { status: 200 });
    const asked = await ask();
    expect(await line.outcome(asked.outboxId)).toBe('sent');
    expect(await outcomes(asked)).toEqual(['redirect 302', 'sent 200']);
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('names a silent, a broken and an absent receiver, and reads no endless answer', async () => {
    http.reply(
      { delayMs: 60_000 },
      { hangUp: true },
      { status: 503, body: 'x'.repeat(5_000_000) },
      { status: 200 },
    );
    const asked = await ask();
    expect(await line.outcome(asked.outboxId)).toBe('sent');
    expect(await outcomes(asked)).toEqual([
      'timeout null',
      'connection_failed null',
      'http_status 503',
      'sent 200',
    ]);
    const details = await line.pool.query<{ length: number }>(
      `select max(length(detail)) as length from delivery_attempt join delivery on id = delivery_id
       where outbox_id = $1`,
      [asked.outboxId],
    );
    expect(details.rows[0]?.length).toBeLessThanOrEqual(500);
  });

  it('starts an Airflow DAG run by a name of its own, and takes 409 for "it runs already"', async () => {
    http.reply({ status: 409 });
    const asked = await ask('airflow');
    expect(await line.outcome(asked.outboxId)).toBe('sent');
    const request = await http.waitForRequest();
    expect(request.path).toBe('/api/v2/dags/train/dagRuns');
    expect(request.headers.authorization).toBe(`Basic ${Buffer.from('airflow:p@ss').toString('base64')}`);
    expect(request.headers['webhook-signature']).toBeUndefined();
    expect(request.json()).toMatchObject({
      dag_run_id: `shiftwatch-${asked.runId}`,
      logical_date: null,
      conf: { run_id: asked.runId, model: 'credit-risk' },
    });
    expect(Object.keys(request.json() as object).sort()).toEqual(['conf', 'dag_run_id', 'logical_date']);
    const stored = await line.pool.query<{ external_id: string }>(
      'select external_id from retrain_run where id = $1',
      [asked.runId],
    );
    expect(stored.rows[0]?.external_id).toBe(`shiftwatch-${asked.runId}`);
  });

  it('does not take the 200 of a target for success when its body says otherwise', async () => {
    webhooks.set('dagster', {
      preset: 'dagster',
      url: `${http.url}/graphql`,
      secret: null,
      headers: new Map([['Dagster-Cloud-Api-Token', 't']]),
      params: new Map([
        ['repository_location', 'l'],
        ['repository', 'r'],
        ['job', 'j'],
      ]),
      template: null,
    });
    const answer = (launchRun: object) => ({ body: JSON.stringify({ data: { launchRun } }) });
    http.reply(
      answer({ __typename: 'PythonError', message: 'no disk' }),
      answer({ __typename: 'LaunchRunSuccess', run: { runId: 'r1' } }),
    );
    const asked = await ask('dagster');
    expect(await line.outcome(asked.outboxId)).toBe('sent');
    expect(await outcomes(asked)).toEqual(['refused 200', 'sent 200']);
    expect((await runOf(asked)).state).toBe('sent');
  });

  it('gives up what cannot be sent: no such webhook, no usable secret', async () => {
    webhooks.set('odd', {
      preset: 'standard',
      url: http.url,
      secret: 'whsec_%%%',
      headers: new Map(),
      params: new Map(),
      template: null,
    });
    const odd = await ask('odd');
    expect(await line.outcome(odd.outboxId)).toBe('failed');
    expect(await outcomes(odd)).toEqual(['invalid_secret null']);
    const asked = await ask('nowhere');
    expect(await line.outcome(asked.outboxId)).toBe('failed');
    expect((await runOf(asked)).state).toBe('failed');
  });

  it('does nothing twice when a job comes again after it was handled', async () => {
    const asked = await ask();
    await line.outcome(asked.outboxId);
    const again = createRetrainHandler(deps);
    await line.pool.query('update outbox set done_at = null, outcome = null where id = $1', [asked.outboxId]);
    expect(await again({ outboxId: asked.outboxId, signal: NEVER })).toEqual({ kind: 'done' });
    expect(http.requests).toHaveLength(1);
    expect(await line.outcome(asked.outboxId)).toBe('sent');
  });

  it('takes signed reports of the run, and only those', async () => {
    const asked = await ask();
    await line.outcome(asked.outboxId);
    const catalog = await ModelCatalog.open(line.pool, []);
    const report = createRetrainCallback(
      createRetrainReports({ pool: line.pool, catalog, log: silentLog }),
      (name) => webhooks.get(name)?.secret ?? null,
    );
    const send = (body: object, secret = SECRET, runId = asked.runId) => {
      const text = JSON.stringify(body);
      const atMs = Date.now();
      const headers = {
        'webhook-id': randomUUID(),
        'webhook-timestamp': String(Math.floor(atMs / 1000)),
      };
      const signature = new Webhook(secret).sign(headers['webhook-id'], new Date(atMs), text);
      return report({
        runId,
        headers: { ...headers, 'webhook-signature': signature },
        body: Buffer.from(text),
        receivedAtMs: atMs,
      });
    };
    expect(await send({ status: 'running', external_id: 'dag-7' })).toEqual({
      ok: true,
      value: { state: 'running', next: null },
    });
    expect(await send({ status: 'succeeded' }, 'whsec_AAAA')).toMatchObject({
      error: { reason: 'bad_signature' },
    });
    expect(await send({ status: 'finished' })).toMatchObject({ error: { reason: 'malformed' } });
    expect(await send({ status: 'failed' }, SECRET, randomUUID())).toMatchObject({
      error: { reason: 'unknown_run' },
    });
    expect(await send({ status: 'failed' }, SECRET, 'x')).toMatchObject({ error: { reason: 'unknown_run' } });
    expect(await send({ status: 'succeeded', new_version: '4', metrics: { accuracy: 0.9 } })).toMatchObject({
      ok: true,
    });
    expect(await send({ status: 'failed' })).toMatchObject({ error: { reason: 'conflict' } });
    expect(await runOf(asked)).toMatchObject({ state: 'succeeded' });
  });
});
