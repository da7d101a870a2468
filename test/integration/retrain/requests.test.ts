import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import type { RetrainWebhook } from '../../../src/act/retrain/retrain-call.ts';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec, RetrainSpec } from '../../../src/core/model.ts';
import { askForRetrain, type RetrainAnswer } from '../../../src/pipeline/retrain/ask-for-retrain.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createDecideRun, expireApprovals } from '../../../src/pipeline/retrain/approval.ts';
import { requestScheduledRetrains } from '../../../src/pipeline/retrain/scheduled-retrains.ts';
import { ensureVersion } from '../../../src/store/windows/models.ts';
import { inTransaction } from '../../../src/store/connection/pool.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { startHttp, type TestHttp } from '../../harness/http.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { until } from '../../harness/wait.ts';
import { type ActLine, startActLine, startRetrain } from '../act-line.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const retrain: RetrainSpec = {
  webhook: 'train',
  schedule: null,
  performance: null,
  drift: [],
  cooldownMs: 24 * HOUR_MS,
};

describeWith(['postgres'], 'requests for retraining', () => {
  let line: ActLine;
  let http: TestHttp;
  let versionId: number;
  let catalog: ModelCatalog;
  beforeEach(async () => {
    line = await startActLine('retrain_requests');
    http = await startHttp();
    const webhook: RetrainWebhook = {
      preset: 'airflow',
      url: http.url,
      secret: null,
      headers: new Map(),
      params: new Map(),
      template: null,
    };
    startRetrain(line, line.retrainDeps({ webhooks: new Map([['train', webhook]]) }));
  });

  async function model(rest: Partial<RetrainSpec> = {}): Promise<ModelSpec> {
    const spec = modelSpec({
      retrain: { ...retrain, ...rest },
      alerts: { forWindows: 1, remindEveryMs: HOUR_MS, channels: ['mail'] },
    });
    catalog = await ModelCatalog.open(line.pool, [spec]);
    versionId = await ensureVersion(line.pool, catalog.models[0]?.id ?? 0, '1');
    return spec;
  }

  async function ask(
    spec: ModelSpec,
    force = false,
    nowMs = NOW,
    version = versionId,
  ): Promise<RetrainAnswer> {
    return await inTransaction(
      line.pool,
      async (tx) =>
        await askForRetrain(tx, {
          model: spec,
          modelVersionId: version,
          versionName: '1',
          nowMs,
          finding: null,
          incident: null,
          scheduleDue: false,
          byHand: { force, by: 'ana', comment: null },
          runId: () => randomUUID(),
        }),
    );
  }

  const askFiftyTimes = async (spec: ModelSpec): Promise<RetrainAnswer[]> =>
    await Promise.all(Array.from({ length: 50 }, async () => await ask(spec, true)));

  async function rows<T>(text: string): Promise<T[]> {
    return (await line.pool.query<{ row: T }>(`select to_jsonb(t) as row from (${text}) t`)).rows.map(
      ({ row }) => row,
    );
  }

  const runs = async (): Promise<{ id: string; state: string }[]> =>
    await rows('select id, state from retrain_run order by requested_at, id');
  const told = async (): Promise<{ kind: string }[]> =>
    await rows(
      `select payload->'notification'->>'kind' as kind from outbox where kind = 'notify' order by id`,
    );

  async function sentOnce(): Promise<void> {
    await until(async () => (await runs()).some(({ state }) => state === 'sent') || undefined, {
      what: 'the run to be sent',
    });
    expect(http.requests).toHaveLength(1);
    expect(await rows('select id from delivery')).toHaveLength(1);
    expect(await rows(`select id from outbox where kind = 'retrain'`)).toHaveLength(1);
  }

  it('of fifty that ask at once one gets through: one run, one delivery, one request', async () => {
    const answers = await askFiftyTimes(await model());
    expect(answers.filter(({ run }) => run !== null)).toHaveLength(1);
    expect(new Set(answers.map(({ reason }) => reason))).toEqual(new Set(['asked_by_hand', 'open_run']));
    expect(await runs()).toHaveLength(1);
    await sentOnce();
  });

  it('waits for a person, tells so, and is sent once however many approve it', async () => {
    const spec = await model({ approval: { expiresAfterMs: HOUR_MS } });
    await askFiftyTimes(spec);
    const [run] = await runs();
    expect(run?.state).toBe('awaiting_approval');
    expect(await told()).toEqual([{ kind: 'retrain_awaiting_approval' }]);
    expect(await rows(`select id from outbox where kind = 'retrain'`)).toEqual([]);
    const decide = createDecideRun(line.pool, () => spec);
    const approve = { runId: run?.id ?? '', decision: 'approve', by: 'ana', comment: 'go' } as const;
    const outcomes = await Promise.all([
      ...Array.from({ length: 25 }, async () => await decide(approve, NOW + 1)),
      ...Array.from({ length: 25 }, async () => {
        await ask(spec, true);
        return null;
      }),
    ]);
    expect(outcomes.filter((outcome) => outcome?.ok === true)).toHaveLength(1);
    expect(await runs()).toHaveLength(1);
    await sentOnce();
    expect(await rows('select decided_by, decision_comment from retrain_run')).toEqual([
      { decided_by: 'ana', decision_comment: 'go' },
    ]);
  });

  it('closes what is rejected and what nobody approves in time', async () => {
    const spec = await model({ approval: { expiresAfterMs: HOUR_MS } });
    const decide = createDecideRun(line.pool, () => spec);
    const first = (await ask(spec)).run?.request.runId ?? '';
    const verdict = { runId: first, decision: 'reject', by: 'ben', comment: null } as const;
    expect(await decide(verdict, NOW)).toEqual({ ok: true, value: { state: 'rejected' } });
    expect(await decide(verdict, NOW)).toMatchObject({ error: { reason: 'not_awaiting' } });
    expect((await ask(spec)).reason).toBe('cooldown');

    const second = (await ask(spec, true)).run?.request.runId ?? '';
    const late = { runId: second, decision: 'approve', by: 'ana', comment: null } as const;
    expect(await decide(late, NOW + HOUR_MS)).toMatchObject({ error: { reason: 'approval_expired' } });
    await expireApprovals(line.pool, catalog, silentLog, NOW + HOUR_MS - 1);
    expect((await runs()).filter(({ state }) => state === 'awaiting_approval')).toHaveLength(1);
    await expireApprovals(line.pool, catalog, silentLog, NOW + HOUR_MS);
    expect((await runs()).map(({ state }) => state).sort()).toEqual(['expired', 'rejected']);
    expect((await told()).at(-1)).toEqual({ kind: 'retrain_expired' });
  });

  it('rehearses: recorded and told, and nothing sent, at the pace of the real thing', async () => {
    const spec = await model({ dryRun: true });
    expect((await ask(spec)).run?.state).toBe('dry_run');
    expect((await ask(spec)).reason).toBe('cooldown');
    expect(await told()).toEqual([{ kind: 'retrain_dry_run' }]);
    expect(await rows(`select id from outbox where kind = 'retrain'`)).toEqual([]);
    // What was rehearsed holds nothing up.
    expect((await ask(await model())).run?.state).toBe('requested');
  });

  it('counts the runs of seven days, sliding', async () => {
    const spec = await model({ cooldownMs: 0, maxPerWeek: 1, approval: { expiresAfterMs: HOUR_MS } });
    const decide = createDecideRun(line.pool, () => spec);
    const runId = (await ask(spec)).run?.request.runId ?? '';
    expect((await decide({ runId, decision: 'approve', by: 'ana', comment: null }, NOW)).ok).toBe(true);
    await line.pool.query(`update retrain_run set state = 'succeeded', closed_at = now()`);
    const week = 7 * 24 * HOUR_MS;
    expect((await ask(spec, false, NOW + week - 1)).reason).toBe('weekly_cap');
    expect((await ask(spec, false, NOW + week)).reason).toBe('asked_by_hand');
  });

  it('keeps its pace across versions: what a new one asks for follows what the old one asked for', async () => {
    const spec = await model({ maxPerWeek: 1 });
    await finish(await ask(spec), 'succeeded', NOW);
    versionId = await ensureVersion(line.pool, catalog.models[0]?.id ?? 0, '2');
    expect((await ask(spec, false, NOW + HOUR_MS)).reason).toBe('cooldown');
    expect((await ask(spec, false, NOW + 25 * HOUR_MS)).reason).toBe('weekly_cap');
    expect((await ask(spec, true, NOW + HOUR_MS)).reason).toBe('asked_by_hand');
  });

  it('of two versions that ask at the same moment one gets through', async () => {
    const spec = await model();
    const other = await ensureVersion(line.pool, catalog.models[0]?.id ?? 0, '2');
    const answers = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, at) => await ask(spec, false, NOW, at % 2 === 0 ? versionId : other),
      ),
    );
    expect(answers.filter(({ run }) => run !== null)).toHaveLength(1);
  });

  const schedules = async (): Promise<{ held_by: string | null; last_due_at: string }[]> =>
    await rows('select held_by, last_due_at from retrain_schedule');
  const keepSchedule = async (nowMs: number): Promise<void> =>
    await requestScheduledRetrains({ pool: line.pool, catalog, timezone: 'UTC', log: silentLog }, nowMs);

  it('puts a schedule off while something holds it back, and makes up for it', async () => {
    const spec = await model({ schedule: '0 3 1 * *', cooldownMs: 48 * HOUR_MS });
    // Seen for the first time in February: what was due before is nobody's business.
    await keepSchedule(Date.UTC(2026, 1, 10));
    expect(await runs()).toEqual([]);
    const asked = await ask(spec, false, NOW - HOUR_MS);
    await finish(asked, 'failed', NOW - HOUR_MS / 2);
    await keepSchedule(NOW);
    expect(await schedules()).toMatchObject([{ held_by: 'cooldown' }]);
    await keepSchedule(NOW + 46 * HOUR_MS);
    expect(await runs()).toHaveLength(1);
    await keepSchedule(NOW + 47 * HOUR_MS);
    expect(await runs()).toHaveLength(2);
    expect(await schedules()).toMatchObject([{ held_by: null }]);
    await keepSchedule(NOW + 72 * HOUR_MS);
    expect(await runs()).toHaveLength(2);
  });

  it('drops a schedule that a run has satisfied meanwhile', async () => {
    const spec = await model({ schedule: '0 3 1 * *', cooldownMs: 48 * HOUR_MS });
    await keepSchedule(Date.UTC(2026, 1, 10));
    const asked = await ask(spec, false, NOW - HOUR_MS);
    await keepSchedule(NOW);
    expect(await schedules()).toMatchObject([{ held_by: 'open_run' }]);
    await finish(asked, 'succeeded', NOW + HOUR_MS);
    await keepSchedule(NOW + 72 * HOUR_MS);
    expect(await runs()).toHaveLength(1);
    expect(await schedules()).toMatchObject([{ held_by: null }]);
  });

  async function finish({ run }: RetrainAnswer, status: 'failed' | 'succeeded', atMs: number): Promise<void> {
    await line.pool.query('update retrain_run set state = $2, closed_at = $3 where id = $1', [
      run?.request.runId,
      status,
      new Date(atMs),
    ]);
  }
});
