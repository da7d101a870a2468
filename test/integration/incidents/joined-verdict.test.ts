/** One lasting step, one verdict: an incident goes by all of its windows together, however their own verdicts waver. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { VerdictKind } from '../../../src/core/findings.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { sendReminders } from '../../../src/pipeline/messages/reminders.ts';
import { CLINIC } from '../../../src/simulate/families/clinic.ts';
import { outputsOf } from '../../../src/simulate/outputs.ts';
import type { ShiftRequest } from '../../../src/simulate/plan.ts';
import { planShift } from '../../../src/simulate/plan-shift.ts';
import { simulate, type SimulatedRow } from '../../../src/simulate/world.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { tableOfRows } from '../../simulate/table-of-rows.ts';
import { Service } from '../evaluate/time-series.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 400;
const HOURS = 8;
const TASK = 'classification';
const MODEL = modelSpec({
  name: 'clinic',
  positiveClass: CLINIC.classes[0],
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 900 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
  alerts: { forWindows: 2, remindEveryMs: DAY_MS, channels: ['mail'] },
});

describeWith(['postgres'], 'an incident of many windows', () => {
  let pool: Pool;
  let service: Service;
  const pools: Pool[] = [];
  beforeEach(async () => {
    const { url } = await createDatabase('joined');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  async function live(request: ShiftRequest, seed: number): Promise<void> {
    const { change } = planShift(CLINIC, TASK, request, seed);
    const rows = simulate(
      CLINIC,
      { seed, task: TASK, model: 'calibrated', rows: { reference: 4_000, current: ROWS * HOURS } },
      change,
    );
    await storeBaseline(pool, MODEL, '1', tableOfRows(CLINIC, TASK, rows.reference), {
      file: 'training.csv',
    });
    service = await Service.open(pool, MODEL);
    for (let hour = 0; hour < HOURS; hour++) {
      const own = rows.current.slice(hour * ROWS, (hour + 1) * ROWS);
      await service.sendEvents(
        own.flatMap((row, at) => events(row, hour, at)),
        START + 400 * DAY_MS,
      );
      await service.evaluateDue(START + (hour + 1) * HOUR_MS);
    }
    await service.evaluateDue(START + (HOURS + 1) * HOUR_MS);
  }

  function events({ fed, ...row }: SimulatedRow, hour: number, at: number): unknown[] {
    const { prediction, score, label } = outputsOf(CLINIC, TASK, { fed, ...row });
    const id = `p${hour}-${at}`;
    const timestamp = START + hour * HOUR_MS + Math.floor((at * HOUR_MS) / ROWS);
    const of = { model: MODEL.name, model_version: '1', prediction_id: id, timestamp };
    return [
      { type: 'prediction', ...of, features: fed, prediction, score },
      { type: 'label', model: MODEL.name, prediction_id: id, label, timestamp: timestamp + 1 },
    ];
  }

  interface Verdicts {
    readonly series: string;
    readonly own: VerdictKind;
    readonly joined: VerdictKind | null;
    readonly windows: number | null;
  }

  async function verdicts(): Promise<Verdicts[]> {
    const found = await pool.query<Verdicts>(
      `select series, verdict as own, joined->'diagnosis'->>'verdict' as joined, (joined->>'windows')::int as windows
       from verdict v join "window" w on w.id = v.window_id where segment = '' order by series, w.start_at, v.revision`,
    );
    return found.rows;
  }

  test('has one verdict, however those of its windows waver', { timeout: 600_000 }, async () => {
    await live({ kind: 'mixed' }, 1);
    const matured = (await verdicts()).filter(({ series }) => series === 'matured');
    const own = new Set(matured.map((verdict) => verdict.own));
    expect(own.size).toBeGreaterThan(1);
    const joined = matured.filter(({ windows }) => windows !== null);
    expect(joined.length).toBeGreaterThan(4);
    expect(new Set(joined.map((verdict) => verdict.joined))).toEqual(new Set(['mixed']));

    const found = await pool.query<{ payload: { notification: IncidentNews } }>(
      `select payload from outbox where kind = 'notify' order by id`,
    );
    const told = found.rows.map(({ payload }) => payload.notification);
    expect(told.map(({ kind, series, diagnosis }) => [kind, series, diagnosis.verdict])).toEqual([
      ['firing', 'closed', 'covariate_shift'],
      ['firing', 'matured', 'mixed'],
    ]);
    const { judged } = told[0]!;
    expect(judged).toEqual({ sinceMs: START, windows: 2, rows: 2 * ROWS });
    const { facts } = messageContent(told[0]!, { timeZone: 'UTC', publicUrl: null });
    expect(facts).toContainEqual(['Windows', '2 Mar 2026 00:00–02:00 UTC, 2 together, 800 rows']);
    // What people are reminded of is what they were told, sharper.
    await sendReminders(pool, service.catalog, START + 30 * HOUR_MS);
    const reminded = await pool.query<{ payload: { notification: IncidentNews } }>(
      `select payload from outbox where kind = 'notify' order by id desc limit 1`,
    );
    expect(reminded.rows[0]?.payload.notification).toMatchObject({
      kind: 'reminder',
      diagnosis: { verdict: 'mixed' },
    });
  });
});
