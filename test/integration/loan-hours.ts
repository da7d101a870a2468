/** A service that judges hours of a loan model, each with its labels: what they are is the test's. */
import type { IncidentNews } from '../../src/core/jobs.ts';
import { storeBaseline } from '../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import type { ModelSpec } from '../../src/core/model.ts';
import { createPool, type Pool } from '../../src/store/connection/pool.ts';
import { tableOf } from '../diagnose/tables.ts';
import { createDatabase } from '../harness/database/database.ts';
import { modelSpec } from '../harness/model-spec.ts';
import { levels } from '../simulate/table-of-rows.ts';
import { Service } from './evaluate/time-series.ts';

export const START = Date.UTC(2026, 2, 2);

export interface LoanRow {
  readonly income: number;
  readonly age: number;
  readonly score?: number;
  readonly label: 'yes' | 'no';
}

export const loanModel = (forWindows: number): ModelSpec =>
  modelSpec({
    name: 'loans',
    positiveClass: 'yes',
    windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
    labels: { horizonMs: 900 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
    alerts: { forWindows, remindEveryMs: DAY_MS, channels: ['mail'] },
    multivariate: false,
  });

export class LoanHours {
  readonly pool: Pool;
  readonly service: Service;
  private readonly model: ModelSpec;
  private readonly predicted: (row: LoanRow) => string;

  private constructor(pool: Pool, service: Service, model: ModelSpec, predicted: (row: LoanRow) => string) {
    this.pool = pool;
    this.service = service;
    this.model = model;
    this.predicted = predicted;
  }

  /** @param training rows of the baseline */
  static async open(
    database: string,
    model: ModelSpec,
    training: readonly LoanRow[],
    predicted: (row: LoanRow) => string,
  ): Promise<LoanHours> {
    const { url } = await createDatabase(database);
    const pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    const scores = training.flatMap(({ score }) => score ?? []);
    const table = tableOf({
      features: { income: training.map(({ income }) => income), age: training.map(({ age }) => age) },
      ...(scores.length > 0 && { score: scores }),
      label: training.map(({ label }) => label),
    });
    const prediction = levels('prediction', training.map(predicted));
    await storeBaseline(pool, model, '1', { ...table, prediction }, { file: 'training.csv' });
    return new LoanHours(pool, await Service.open(pool, model), model, predicted);
  }

  /** Hours from one to before another, as they come. */
  async send(from: number, to: number, rowsOf: (hour: number) => readonly LoanRow[]): Promise<void> {
    for (let hour = from; hour < to; hour++) {
      const rows = rowsOf(hour);
      const events = rows.flatMap((row, at) => {
        const { income, age, score, label } = row;
        const timestamp = START + hour * HOUR_MS + Math.floor((at * HOUR_MS) / rows.length);
        const of = { model: this.model.name, prediction_id: `p${hour}-${at}` };
        const made = { features: { income, age }, prediction: this.predicted(row) };
        return [
          {
            type: 'prediction',
            ...of,
            model_version: '1',
            timestamp,
            ...made,
            ...(score !== undefined && { score }),
          },
          { type: 'label', ...of, label, timestamp: timestamp + 1 },
        ];
      });
      await this.service.sendEvents(events, START + 400 * DAY_MS);
      await this.service.evaluateDue(START + (hour + 1) * HOUR_MS);
    }
    await this.service.evaluateDue(START + (to + 1) * HOUR_MS);
  }

  async notices(): Promise<IncidentNews[]> {
    const found = await this.pool.query<{ payload: { notification: IncidentNews } }>(
      `select payload from outbox where kind = 'notify' order by id`,
    );
    return found.rows.map(({ payload }) => payload.notification);
  }
}
