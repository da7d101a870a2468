/** What the labels of one window are too few to show is told by several, once, and is over when they no longer do. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { sendReminders } from '../../../src/pipeline/messages/reminders.ts';
import type { AlertSeriesKey } from '../../../src/store/alerts/alerts.ts';
import { loadJudgedAfter } from '../../../src/store/alerts/told-verdicts.ts';
import { createPool, inTransaction, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { levels } from '../../simulate/table-of-rows.ts';
import { tableOf } from '../../diagnose/tables.ts';
import { Service } from '../evaluate/time-series.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 300;
const MODEL = modelSpec({
  name: 'loans',
  positiveClass: 'yes',
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 900 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
  alerts: { forWindows: 4, remindEveryMs: DAY_MS, channels: ['mail'] },
  multivariate: false,
});

interface Row {
  readonly income: number;
  readonly age: number;
  readonly score: number;
  readonly label: 'yes' | 'no';
}

const predicted = ({ score }: Row): string => (score > 0.5 ? 'yes' : 'no');

interface Changed {
  /** As much less does age make people pay. */
  readonly lost?: number;
  /** Standard deviations that incomes have moved by. */
  readonly moved?: number;
}

function rowsOf(seed: number, count: number, { lost = 0, moved = 0 }: Changed = {}): Row[] {
  const draw = draws(seed);
  const chance = (income: number, age: number): number => 1 / (1 + Math.exp(-1.4 * income - age));
  return Array.from({ length: count }, () => {
    const [income, age] = [draw.normal() + moved, draw.normal()];
    const pays = draw.uniform() < chance(income, (1 - lost) * age);
    return { income, age, score: chance(income, age), label: pays ? 'yes' : 'no' };
  });
}

describeWith(['postgres'], 'labels of several windows', () => {
  let pool: Pool;
  let service: Service;
  const pools: Pool[] = [];
  beforeEach(async () => {
    const { url } = await createDatabase('labels_together');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
    const rows = rowsOf(1, 8_000);
    const table = tableOf({
      features: { income: rows.map(({ income }) => income), age: rows.map(({ age }) => age) },
      score: rows.map(({ score }) => score),
      label: rows.map(({ label }) => label),
    });
    const prediction = levels('prediction', rows.map(predicted));
    await storeBaseline(pool, MODEL, '1', { ...table, prediction }, { file: 'training.csv' });
    service = await Service.open(pool, MODEL);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  async function hours(from: number, to: number, changed: Changed = {}): Promise<void> {
    for (let hour = from; hour < to; hour++) {
      const events = rowsOf(100 + hour, ROWS, changed).flatMap((row, at) => {
        const { income, age, score, label } = row;
        const prediction = predicted(row);
        const timestamp = START + hour * HOUR_MS + Math.floor((at * HOUR_MS) / ROWS);
        const of = { model: MODEL.name, prediction_id: `p${hour}-${at}` };
        const features = { income, age };
        return [
          { type: 'prediction', ...of, model_version: '1', timestamp, features, prediction, score },
          { type: 'label', ...of, label, timestamp: timestamp + 1 },
        ];
      });
      await service.sendEvents(events, START + 400 * DAY_MS);
      await service.evaluateDue(START + (hour + 1) * HOUR_MS);
    }
    await service.evaluateDue(START + (to + 1) * HOUR_MS);
  }

  async function notices(): Promise<IncidentNews[]> {
    const found = await pool.query<{ payload: { notification: IncidentNews } }>(
      `select payload from outbox where kind = 'notify' order by id`,
    );
    return found.rows.map(({ payload }) => payload.notification);
  }

  test('show what those of one do not', { timeout: 600_000 }, async () => {
    await hours(0, 12);
    expect(await notices()).toEqual([]);
    await hours(12, 24, { lost: 0.6 });
    const [fired, ...others] = await notices();
    expect(others).toEqual([]);
    expect(fired).toMatchObject({
      kind: 'firing',
      series: 'matured',
      decisionReason: 'windows_together',
      firedVerdict: 'concept_drift',
    });
    expect(Math.abs((fired?.sinceMs ?? 0) - (START + 12 * HOUR_MS))).toBeLessThanOrEqual(3 * HOUR_MS);
    const { headline } = messageContent(fired!, { timeZone: 'UTC', publicUrl: null });
    expect(headline).toMatch(/^Concept drift .*: retrain\.$/);
    const own = await pool.query<{ verdict: string }>(
      `select v.verdict from verdict v join "window" w on w.id = v.window_id
       where v.series = 'matured' and v.segment = '' order by w.start_at`,
    );
    const inARow = own.rows.map(({ verdict }) => (verdict === 'none' ? ' ' : 'x')).join('');
    expect(inARow).not.toContain('xxxx');

    await hours(24, 48);
    expect((await notices()).map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
  });

  test('show what begins while moved inputs stay away, in their thread', { timeout: 600_000 }, async () => {
    await hours(0, 4);
    await hours(4, 16, { moved: 0.7 });
    expect(await notices()).toMatchObject([{ kind: 'firing', firedVerdict: 'covariate_shift' }]);
    await hours(16, 26, { moved: 0.7, lost: 0.6 });
    const told = await notices();
    expect(told.slice(1)).toMatchObject([{ kind: 'firing', series: 'matured' }]);
    const headline = (news: IncidentNews): string =>
      messageContent(news, { timeZone: 'UTC', publicUrl: null }).headline;
    expect(headline(told[1]!)).toMatch(
      /^Covariate shift of income since 2 Mar 04:00, and concept drift since 2 Mar 1[4-8]:00, .*: retrain\.$/,
    );
    // One more window does not end it: who is reminded hears what goes on, and of both beginnings as they were told.
    await hours(26, 27, { moved: 0.7 });
    expect(await sendReminders(pool, service.catalog, START + 460 * DAY_MS)).toBe(1);
    const [, toldOf = ''] = /concept drift (since 2 Mar 1\d:00)/.exec(headline(told[1]!)) ?? [];
    expect(headline((await notices()).at(-1)!)).toMatch(
      new RegExp(
        `^Covariate shift of income since 2 Mar 04:00, \\d+ % sure: watch\\. Concept drift ${toldOf}: not known to be over\\.$`,
      ),
    );
    const { rows } = await pool.query<AlertSeriesKey>(
      `select model_version_id as "modelVersionId", size_ms as "sizeMs", segment, series from alert_cursor where series = 'matured'`,
    );
    const after = (hour: number) =>
      inTransaction(pool, async (tx) => await loadJudgedAfter(tx, rows[0]!, START + hour * HOUR_MS));
    const { windows, untilMs } = await after(20);
    expect(untilMs).toBe(START + (21 + windows) * HOUR_MS);
    expect(await after(20 + windows)).toEqual({ windows: 0, untilMs: START + (20 + windows) * HOUR_MS });
    await hours(27, 32, { moved: 0.7 });
    const [, , over, ...others] = (await notices()).filter(
      ({ kind, overTypes }) => kind !== 'reminder' || overTypes,
    );
    expect(others).toEqual([]);
    expect(over).toMatchObject({ kind: 'reminder', overTypes: ['concept_drift'], series: 'matured' });
    expect(headline(over!)).toMatch(
      /^Concept drift over by 3 Mar 0[2-6]:00; the covariate shift of income since 2 Mar 04:00 goes on\.$/,
    );
  });
});
