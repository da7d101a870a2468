import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { MAX_OPENED_WINDOWS } from '../../../src/window/checkpoint/limits.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { LOG_SOURCE, partitionConsumer, predictionLine, readToEnd, RECEIVED_MS } from '../partition-log.ts';

const FOREVER = { graceMs: 0, acceptLateMs: 10_000 * DAY_MS };
const hourly = modelSpec({ windows: [{ sizeMs: HOUR_MS, ...FOREVER }] });

// Many windows, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 });

describeWith(['postgres'], 'a checkpoint that would open too many windows', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('checkpoint_pieces');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  beforeEach(async () => {
    await pool.query('truncate source_position, model restart identity cascade');
    await pool.query('truncate window_part, measurement, comparison, verdict');
    await pool.query('truncate watermark, event_count, event_read');
  });
  afterAll(async () => await pool.end());

  const rowEachHour = (hours: number, changes: (hour: number) => object = () => ({})): string[] =>
    Array.from({ length: hours }, (_, hour) =>
      predictionLine(null, '1', { timestamp: RECEIVED_MS - (hours - hour) * HOUR_MS, ...changes(hour) }),
    );

  async function take(specs: readonly ModelSpec[], values: readonly string[], records: number) {
    await readToEnd(await partitionConsumer(pool, { specs }), { partition: 0, values }, 0, records);
  }

  test('is made in pieces that end between two records', async () => {
    await take([hourly], rowEachHour(1_200), 1_200);
    expect(await windowsPerCheckpoint(pool)).toEqual([MAX_OPENED_WINDOWS, MAX_OPENED_WINDOWS, 200]);
    expect(await counted(pool)).toEqual({ read: 1_200, windowed: 1_200, windows: 1_200 });
  });

  test('and one that gets them in several fetches is, too', async () => {
    await take([hourly], rowEachHour(1_200), 90);
    expect(await windowsPerCheckpoint(pool)).toEqual([MAX_OPENED_WINDOWS, MAX_OPENED_WINDOWS, 200]);
    expect(await counted(pool)).toEqual({ read: 1_200, windowed: 1_200, windows: 1_200 });
  });

  test('is made in pieces too where some records are read the fast way and some are not', async () => {
    const mixed = rowEachHour(1_200, (hour) =>
      hour % 3 === 0 ? { features: { age: hour, [`f${hour}`]: 1 } } : {},
    );
    const stray = ['not json', '{"model":"nobody","features":{}}', predictionLine(null, '2')];
    await take(
      [hourly],
      mixed.flatMap((value, i) => (i % 100 === 0 ? [...stray, value] : value)),
      2_000,
    );
    expect(await counted(pool)).toEqual({ read: 1_236, windowed: 1_212, windows: 1_201 });
    // The stray rows all go to one window, which is opened once.
    expect(Math.max(...(await windowsPerCheckpoint(pool)))).toBeLessThanOrEqual(MAX_OPENED_WINDOWS + 1);
  });

  test('opens no more than are accepted late, however old what comes is', async () => {
    const within = { sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 7 * DAY_MS };
    const newestFirst = rowEachHour(20_000).reverse();
    await take([modelSpec({ windows: [within] })], newestFirst, 5_000);
    expect(await counted(pool)).toEqual({ read: 20_000, windowed: 169, windows: 169 });
  });

  test('is one piece when the windows are there already', async () => {
    await take([hourly], rowEachHour(700), 700);
    await pool.query('update source_position set next_offset = 0, last_offset = null, last_hash = null');
    await pool.query('truncate window_part');
    await take([hourly], rowEachHour(700), 700);
    expect(await windowsPerCheckpoint(pool)).toEqual([700]);
  });
});

/** How many windows each stretch of the log was counted into, in order of the log. */
async function windowsPerCheckpoint(pool: Pool): Promise<number[]> {
  const found = await pool.query<{ windows: number }>(
    `select count(distinct window_id)::int as windows from window_part where kind = 'input'
     group by from_offset order by from_offset`,
  );
  return found.rows.map(({ windows }) => windows);
}

async function counted(pool: Pool): Promise<object> {
  const found = await pool.query<object>(
    `select (select sum(count)::int from event_read where source = $1) as read,
       (select sum(count)::int from event_count where source = $1 and outcome = 'windowed') as windowed,
       (select count(*)::int from "window") as windows`,
    [LOG_SOURCE],
  );
  return found.rows[0] ?? {};
}
