/** A relation that moved is not over because two windows of a few hundred labels said it more quietly. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { Service } from '../evaluate/time-series.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 400;
/** By hour, the part of the slope that is gone: enough to be told, then too little for every window to see, then nothing. */
const STEPS = [0, 0, 0.6, 0.6, 0.35, 0.35, 0.35, 0.35, 0, 0, 0, 0, 0, 0];
const MODEL = modelSpec({
  name: 'relation',
  positiveClass: '1',
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 900 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
  alerts: { forWindows: 2, remindEveryMs: DAY_MS, channels: ['mail'] },
});

interface Row {
  readonly x: number;
  readonly score: number;
  readonly label: string;
}

function rowsOf(seed: number, count: number, step: number): Row[] {
  const { normal, uniform } = draws(seed);
  const chance = (index: number): number => 1 / (1 + Math.exp(-index));
  return Array.from({ length: count }, () => {
    const x = normal();
    return { x, score: chance(1.5 * x), label: uniform() < chance(1.5 * x * (1 - step)) ? '1' : '0' };
  });
}

function tableOf(rows: readonly Row[]): Table {
  const levels = (name: string, values: readonly boolean[]) => ({
    name,
    kind: 'categorical' as const,
    codes: Int32Array.from(values, Number),
    levels: ['0', '1'],
    invalid: 0,
  });
  const numbers = (name: string, values: readonly number[]) => ({
    name,
    kind: 'numeric' as const,
    values: Float64Array.from(values),
    invalid: 0,
  });
  return {
    rows: rows.length,
    features: [
      numbers(
        'x',
        rows.map(({ x }) => x),
      ),
    ],
    prediction: levels(
      'prediction',
      rows.map(({ score }) => score > 0.5),
    ),
    score: numbers(
      'score',
      rows.map(({ score }) => score),
    ),
    label: levels(
      'label',
      rows.map(({ label }) => label === '1'),
    ),
    timestampMs: null,
    predictionId: null,
  };
}

describeWith(['postgres'], 'an incident of the relation', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('relation');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('goes on through windows that show it more quietly, and is over once labels bound it', async () => {
    await storeBaseline(pool, MODEL, '1', tableOf(rowsOf(1, 6_000, 0)), { file: 'training.csv' });
    const service = await Service.open(pool, MODEL);
    for (const [hour, step] of STEPS.entries()) {
      const events = rowsOf(100 + hour, ROWS, step).flatMap(({ x, score, label }, at) => {
        const of = { model: MODEL.name, prediction_id: `p${hour}-${at}` };
        const timestamp = START + hour * HOUR_MS + Math.floor((at * HOUR_MS) / ROWS);
        const prediction = score > 0.5 ? '1' : '0';
        return [
          { type: 'prediction', ...of, model_version: '1', timestamp, features: { x }, prediction, score },
          { type: 'label', ...of, label, timestamp: timestamp + 1 },
        ];
      });
      await service.sendEvents(events, START + 400 * DAY_MS);
      await service.evaluateDue(START + (hour + 1) * HOUR_MS);
    }
    await service.evaluateDue(START + (STEPS.length + 1) * HOUR_MS);
    const found = await pool.query<{ hour: number; kind: string; reason: string }>(
      `select (extract(epoch from w.start_at - $1::timestamptz) / 3600)::int as hour, e.kind, e.reason
       from alert_event e join "window" w on w.id = e.window_id where e.series = 'matured' order by e.id`,
      [new Date(START)],
    );
    const story = found.rows.map(({ hour, kind, reason }) => `${hour} ${kind} ${reason}`);
    expect(story.slice(0, 2)).toEqual(['2 pending first_shifted_window', '3 firing enough_windows']);
    const ended = story.filter((line) => line.includes('resolved'));
    expect(ended).toHaveLength(1);
    expect(Number(ended[0]?.split(' ')[0])).toBeGreaterThan(7);
    // By itself none of these is told; together with those before them they are.
    const quietly = [4, 5, 6, 7].map((hour) => `${hour} still_firing shift_continues`);
    expect(story.slice(2, 6)).toEqual(quietly);
  });
});
