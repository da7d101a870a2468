/** Windows that are too small to be judged by themselves: what they may open and end, and what not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { readTable } from '../../../src/ingest/table/read-table.ts';
import { storeBaseline } from '../../../src/pipeline/evaluate/store-baseline.ts';
import { draws } from '../../../src/simulate/draws.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fileWith } from '../../ingest/table/files.ts';
import { Service } from '../evaluate/time-series.ts';

const START = Date.UTC(2026, 2, 2);

interface Hour {
  readonly rows: number;
  /** In standard deviations. */
  readonly away?: number;
  readonly broken?: boolean;
}

describeWith(['postgres'], 'windows of few rows', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('small_windows');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  /** What each hour was to the incident, or opened and ended. */
  async function played(name: string, hours: readonly Hour[]): Promise<(string | null)[]> {
    const model: ModelSpec = modelSpec({ name, windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 0 }] });
    const { normal } = draws(7);
    const lines = Array.from({ length: 4_000 }, () => `${normal()},${normal()},approve`);
    const training = fileWith('training.csv', `level,noise,prediction\n${lines.join('\n')}\n`);
    const { table, rowKeys } = await readTable(training, {
      task: 'classification',
      positiveClass: 'approve',
    });
    await storeBaseline(pool, model, '1', table, { file: training }, { rowKeys });
    const service = await Service.open(pool, model);
    for (const [hour, { rows, away = 0, broken = false }] of hours.entries()) {
      const events = Array.from({ length: rows }, (_, row) => ({
        type: 'prediction',
        model: name,
        model_version: '1',
        prediction_id: `${hour}-${row}`,
        timestamp: START + hour * HOUR_MS + row,
        features: { level: broken ? null : away + normal(), noise: normal() },
        prediction: 'approve',
      }));
      await service.sendEvents(events, START + hour * HOUR_MS);
    }
    await service.evaluateDue(START + 100 * HOUR_MS);
    const found = await pool.query<{ start: Date; kind: string }>(
      `select w.start_at as start, e.kind || ': ' || e.reason as kind from alert_event e
         join alert a on a.id = e.alert_id join "window" w on w.id = e.window_id
         join model_version mv on mv.id = a.model_version_id join model m on m.id = mv.model_id
       where m.name = $1 and e.kind in ('firing', 'resolved') order by e.id`,
      [name],
    );
    const at = new Map(found.rows.map(({ start, kind }) => [(start.getTime() - START) / HOUR_MS, kind]));
    return hours.slice(0, -1).map((_, hour) => at.get(hour) ?? null);
  }

  const times = (count: number, hour: Hour): Hour[] => Array.from({ length: count }, () => hour);

  test('a single row ends neither a shift nor a fault', async () => {
    const shifted = await played('shifted', [
      ...times(3, { rows: 600, away: 1 }),
      ...times(6, { rows: 1 }),
      ...times(4, { rows: 600 }),
    ]);
    expect(shifted.slice(0, 9)).toEqual([
      null,
      'firing: enough_windows',
      ...Array.from({ length: 7 }, () => null),
    ]);
    expect(shifted.slice(9).filter((each) => each !== null)).toEqual(['resolved: enough_clean_windows']);
    const broken = await played('broken', [
      ...times(3, { rows: 600, broken: true }),
      ...times(8, { rows: 90 }),
      { rows: 1 },
    ]);
    expect(broken).toEqual([null, 'firing: enough_windows', ...Array.from({ length: 9 }, () => null)]);
  });

  test('sixty rows an hour open an incident together, and end it', async () => {
    const small = await played('small', [
      ...times(12, { rows: 60 }),
      ...times(12, { rows: 60, away: 1 }),
      ...times(24, { rows: 60 }),
    ]);
    const told = small.flatMap((each, hour) => (each === null ? [] : [{ hour, each }]));
    expect(told.map(({ each }) => each)).toEqual([
      'firing: windows_together',
      'resolved: enough_clean_windows',
    ]);
    expect(told[0]?.hour).toBeGreaterThanOrEqual(12);
    expect(told[0]?.hour).toBeLessThanOrEqual(15);
    expect(told[1]?.hour).toBeGreaterThanOrEqual(24);
    expect(told[1]?.hour).toBeLessThanOrEqual(36);
  });
});
