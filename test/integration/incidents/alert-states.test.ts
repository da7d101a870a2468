import { afterAll, beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { DEFAULT_OPERATIONAL } from '../../../src/core/operational.ts';
import type { Table } from '../../../src/core/table.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sendReminders } from '../../../src/pipeline/messages/reminders.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

/** For 120,000 rows on a busy machine. */
const WIDE = { timeout: 600_000 };
/** A Monday. */
const START = Date.UTC(2026, 2, 2);
const MODEL = modelSpec({
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  minRows: 5,
  alerts: { forWindows: 2, remindEveryMs: DAY_MS, channels: ['mail'], noData: true },
  operational: { ...DEFAULT_OPERATIONAL, limits: { error_rate: { max: 0.1 } } },
});

describeWith(['postgres'], 'alert states', () => {
  const pools: Pool[] = [];
  let pool: Pool;
  let catalog: ModelCatalog;
  beforeEach(async () => {
    const { url } = await createDatabase('states');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
    await watch(MODEL);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  test('silence is an incident of its own, and over when rows come again', async () => {
    await send(0, 1, 2);
    await at(3);
    expect(await windows()).toEqual(['0', '1', '2']);
    await at(4);
    expect(await windows()).toEqual(['0', '1', '2', '3 unexpected']);
    expect(await events()).toEqual(['no_data pending first_empty_window 3']);
    expect(await notices()).toEqual([]);
    expect(await standing()).toEqual(['no_data no_data']);

    await watch(MODEL); // as after a restart
    await at(5);
    await at(5);
    expect(await events()).toEqual([
      'no_data pending first_empty_window 3',
      'no_data firing enough_empty_windows 4',
    ]);
    const [fired] = await notices();
    expect(fired).toMatchObject({
      kind: 'firing',
      cause: 'no_data',
      segment: '',
      series: 'closed',
      rows: 0,
      sinceMs: START + 3 * HOUR_MS,
      decisionReason: 'enough_empty_windows',
      diagnosis: { verdict: 'undetermined', reason: 'no_rows' },
      nextReminderAtMs: START + 5 * HOUR_MS + DAY_MS + 5 * MINUTE_MS,
    });

    // As many windows as it takes to fire; a day of silence more is no news, but a reminder.
    await at(29);
    expect(await windows()).toHaveLength(5);
    expect(await sendReminders(pool, catalog, START + 29 * HOUR_MS + 5 * MINUTE_MS)).toBe(1);
    expect((await notices()).map(({ kind }) => kind)).toEqual(['firing', 'reminder']);

    await send(29);
    await at(30);
    expect((await events()).at(-1)).toBe('no_data recovering counting_windows_with_rows 29');
    await send(30);
    await at(31);
    expect((await events()).at(-1)).toBe('no_data resolved enough_windows_with_rows 30');
    expect((await notices()).at(-1)).toMatchObject({ kind: 'resolved', cause: 'no_data' });
    expect(await notices()).toHaveLength(3);
  });

  test('an incident of silence ends when silence is none any more', async () => {
    await send(0);
    await at(3);
    expect((await notices()).map(({ kind }) => kind)).toEqual(['firing']);
    await watch({ ...MODEL, alerts: { ...MODEL.alerts, noData: false } });
    await at(9);
    expect(await windows()).toHaveLength(3);
    expect(await sendReminders(pool, catalog, START + 3 * HOUR_MS + DAY_MS + 5 * MINUTE_MS)).toBe(1);
    expect((await notices()).at(-1)).toMatchObject({
      kind: 'resolved',
      decisionReason: 'not_watched',
      nextReminderAtMs: null,
    });
    expect(await sendReminders(pool, catalog, START + 9 * DAY_MS)).toBe(0);
  });

  test('a gap found at once is decided as one that was lived through', async () => {
    const story = async (steps: readonly (() => Promise<void>)[]): Promise<string[]> => {
      for (const step of steps) await step();
      return await events();
    };
    const lived = await story(
      [0, 1, 2, 3, 4, 5, 6].map((hour) => async () => {
        if (hour < 2 || hour > 4) await send(hour);
        await at(hour + 1);
      }),
    );
    const { url } = await createDatabase('states');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
    await watch(MODEL);
    const replayed = await story([async () => await send(0, 1, 5, 6), async () => await at(7)]);
    expect(lived.map((event) => event.split(' ')[1])).toEqual([
      'pending',
      'firing',
      'recovering',
      'resolved',
    ]);
    expect(replayed).toEqual(lived);
  });

  test('a version that hands over is not silent, and one that was is relieved by its successor', async () => {
    await send(0, 1);
    await send({ hour: 2, version: '2' }, { hour: 3, version: '2' }, { hour: 4, version: '2' });
    await at(5);
    expect(await windows('1')).toEqual(['0', '1', '2 served_elsewhere', '3 served_elsewhere']);
    expect(await events()).toEqual([]);
    // Both are gone: the incident is the one's that was there last.
    await at(8);
    expect(await windows('1')).toHaveLength(4);
    expect((await events()).map((event) => event.split(' ')[1])).toEqual(['pending', 'firing']);
    await send({ hour: 8, version: '3' }, { hour: 9, version: '3' }, { hour: 10, version: '3' });
    await at(11);
    expect(await windows('2')).toEqual([
      '2',
      '3',
      '4',
      '5 unexpected',
      '6 unexpected',
      '8 served_elsewhere',
      '9 served_elsewhere',
    ]);
    expect((await events()).at(-1)).toBe('no_data resolved enough_windows_with_rows 9');
  });

  test('nights become usual, and a morning without rows does not', async () => {
    const day = (of: number): number[] => Array.from({ length: 9 }, (_, hour) => 24 * of + 8 + hour);
    await send(...day(0), ...day(1), ...day(2));
    await at(24 * 2 + 17);
    const first = await notices();
    // The first night is news to all; that of the second day is like it.
    expect(first.map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
    expect((await windows()).filter((window) => window.endsWith(' usual')).length).toBeGreaterThan(10);
    await at(24 * 3 + 8);
    expect(await notices()).toHaveLength(2);
    await at(24 * 3 + 10);
    expect((await notices()).at(-1)).toMatchObject({
      kind: 'firing',
      sinceMs: START + (24 * 3 + 8) * HOUR_MS,
    });
  });

  test('a log of last year is not silent since', async () => {
    await send(0, 1);
    await at(24, { received: 'now' });
    expect(await windows()).toEqual(['0', '1']);
    await at(24);
    expect(await windows()).toHaveLength(4);
  });

  test('silence and too few rows neither reset nor count, and show with their reason', async () => {
    await send({ hour: 0, failing: 0.5 }, { hour: 1, rows: 3 }, { hour: 3, failing: 0.5 });
    await at(4);
    expect(await events()).toEqual([
      'operational pending first_breached_window 0',
      'operational not_counted insufficient 1',
      'no_data pending first_empty_window 2',
      'operational not_counted no_data 2',
      'no_data cleared silence_not_confirmed 3',
      'operational firing enough_breached_windows 3',
    ]);
    expect(await notices()).toHaveLength(1);
    await send({ hour: 4, rows: 3 });
    await at(5);
    expect(await standing()).toEqual(['undetermined undetermined']);
  });

  test('breaches begin, go on and end an incident of their own', async () => {
    await send(...[0, 1, 2].map((hour) => ({ hour, failing: 0.5 })));
    await at(3);
    expect(await events()).toEqual([
      'operational pending first_breached_window 0',
      'operational firing enough_breached_windows 1',
      'operational still_firing breach_continues 2',
    ]);
    const [fired] = await notices();
    expect(fired).toMatchObject({
      kind: 'firing',
      cause: 'operational',
      subjects: ['error_rate'],
      features: [],
      performance: null,
      retrain: null,
      operational: { breaches: [{ metric: 'error_rate', kind: 'threshold' }] },
    });
    // One in ten is allowed: nine in a hundred is within, but not by a margin.
    await send({ hour: 3, failing: 0.09, rows: 100 }, { hour: 4 }, { hour: 5 });
    await at(6);
    expect((await events()).slice(3)).toEqual([
      'operational not_counted between_thresholds 3',
      'operational recovering counting_windows_without_breach 4',
      'operational resolved enough_windows_without_breach 5',
    ]);
    expect((await notices()).map(({ kind, cause }) => [kind, cause])).toEqual([
      ['firing', 'operational'],
      ['resolved', 'operational'],
    ]);
  });

  test(
    'a feature that has come back almost neither ends its incident nor goes on with it',
    WIDE,
    async () => {
      const rows = 20_000;
      const spec = { ...MODEL, minRows: 200, storePredictions: false, multivariate: false };
      await storeBaseline(pool, spec, '1', ages(rows, 0), { file: 'training.csv' });
      await watch(spec);
      // Shares of the old that are a shift, that are not quite one (0.87 of the effect floor), and that are as they were.
      const [far, near, back] = [0.1, 0.049, 0];
      for (const [hour, older] of [far, far, near, back, near, back].entries()) {
        await sendAges(hour, rows, older);
      }
      await at(6);
      const nearness = await pool.query<{ effect: string }>(
        `select m.reason as effect from measurement m join "window" w on w.id = m.window_id
       where m.name = 'age' and m.series = 'closed' order by w.start_at`,
      );
      expect(nearness.rows.map(({ effect }) => effect)).toEqual([
        'shifted',
        'shifted',
        'effect_below_floor',
        'not_significant',
        'effect_below_floor',
        'not_significant',
      ]);
      expect(await events()).toEqual([
        'shift pending first_shifted_window 0',
        'shift firing enough_windows 1',
        'shift not_counted between_thresholds 2',
        'shift recovering counting_clean_windows 3',
        'shift not_counted between_thresholds 4',
        'shift resolved enough_clean_windows 5',
      ]);
      expect((await notices())[0]).toMatchObject({ subjects: ['age'], features: [{ name: 'age' }] });
    },
  );

  async function watch(spec: ModelSpec): Promise<void> {
    catalog = await ModelCatalog.open(pool, [spec]);
  }

  interface Hour {
    readonly hour: number;
    readonly version?: string;
    readonly rows?: number;
    readonly failing?: number;
  }

  async function send(...hours: readonly (number | Hour)[]): Promise<void> {
    const accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const predictions = hours
      .map((each) => (typeof each === 'number' ? { hour: each } : each))
      .flatMap(({ hour, version = '1', rows = 20, failing = 0 }) =>
        Array.from({ length: rows }, (_, row) => ({
          type: 'prediction',
          model: MODEL.name,
          model_version: version,
          prediction_id: `${version}-${hour}-${row}`,
          timestamp: START + hour * HOUR_MS + row * 1_000,
          features: { age: 40 },
          prediction: 'approve',
          ...(row < failing * rows && { error: 'timeout' }),
        })),
      );
    const body = Buffer.from(predictions.map((event) => JSON.stringify(event)).join('\n'));
    const answer = await accept({ body, idempotencyKey: null, receivedAtMs: START + 30 * DAY_MS });
    expect(answer).toMatchObject({ ok: true, value: { accepted: predictions.length } });
  }

  /** An hour of predictions for people of ten ages alike, but for a share that is of the oldest. */
  async function sendAges(hour: number, rows: number, older: number): Promise<void> {
    const { features } = ages(rows, older);
    const [age] = features;
    if (age?.kind !== 'numeric') throw new Error('age is a number');
    const lines = Array.from(age.values, (value, row) =>
      JSON.stringify({
        type: 'prediction',
        model: MODEL.name,
        model_version: '1',
        prediction_id: `${hour}-${row}`,
        timestamp: START + hour * HOUR_MS + row * 100,
        features: { age: value },
        prediction: 'approve',
      }),
    );
    const accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const answer = await accept({
      body: Buffer.from(lines.join('\n')),
      idempotencyKey: null,
      receivedAtMs: START + 30 * DAY_MS,
    });
    expect(answer).toMatchObject({ ok: true, value: { accepted: rows } });
  }

  /** What follows when it is five past an hour, all logs are read to their ends, and events had come when they say. */
  async function at(hour: number, { received = 'in time' } = {}): Promise<void> {
    const nowMs = START + hour * HOUR_MS;
    await pool.query(`update source_position set progressed_at = '2000-01-01'`);
    await pool.query(`update watermark set seen_at = case when $1 = 'now' then now() else max_event_at end`, [
      received,
    ]);
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    for (;;) {
      const idleAfterMs = Date.now() - (nowMs + 5 * MINUTE_MS);
      await sweepWindows({ pool, catalog, logSources: [], idleAfterMs });
      const due = await pool.query<{ payload: Parameters<typeof evaluate>[1] }>(
        `update outbox set done_at = now() where kind = 'evaluate' and done_at is null returning payload`,
      );
      if (due.rows.length === 0) return;
      const clock = { nowMs: () => nowMs };
      for (const { payload } of due.rows) {
        await evaluate({ pool, catalog, compute, clock, log: silentLog }, payload);
      }
    }
  }

  /** Hours of the windows of a version, and how their silence was taken. */
  async function windows(version = '1'): Promise<string[]> {
    const found = await pool.query<{ start_at: Date; silence: string | null }>(
      `select w.start_at, w.silence from "window" w join model_version v on v.id = w.model_version_id
       where v.name = $1 order by w.start_at`,
      [version],
    );
    return found.rows.map(
      ({ start_at: at, silence }) => `${hourOf(at)}${silence === null ? '' : ` ${silence}`}`,
    );
  }

  async function events(): Promise<string[]> {
    const found = await pool.query<{ cause: string; kind: string; reason: string; start_at: Date }>(
      `select a.cause, e.kind, e.reason, w.start_at
       from alert_event e join alert a on a.id = e.alert_id join "window" w on w.id = e.window_id
       where e.kind <> 'reminder' order by w.start_at, e.id`,
    );
    return found.rows.map(
      ({ cause, kind, reason, start_at: at }) => `${cause} ${kind} ${reason} ${hourOf(at)}`,
    );
  }

  async function standing(): Promise<string[]> {
    const found = await pool.query<{ standing: string }>(
      `select state || ' ' || reason as standing from alert_cursor where series = 'closed' and segment = ''`,
    );
    return found.rows.map((row) => row.standing);
  }

  async function notices(): Promise<IncidentNews[]> {
    const found = await pool.query<{ payload: { notification: IncidentNews } }>(
      `select payload from outbox where kind = 'notify' order by id`,
    );
    return found.rows.map(({ payload }) => payload.notification);
  }
});

/** Ten ages, a tenth each; `older` of all, here and there, are of the last one instead: in a row it would be stuck. */
function ages(rows: number, older: number): Table {
  const isMoved = (row: number): boolean => (row * 7919) % rows < rows * older;
  return {
    rows,
    features: [
      {
        kind: 'numeric',
        name: 'age',
        values: Float64Array.from({ length: rows }, (_, row) => (isMoved(row) ? 65 : 20 + 5 * (row % 10))),
        invalid: 0,
      },
    ],
    prediction: {
      kind: 'categorical',
      name: 'prediction',
      levels: ['approve'],
      codes: new Int32Array(rows),
      invalid: 0,
    },
    score: null,
    label: null,
    timestampMs: null,
    predictionId: null,
  };
}

function hourOf(at: Date): number {
  return (at.getTime() - START) / HOUR_MS;
}
