/** A model that got worse is told of, though nobody can say of what kind the change is. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { messageContent } from '../../../src/act/message/message-content.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { levels } from '../../simulate/table-of-rows.ts';
import { tableOf } from '../../diagnose/tables.ts';
import { Service } from '../evaluate/time-series.ts';

const START = Date.UTC(2026, 2, 2);
const ROWS = 400;
const MODEL = modelSpec({
  name: 'loans',
  positiveClass: 'yes',
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 900 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
  alerts: { forWindows: 2, remindEveryMs: DAY_MS, channels: ['mail'] },
  multivariate: false,
});

interface Row {
  readonly income: number;
  readonly age: number;
  readonly label: 'yes' | 'no';
}

/** A weak model: whether more people pay everywhere or others come is the same to its rows. */
function rowsOf(seed: number, count: number, more: number): Row[] {
  const draw = draws(seed);
  return Array.from({ length: count }, () => {
    const [income, age] = [draw.normal(), draw.normal()];
    const chance = 1 / (1 + Math.exp(0.7 - more - 0.25 * income - 0.15 * age));
    return { income, age, label: draw.uniform() < chance ? 'yes' : 'no' };
  });
}

const predicted = ({ income, age }: Row): string => (0.25 * income + 0.15 * age > 0.7 ? 'yes' : 'no');

describeWith(['postgres'], 'a loss of performance that nobody can name', () => {
  let pool: Pool;
  let service: Service;
  const pools: Pool[] = [];
  beforeEach(async () => {
    const { url } = await createDatabase('unnamed_loss');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    pools.push(pool);
    const rows = rowsOf(1, 8_000, 0);
    const table = tableOf({
      features: { income: rows.map(({ income }) => income), age: rows.map(({ age }) => age) },
      label: rows.map(({ label }) => label),
    });
    const prediction = levels('prediction', rows.map(predicted));
    await storeBaseline(pool, MODEL, '1', { ...table, prediction }, { file: 'training.csv' });
    service = await Service.open(pool, MODEL);
  });
  afterAll(async () => await Promise.all(pools.map(async (each) => await each.end())));

  async function hours(from: number, to: number, more: number): Promise<void> {
    for (let hour = from; hour < to; hour++) {
      const events = rowsOf(100 + hour, ROWS, more).flatMap((row, at) => {
        const { income, age, label } = row;
        const timestamp = START + hour * HOUR_MS + Math.floor((at * HOUR_MS) / ROWS);
        const of = { model: MODEL.name, prediction_id: `p${hour}-${at}` };
        const features = { income, age };
        return [
          { type: 'prediction', ...of, model_version: '1', timestamp, features, prediction: predicted(row) },
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

  test(
    'is told once, by its kind when labels have it, and when it is over',
    { timeout: 600_000 },
    async () => {
      await hours(0, 6, 0);
      expect(await notices()).toEqual([]);
      await hours(6, 8, 1);
      const [fired, ...more] = await notices();
      expect(more).toEqual([]);
      expect(fired).toMatchObject({ kind: 'firing', series: 'matured', firedVerdict: 'undetermined' });
      expect(messageContent(fired!, { timeZone: 'UTC', publicUrl: null })).toMatchObject({
        subject: '[shiftwatch] loans 1: loss of performance since 2 Mar 06:00',
        headline: 'The model got worse since 2 Mar 06:00, and the rows do not tell why: watch.',
        advice: { title: 'Watch' },
      });
      await hours(8, 14, 1);
      await hours(14, 24, 0);
      const all = await notices();
      expect(all.map(({ kind }) => kind)).toEqual(['firing', 'firing', 'resolved']);
      expect(all.map(({ incidentId }) => incidentId)).toEqual(Array(3).fill(fired!.incidentId));
      const { headline } = messageContent(all.at(-1)!, { timeZone: 'UTC', publicUrl: null });
      expect(headline).toMatch(/^Over: .*loss of performance, from 2 Mar 06:00 to 2 Mar 14:00\.$/);
    },
  );
});
