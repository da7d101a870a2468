import { afterAll, beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import type { Diagnosis, Maturity } from '../../../src/core/findings.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import type { CategoricalColumn, NumericColumn, Table } from '../../../src/core/table.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { delayBin } from '../../../src/stats/delay-bins.ts';
import { createRandom, type Random } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { modelPerformance } from '../../../src/store/read-models/screens/model-performance.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

const START = Date.UTC(2026, 2, 1);
const MODEL = modelSpec({
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 30 * DAY_MS, matureAfterMs: 3 * HOUR_MS, minLabelled: 200 },
  alerts: { forWindows: 1, remindEveryMs: DAY_MS, channels: ['mail'] },
});

describeWith(['postgres'], 'labels that come late', () => {
  const pools: Pool[] = [];
  let pool: Pool;
  let catalog: ModelCatalog;
  beforeEach(async () => {
    const { url } = await createDatabase('maturity');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  test('the delay curve says how many are to come, and a window matures by it where that is allowed', async () => {
    await watch({ ...MODEL, labels: { ...MODEL.labels, matureEarly: true } });
    const random = createRandom(1);
    const hours = Array.from({ length: 12 }, (_, hour) => customers(random, hour, 300));
    // Five in ten pay within two minutes, four after some 70 minutes, one is never heard of.
    const delayOf = (row: number): number | null =>
      row % 10 === 0 ? null : row % 2 === 0 ? 70 * MINUTE_MS : 2 * MINUTE_MS;
    const labels = hours.flat().flatMap((customer, row) => {
      const delay = delayOf(row);
      return delay === null
        ? []
        : [{ ...outcome(customer, customer.approve), timestamp: customer.ms + delay }];
    });
    await send(hours.flat().map(prediction));
    // Twelve hours have passed, and what was known by then.
    const nowMs = START + 12 * HOUR_MS;
    await send(labels.filter(({ timestamp }) => timestamp < nowMs));
    await send([prediction({ ...customers(random, 12, 1)[0]!, ms: nowMs })]);
    await judge();

    const counts = await pool.query<{ bin: number; labels: number }>(
      'select bin, sum(labels)::int as labels from label_delay group by bin order by bin',
    );
    const known = labels.filter(({ timestamp }) => timestamp < nowMs);
    expect(counts.rows.map(({ bin }) => bin)).toEqual([delayBin(2 * MINUTE_MS), delayBin(70 * MINUTE_MS)]);
    expect(counts.rows.reduce((sum, each) => sum + each.labels, 0)).toBe(known.length);

    const last = await maturityOf(11, 'closed');
    expect(last).toMatchObject({ state: 'provisional', reason: 'labels_expected' });
    expect(last?.labelled_share).toBeLessThan(0.55);
    expect(last?.expected_share).toBeGreaterThan(0.85);
    expect(last?.expected_share).toBeLessThan(0.95);
    expect(last?.expected_labels).toBeGreaterThan(100);
    const [low = 0, high = 0] = last?.expected_interval ?? [];
    expect(low).toBeLessThan(0.9);
    expect(high).toBeGreaterThan(0.9);
    // Two hours old: the promise is three, but history says that no more will come.
    expect(await maturityOf(9, 'matured')).toMatchObject({ state: 'mature', reason: 'labels_complete' });
    expect(await maturityOf(2, 'matured')).toMatchObject({
      state: 'mature',
      reason: 'mature_after_passed',
      labelled_share: 0.9,
      expected_labels: 0,
    });

    // What is revised, or comes again, has its delay counted already.
    await send(known.map((label) => ({ ...label, label: 'deny', timestamp: label.timestamp + HOUR_MS })));
    await judge();
    const again = await pool.query<{ labels: number }>('select sum(labels)::int as labels from label_delay');
    expect(again.rows).toEqual([{ labels: known.length }]);
  });

  test('without leave to mature early the promise holds', async () => {
    await watch(MODEL);
    const random = createRandom(2);
    const hours = Array.from({ length: 8 }, (_, hour) => customers(random, hour, 300));
    await send(hours.flat().map(prediction));
    await send(hours.flat().map((customer) => outcome(customer, customer.approve)));
    await send([prediction({ ...customers(random, 8, 1)[0]!, ms: START + 8 * HOUR_MS })]);
    await judge();
    expect(await maturityOf(7, 'closed')).toMatchObject({
      state: 'provisional',
      reason: 'labels_complete',
      labelled_share: 1,
    });
    expect(await maturityOf(7, 'matured')).toBeNull();
    expect(await maturityOf(4, 'matured')).toMatchObject({ state: 'mature' });

    // The screen says how far they are in, also of a window that nobody judges by them before its time.
    const shown = await modelPerformance(pool, { model: MODEL.name, nowMs: START + 8 * HOUR_MS });
    if (!shown.ok) throw new Error(shown.error.detail);
    const figures = shown.value.points.map(
      ({ labelled, share, expected_share: expected, mature, realised }) => [
        labelled,
        share,
        expected,
        mature,
        realised !== null,
      ],
    );
    expect(figures.slice(4)).toEqual([
      [300, 1, 1, true, true],
      [300, 1, 1, false, true],
      [300, 1, 1, false, true],
      [300, 1, 1, false, true],
      [0, null, null, false, false],
    ]);
  });

  test('labels of the approved alone are called biased, and taken for no shift of all', async () => {
    await watch(MODEL);
    const random = createRandom(3);
    const all = customers(random, 0, 1_000);
    await send(all.map(prediction));
    await send(
      all.filter(({ score }) => score >= 0.5).map((customer) => outcome(customer, customer.approve)),
    );
    await send([prediction({ ...customers(random, 4, 1)[0]!, ms: START + 4 * HOUR_MS })]);
    await judge();
    const maturity = await maturityOf(0, 'matured');
    expect(maturity?.arrival_bias).toMatchObject({
      tested: true,
      biased: true,
      feature: 'score',
      distance: 1,
    });
    const found = await pool.query<{ diagnosis: Diagnosis }>(
      `select diagnosis from verdict where series = 'matured'`,
    );
    expect(found.rows[0]?.diagnosis).toMatchObject({ verdict: 'none', not_tested: ['label_shift'] });
  });

  test('a verdict that corrected labels undo is taken back once, in the same incident', async () => {
    await watch(MODEL);
    const random = createRandom(4);
    const all = customers(random, 0, 1_500);
    // As if older customers paid back when the model thinks that they will not.
    const wrong = all.map((each) => outcome(each, each.age >= 45 ? !each.approve : each.approve));
    const right = (minutes: number) =>
      all.map((customer) => ({
        ...outcome(customer, customer.approve),
        timestamp: customer.ms + minutes * MINUTE_MS,
      }));
    await send(all.map(prediction));
    await send(wrong);
    await send([prediction({ ...customers(random, 4, 1)[0]!, ms: START + 4 * HOUR_MS })]);
    await judge();
    expect(await verdicts()).toEqual(['concept_drift']);
    const [fired] = await notices();
    expect(fired).toMatchObject({
      kind: 'firing',
      series: 'matured',
      diagnosis: { verdict: 'concept_drift' },
    });
    expect(await notices()).toHaveLength(1);

    // Late labels mark the window; it is evaluated again once an hour has passed, not before.
    await send(right(30));
    await sweepLabels({ pool, catalog, reevaluateAfterMs: HOUR_MS, log: silentLog });
    await judge();
    expect(await verdicts()).toEqual(['concept_drift']);
    const due = await pool.query<{ minutes: number }>(
      `select extract(epoch from evaluation_due_at - now())::float8 / 60 as minutes from "window"
       where evaluation_due_at is not null`,
    );
    expect(due.rows).toHaveLength(1);
    expect(due.rows[0]?.minutes).toBeGreaterThan(58);
    await pool.query('update "window" set evaluation_due_at = now() where evaluation_due_at is not null');
    await judge();
    expect(await verdicts()).toEqual(['concept_drift', 'none']);
    const [, corrected] = await notices();
    expect(corrected).toMatchObject({
      kind: 'corrected',
      incidentId: fired?.incidentId,
      sinceMs: fired?.sinceMs,
      firedVerdict: 'concept_drift',
      windowId: fired?.windowId,
      decisionReason: 'told_shift_gone',
      nextReminderAtMs: null,
      correction: { told: 'concept_drift', incident: 'withdrawn' },
      diagnosis: { verdict: 'none' },
    });
    const alert = await pool.query('select state, next_reminder_at from alert');
    expect(alert.rows).toEqual([{ state: 'resolved', next_reminder_at: null }]);

    // However often it is evaluated again, and whatever the labels then say.
    await send(wrong.map((label) => ({ ...label, timestamp: label.timestamp + HOUR_MS })));
    await judge();
    await send(right(120));
    await judge();
    expect(await verdicts()).toEqual(['concept_drift', 'none', 'concept_drift', 'none']);
    expect((await notices()).map(({ kind }) => kind)).toEqual(['firing', 'corrected']);
    const events = await pool.query<{ kind: string }>('select kind from alert_event order by id');
    expect(events.rows.map(({ kind }) => kind)).toEqual(['firing', 'withdrawn', 'corrected']);
  });

  test('an incident goes on while other windows of it stand, and of two who evaluate one tells', async () => {
    await watch({ ...MODEL, alerts: { ...MODEL.alerts, forWindows: 2 } });
    const random = createRandom(5);
    const hours = [0, 1].map((hour) => customers(random, hour, 1_500));
    const label = (each: Customer, right: boolean, minutes: number) => ({
      ...outcome(each, right || each.age < 45 ? each.approve : !each.approve),
      timestamp: each.ms + minutes * MINUTE_MS,
    });
    await send(hours.flat().map(prediction));
    await send(hours.flat().map((each) => label(each, false, 1)));
    await send([prediction({ ...customers(random, 5, 1)[0]!, ms: START + 5 * HOUR_MS })]);
    await judge();
    expect((await notices()).map(({ kind, windowId }) => [kind, windowId])).toEqual([
      ['firing', await windowOf(1)],
    ]);

    // People heard of the second window. The first one, on which the incident rests as well, is no news to them.
    await send((hours[1] ?? []).map((each) => label(each, true, 30)));
    await judge(3);
    const [, corrected, ...more] = await notices();
    expect(more).toEqual([]);
    expect(corrected).toMatchObject({
      kind: 'corrected',
      windowId: await windowOf(1),
      correction: { told: 'concept_drift', incident: 'open' },
      nextReminderAtMs: START + 11 * DAY_MS + 5 * MINUTE_MS,
    });
    expect((await pool.query('select state from alert')).rows).toEqual([{ state: 'firing' }]);

    await send((hours[0] ?? []).map((each) => label(each, true, 30)));
    await judge(3);
    expect((await pool.query('select state from alert')).rows).toEqual([{ state: 'resolved' }]);
    expect(await notices()).toHaveLength(2);
    const events = await pool.query<{ kind: string }>('select kind from alert_event order by id');
    expect(events.rows.map(({ kind }) => kind)).toEqual(['pending', 'firing', 'corrected', 'withdrawn']);
  });

  async function watch(spec: ModelSpec): Promise<void> {
    await storeBaseline(pool, spec, '1', training(createRandom(9), 3_000), { file: 'training.csv' });
    catalog = await ModelCatalog.open(pool, [spec]);
  }

  async function send(events: readonly object[]): Promise<void> {
    const accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
    const answer = await accept({ body, idempotencyKey: null, receivedAtMs: START + 10 * DAY_MS });
    expect(answer).toMatchObject({ ok: true, value: { accepted: events.length, dead_letters: [] } });
  }

  /** Joins all labels, and evaluates what is due, so many times at one moment, until nothing more follows from it. */
  async function judge(atOnce = 1): Promise<void> {
    while ((await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog })).taken > 0);
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    const clock = { nowMs: () => START + 10 * DAY_MS };
    for (;;) {
      await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 3_650 * DAY_MS });
      const due = await pool.query<{ payload: Parameters<typeof evaluate>[1] }>(
        `update outbox set done_at = now() where kind = 'evaluate' and done_at is null returning payload`,
      );
      if (due.rows.length === 0) return;
      for (const { payload } of due.rows) {
        await Promise.all(
          Array.from({ length: atOnce }, async () => {
            await evaluate({ pool, catalog, compute, clock, log: silentLog }, payload);
          }),
        );
      }
    }
  }

  async function maturityOf(hour: number, series: string): Promise<Maturity | null> {
    const found = await pool.query<{ maturity: Maturity }>(
      `select v.performance->'maturity' as maturity from verdict v join "window" w on w.id = v.window_id
       where w.start_at = $1 and v.series = $2 order by v.revision desc limit 1`,
      [new Date(START + hour * HOUR_MS), series],
    );
    return found.rows[0]?.maturity ?? null;
  }

  async function windowOf(hour: number): Promise<string> {
    const found = await pool.query<{ id: string }>(
      'select id::text as id from "window" where start_at = $1',
      [new Date(START + hour * HOUR_MS)],
    );
    return found.rows[0]?.id ?? '';
  }

  async function verdicts(): Promise<string[]> {
    const found = await pool.query<{ verdict: string }>(
      `select verdict from verdict where series = 'matured' order by revision`,
    );
    return found.rows.map(({ verdict }) => verdict);
  }

  async function notices(): Promise<IncidentNews[]> {
    const found = await pool.query<{ payload: { notification: IncidentNews } }>(
      `select payload from outbox where kind = 'notify' order by id`,
    );
    return found.rows.map(({ payload }) => payload.notification);
  }
});

interface Customer {
  readonly id: string;
  readonly ms: number;
  readonly income: number;
  readonly age: number;
  readonly score: number;
  /** What truly happens. */
  readonly approve: boolean;
}

function customer(random: Random, id: string, ms: number): Customer {
  const income = 4 * random() - 2;
  const score = 1 / (1 + Math.exp(-2 * income));
  return { id, ms, income, age: 20 + Math.floor(50 * random()), score, approve: random() < score };
}

function customers(random: Random, hour: number, count: number): Customer[] {
  return Array.from({ length: count }, (_, row) =>
    customer(random, `h${hour}r${row}`, START + hour * HOUR_MS + Math.floor((row * HOUR_MS) / count)),
  );
}

function prediction({ id, ms, income, age, score }: Customer) {
  return {
    type: 'prediction',
    model: 'credit-risk',
    model_version: '1',
    prediction_id: id,
    timestamp: ms,
    features: { income, age },
    prediction: score >= 0.5 ? 'approve' : 'deny',
    score,
  };
}

function outcome({ id, ms }: Customer, approve: boolean) {
  return {
    type: 'label',
    model: 'credit-risk',
    prediction_id: id,
    timestamp: ms + MINUTE_MS,
    label: approve ? 'approve' : 'deny',
  };
}

function training(random: Random, rows: number): Table {
  const all = Array.from({ length: rows }, (_, row) => customer(random, `t${row}`, 0));
  const numeric = (name: string, of: (each: Customer) => number): NumericColumn => ({
    name,
    kind: 'numeric',
    values: Float64Array.from(all, of),
    invalid: 0,
  });
  const classes = (name: string, of: (each: Customer) => boolean): CategoricalColumn => ({
    name,
    kind: 'categorical',
    codes: Int32Array.from(all, (each) => Number(of(each))),
    levels: ['deny', 'approve'],
    invalid: 0,
  });
  return {
    rows,
    features: [numeric('income', ({ income }) => income), numeric('age', ({ age }) => age)],
    prediction: classes('prediction', ({ score }) => score >= 0.5),
    score: numeric('score', ({ score }) => score),
    label: classes('label', ({ approve }) => approve),
    timestampMs: null,
    predictionId: null,
  };
}
