import { tmpdir } from 'node:os';
import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import { judgeRetrains } from '../../../src/pipeline/retrain/judge-retrains.ts';
import { closeSilentRuns } from '../../../src/pipeline/retrain/silent-runs.ts';
import { MAX_PROGRESS_POINTS } from '../../../src/store/retrain/progress.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { until } from '../../harness/wait.ts';
import { START, startRetrainLine, type RetrainLine } from './line.ts';

interface Asked {
  readonly data: { readonly run_id: string; readonly status_url: string };
}

describeWith(['postgres'], 'the loop of retraining', () => {
  let line: RetrainLine;
  beforeEach(async () => {
    line = await startRetrainLine('retrain_loop');
    await line.baseline('1', 0.9);
  });

  const judge = async (nowMs = Date.now()) => {
    const { pool, catalog } = line;
    await judgeRetrains({ pool, catalog, log: silentLog }, nowMs);
  };

  /** Version 1 has become bad, and a run was asked for. */
  async function ask(): Promise<string> {
    await line.hour(0, '1', 0.7);
    await line.evaluate();
    const { id, state, trigger } = await line.run();
    expect({ state, trigger }).toEqual({ state: 'requested', trigger: 'performance' });
    return id;
  }

  async function succeed(runId: string): Promise<void> {
    expect(await line.report(runId, { status: 'succeeded', new_version: '2' })).toMatchObject({
      status: 200,
    });
  }

  test('from the request over the curve to a new version that has fixed it', async () => {
    await line.hour(0, '1', 0.7);
    await line.evaluate();
    await line.act();
    const asked = (await line.training.waitForRequest(({ path }) => path === '/retrain')).json() as Asked;
    const runId = asked.data.run_id;
    expect(asked.data.status_url).toMatch(new RegExp(`/api/v1/retrains/${runId}/status$`));
    await until(async () => (await line.run()).state === 'sent', { what: 'the run to be sent' });

    // A curve whose points come out of order, twice, and in lists.
    const point = (epoch: number, value: number) => ({
      metric: 'accuracy',
      value,
      epoch,
      elapsed_s: 60 * epoch,
      energy_j: 5_000 * epoch,
    });
    for (const progress of [
      point(3, 0.92),
      [point(1, 0.6), point(2, 0.88)],
      point(3, 0.92),
      point(2, 0.88),
    ]) {
      expect(await line.report(runId, { status: 'running', progress })).toEqual({
        status: 200,
        body: { state: 'running', next: null },
      });
    }
    expect(await line.report(runId, { status: 'running', progress: { metric: 'x' } })).toMatchObject({
      status: 400,
    });
    expect(await line.report(runId, { status: 'succeeded', new_version: '2' })).toEqual({
      status: 200,
      body: {
        state: 'succeeded',
        next: 'shiftwatch baseline create --model credit-risk --version 2 training.csv',
      },
    });
    // A point that was on its way when the run ended.
    expect(await line.report(runId, { status: 'running', progress: point(4, 0.93) })).toMatchObject({
      status: 200,
      body: { state: 'succeeded' },
    });
    expect(await line.report(runId, { status: 'running' })).toMatchObject({ status: 409 });

    const { progress, new_baseline: missing } = await line.run();
    expect(progress.points.map(({ epoch, elapsed_s }) => [epoch, elapsed_s])).toEqual([
      [1, 60],
      [2, 120],
      [3, 180],
      [4, 240],
    ]);
    expect(progress.target).toMatchObject({ metric: 'accuracy', better: 'higher', source: 'baseline' });
    expect(progress.target?.value).toBeCloseTo(0.9, 1);
    expect(progress.reached).toEqual({ elapsed_s: 180, energy_j: 15_000, cost: null });
    expect(missing?.exists).toBe(false);

    await judge();
    expect(await line.run()).toMatchObject({ outcome: 'too_early', outcome_reason: 'no_predictions_yet' });
    expect(await versionState('2')).toBe('shadow');

    expect(await line.postBaseline('2', 0.9)).toMatchObject({
      status: 201,
      body: { revision: 1, rows: 4_000, features: 1, unchanged: false },
    });
    expect(await line.postBaseline('2', 0.9)).toMatchObject({ status: 200, body: { unchanged: true } });
    const misread = await line.postBaseline('2', 0.9, 'application/x-ndjson');
    expect(misread.status).toBe(400);
    expect(JSON.stringify(misread.body)).toContain('the body');
    expect(JSON.stringify(misread.body)).not.toContain(tmpdir());
    expect(await line.postBaseline('2', 0.9, 'application/xml')).toMatchObject({ status: 415 });
    for (const hour of [1, 2]) {
      await line.hour(hour, '1', 0.7);
      await line.hour(hour, '2', 0.9);
    }
    await line.evaluate();
    // Whoever looks, and however often: it is said once.
    await Promise.all([judge(), judge(), judge()]);
    await judge();

    const run = await line.run();
    expect(run).toMatchObject({ outcome: 'fixed', outcome_reason: 'performance_restored' });
    expect(run.outcome_details).toMatchObject({
      metric: 'accuracy',
      basis: 'side_by_side',
      new: { version: '2', labelled: 1_200, windows: 2 },
      old: { version: '1', labelled: 1_200, windows: 2 },
    });
    expect(run.outcome_details?.summary).toMatch(
      /^The retraining has fixed it: version 2 has accuracy 0\.[89]/,
    );
    expect(run.new_baseline).toEqual({ exists: true, command: null });
    expect(await versionState('2')).toBe('active');
    expect((await line.told()).map(({ kind, run: about }) => [kind, about?.outcome])).toEqual([
      ['retrain_outcome', 'fixed'],
    ]);
    const message = await line.training.waitForRequest(
      ({ path, body }) => path === '/oncall' && body.includes('retrain_outcome'),
    );
    expect(message.body.toString()).toContain('The retraining has fixed it');
  });

  async function versionState(name: string): Promise<string | undefined> {
    const found = await line.pool.query<{ state: string }>(
      'select state from model_version where name = $1',
      [name],
    );
    return found.rows[0]?.state;
  }

  test('a new version that is as bad has not fixed it', async () => {
    const runId = await ask();
    await succeed(runId);
    await line.hour(1, '1', 0.7);
    await line.hour(1, '2', 0.7);
    await line.evaluate();
    await judge();
    expect(await line.run()).toMatchObject({ outcome: 'not_fixed', outcome_reason: 'still_beyond_limit' });
    const [told] = await line.told();
    expect(told).toMatchObject({ kind: 'retrain_outcome', run: { outcome: 'not_fixed', newVersion: '2' } });
    expect(told?.run?.next).toMatch(/trained on/);
  });

  test('a new version that is worse is called so, and one that replaced the old is compared with the time before', async () => {
    const runId = await ask();
    await line.report(runId, { status: 'succeeded' });
    await judge();
    expect(await line.run()).toMatchObject({ outcome: 'too_early', outcome_reason: 'no_new_version' });
    // The pipeline named none: the only version that has appeared since is it.
    await line.hour(1, '2', 0.5);
    await line.evaluate();
    await judge();
    const run = await line.run();
    expect(run).toMatchObject({ outcome: 'worse', outcome_reason: 'worse_than_old', new_version: '2' });
    expect(run.outcome_details).toMatchObject({ basis: 'before', old: { version: '1', windows: 1 } });
  });

  test('what cannot be said is given up, once, after its time', async () => {
    const runId = await ask();
    await succeed(runId);
    await judge();
    const giveUpAtMs = Date.now() + 10 * DAY_MS;
    await judge(giveUpAtMs - HOUR_MS);
    expect(await line.told()).toEqual([]);
    await judge(giveUpAtMs + MINUTE_MS);
    await judge(giveUpAtMs + DAY_MS);
    expect(await line.run()).toMatchObject({ outcome: 'undecided', outcome_reason: 'no_predictions_yet' });
    expect((await line.told()).map(({ run }) => run?.outcome)).toEqual(['undecided']);
  });

  test('killed between judging and telling, it does both again', async () => {
    const runId = await ask();
    await succeed(runId);
    await line.hour(1, '2', 0.9);
    await line.evaluate();
    await line.pool.query(
      `create function die() returns trigger language plpgsql as $$ begin raise 'killed'; end $$`,
    );
    await line.pool.query(
      `create trigger die before insert on outbox for each row when (new.kind = 'notify' and new.key like '%:other') execute function die()`,
    );
    await expect(judge()).rejects.toThrow('killed');
    expect(await line.run()).toMatchObject({ outcome: null });
    expect(await line.told()).toEqual([]);
    await line.pool.query('drop trigger die on outbox');
    await judge();
    await judge();
    expect(await line.run()).toMatchObject({ outcome: 'fixed' });
    expect(await line.told()).toHaveLength(1);
  });

  test('a run that fails is told of once, with its reason, until a later one succeeds', async () => {
    const runId = await ask();
    const failed = { status: 'failed', detail: 'out of memory in step 3\nat node 7' };
    expect(await line.report(runId, failed)).toMatchObject({ status: 200 });
    expect(await line.report(runId, failed)).toMatchObject({ status: 200 });
    const [told, ...more] = await line.told();
    expect(more).toEqual([]);
    expect(told).toMatchObject({ kind: 'retrain_failed', incidentId: `retrain-${runId}` });
    expect(told?.run?.says).toContain('out of memory in step 3');
    expect(await line.run()).toMatchObject({ state: 'failed', in_trouble: true });

    const later = await laterRun(runId);
    await line.report(later, { status: 'succeeded', new_version: '2' });
    await line.report(later, { status: 'succeeded', new_version: '2' });
    expect((await line.told()).map(({ kind, incidentId }) => [kind, incidentId])).toEqual([
      ['retrain_failed', `retrain-${runId}`],
      ['retrain_recovered', `retrain-${runId}`],
    ]);
    const closed = await line.pool.query('select kind, resolution from retrain_incident');
    expect(closed.rows).toEqual([{ kind: 'failed', resolution: 'later_run_succeeded' }]);
  });

  /** As the next trigger after the cooldown would ask for it. */
  async function laterRun(runId: string): Promise<string> {
    const added = await line.pool.query<{ id: string }>(
      `insert into retrain_run (id, model_version_id, state, trigger, reason, webhook, window_id, request, requested_at)
       select gen_random_uuid(), model_version_id, 'requested', trigger, reason, webhook, window_id, request,
         requested_at + interval '1 day' from retrain_run where id = $1 returning id`,
      [runId],
    );
    return added.rows[0]?.id ?? '';
  }

  test('a silent run is told of once, gives way, and is taken back when it reports', async () => {
    const runId = await ask();
    const sentAtMs = START + 30 * DAY_MS;
    await line.pool.query(`update retrain_run set state = 'sent', sent_at = $1, requested_at = $1`, [
      new Date(sentAtMs),
    ]);
    const look = async (nowMs: number) => await closeSilentRuns(line.pool, line.catalog, nowMs);
    expect(await look(sentAtMs + 6 * HOUR_MS - 1)).toBe(0);
    const looks = await Promise.all([1, 2, 3].map(async () => await look(sentAtMs + 6 * HOUR_MS)));
    expect(looks.reduce((sum, closed) => sum + closed)).toBe(1);
    expect(await line.run()).toMatchObject({
      state: 'failed',
      in_trouble: true,
      silent_at: new Date(sentAtMs + 6 * HOUR_MS).toISOString(),
      incidents: [{ kind: 'silent', resolved_at: null }],
    });
    expect((await line.told()).map(({ kind }) => kind)).toEqual(['retrain_silent']);

    expect(await line.report(runId, { status: 'running' })).toMatchObject({ status: 200 });
    expect(await line.run()).toMatchObject({ state: 'running', in_trouble: false, silent_at: null });
    expect((await line.told()).map(({ kind }) => kind)).toEqual(['retrain_silent', 'retrain_recovered']);

    // Heard of a moment ago, it may be silent again; a second time is a conversation of its own.
    expect(await look(Date.now() + 5 * HOUR_MS)).toBe(0);
    expect(await look(Date.now() + 7 * HOUR_MS)).toBe(1);
    const other = await laterRun(runId);
    expect(await line.report(runId, { status: 'running' })).toMatchObject({ status: 409 });
    expect(await line.report(runId, { status: 'failed', detail: 'gone' })).toMatchObject({ status: 200 });
    await line.report(other, { status: 'succeeded' });
    expect((await line.told()).map(({ kind, incidentId }) => [kind, incidentId.slice(44)])).toEqual([
      ['retrain_silent', ''],
      ['retrain_recovered', ''],
      ['retrain_silent', '-2'],
      ['retrain_recovered', '-2'],
      ['retrain_failed', '-3'],
      ['retrain_recovered', '-3'],
    ]);
  });

  test('a curve without end is thinned, and keeps its beginning and its end', async () => {
    const runId = await ask();
    const report = async (from: number) =>
      await line.report(runId, {
        status: 'running',
        progress: Array.from({ length: 100 }, (_, at) => ({
          metric: 'accuracy',
          value: 1 - 1 / (from + at + 2),
          step: from + at,
          elapsed_s: from + at,
        })),
      });
    for (let from = 0; from < 2_500; from += 100) expect(await report(from)).toMatchObject({ status: 200 });
    const { points, reached } = (await line.run()).progress;
    expect(points.length).toBeLessThanOrEqual(MAX_PROGRESS_POINTS);
    expect(points.length).toBeGreaterThan(MAX_PROGRESS_POINTS / 2 - 1);
    expect(points.at(-1)?.step).toBe(2_499);
    expect(points[0]?.step).toBeLessThan(8);
    expect(reached?.elapsed_s).toBeLessThan(20);
  });
});
