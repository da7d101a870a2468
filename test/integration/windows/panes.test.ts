import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import type { Table } from '../../../src/core/table.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { listWindows } from '../../../src/store/read-models/windows.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

const DAY = Date.UTC(2026, 2, 1);
const FOREVER = { graceMs: 0, acceptLateMs: 3_650 * DAY_MS };
const MODEL = modelSpec({
  name: 'price',
  segments: ['country'],
  windows: [
    { sizeMs: HOUR_MS, ...FOREVER },
    { sizeMs: DAY_MS, ...FOREVER },
    { sizeMs: HOUR_MS, rows: 250, ...FOREVER },
  ],
  labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 10 },
  minRows: 10,
});

describeWith(['postgres'], 'windows made of smaller ones', () => {
  let pool: Pool;
  let catalog: ModelCatalog;
  let sent = 0;

  beforeAll(async () => {
    const { url } = await createDatabase('panes');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    await storeBaseline(pool, MODEL, '1', training(5), { file: 'training.csv' });
    catalog = await ModelCatalog.open(pool, [MODEL]);
  });
  afterAll(async () => await pool.end());

  async function send(lines: readonly object[], model: ModelSpec = MODEL): Promise<void> {
    const opened = model === MODEL ? catalog : await ModelCatalog.open(pool, [model]);
    const accept = createAcceptEvents({
      pool,
      catalog: opened,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const body = Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'));
    const answer = await accept({ body, idempotencyKey: null, receivedAtMs: DAY + 10 * DAY_MS });
    expect(answer).toMatchObject({ ok: true, value: { accepted: lines.length, dead_letters: [] } });
  }

  function predictions(hour: number, rows: number, country = 'DE'): object[] {
    return Array.from({ length: rows }, (_, row) => ({
      type: 'prediction',
      model: 'price',
      model_version: '1',
      prediction_id: `p${(sent += 1)}`,
      timestamp: DAY + hour * HOUR_MS + row * 1_000,
      features: { size: 100 + (row % 7), country },
      prediction: row % 2 === 0 ? 'approve' : 'deny',
    }));
  }

  async function evaluateDue(): Promise<void> {
    await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
    await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 0 });
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    // A closed evaluation asks for the matured one.
    for (;;) {
      const due = await pool.query<{ id: string; payload: Parameters<typeof evaluate>[1] }>(
        `update outbox set done_at = now() where kind = 'evaluate' and done_at is null returning id, payload`,
      );
      if (due.rows.length === 0) return;
      for (const { payload } of due.rows) {
        await evaluate({ pool, catalog, compute, clock: { nowMs: () => DAY }, log: silentLog }, payload);
      }
    }
  }

  async function windows(size: { sizeMs?: number; sizeRows?: number }): Promise<[number, number, number][]> {
    const { items } = await listWindows(pool, size, { limit: 100, after: null });
    return items
      .map(({ start, end, rows }): [number, number, number] => [
        (Date.parse(start) - DAY) / HOUR_MS,
        (Date.parse(end) - DAY) / HOUR_MS,
        rows,
      ])
      .reverse();
  }

  async function judged(size: number): Promise<{ rows: number; labelled: number | null }[]> {
    const found = await pool.query<{ rows: number; labelled: number | null }>(
      `select distinct on (w.start_at) v.rows, (v.performance->'labelled'->>'current')::int as labelled
       from verdict v join "window" w on w.id = v.window_id
       where w.size_ms = $1 and v.segment = '' order by w.start_at, v.series = 'matured' desc, v.revision desc`,
      [size],
    );
    return found.rows;
  }

  test('a row is counted once, into its hour, and is part of its day and of its window of so many rows', async () => {
    const hours = [100, 120, 90, 0, 300, 40];
    for (const [hour, rows] of hours.entries()) if (rows > 0) await send(predictions(hour, rows));
    await evaluateDue();

    const stored = await pool.query<{ size_ms: number; rows: number }>(
      `select w.size_ms, sum(p.rows)::int as rows from window_part p join "window" w on w.id = p.window_id
       where p.segment = '' and p.kind = 'input' group by 1`,
    );
    expect(stored.rows).toEqual([{ size_ms: HOUR_MS, rows: 650 }]);
    expect(await windows({ sizeMs: DAY_MS })).toEqual([[0, 24, 650]]);
    // 100 + 120 + 90 reach 250; 300 do alone, and take the empty hour before them; 40 wait for more.
    expect(await windows({ sizeRows: 250 })).toEqual([
      [0, 3, 310],
      [3, 5, 300],
    ]);
    expect(await judged(DAY_MS)).toEqual([{ rows: 650, labelled: null }]);
    expect((await judged(-250)).map(({ rows }) => rows)).toEqual([310, 300]);
    const segment = await pool.query<{ rows: number }>(
      `select v.rows from verdict v join "window" w on w.id = v.window_id
       where w.size_ms = $1 and v.segment = 'country=DE' and v.series = 'closed'`,
      [DAY_MS],
    );
    expect(segment.rows).toEqual([{ rows: 650 }]);
  });

  test('late rows, in an hour that had none too, and labels revise all of them', async () => {
    await send(predictions(3, 15));
    await send(predictions(1, 5));
    await send(
      Array.from({ length: 100 }, (_, row) => ({
        type: 'label',
        model: 'price',
        prediction_id: `p${row + 1}`,
        label: 'approve',
        timestamp: DAY + 2 * DAY_MS,
      })),
    );
    await evaluateDue();
    await evaluateDue();
    expect(await judged(DAY_MS)).toEqual([{ rows: 670, labelled: 100 }]);
    expect(await judged(-250)).toEqual([
      { rows: 315, labelled: 100 },
      { rows: 315, labelled: null },
    ]);
    expect(await windows({ sizeRows: 250 })).toEqual([
      [0, 3, 315],
      [3, 5, 315],
    ]);
  });

  test('a late row that opens an hour of its own revises the window of so many rows around it', async () => {
    await send(predictions(6, 130));
    await send(predictions(9, 150));
    await evaluateDue();
    expect((await windows({ sizeRows: 250 })).at(-1)).toEqual([5, 10, 320]);
    await send(predictions(8, 4));
    await evaluateDue();
    await evaluateDue();
    expect((await judged(-250)).at(-1)).toEqual({ rows: 324, labelled: null });
  });

  test('a new baseline in the middle of a day keeps the day on its own, and ends a window of so many rows', async () => {
    await send(predictions(24, 60));
    await storeBaseline(pool, MODEL, '1', training(6), { file: 'again.csv' });
    await send(predictions(25, 50));
    await evaluateDue();
    expect(await windows({ sizeMs: DAY_MS })).toEqual([
      [0, 24, 954],
      [24, 48, 110],
    ]);
    // The 60 of hour 24 are of the old baseline.
    expect((await windows({ sizeRows: 250 })).at(-1)).toEqual([10, 25, 60]);
    const direct = await pool.query<{ rows: number }>(
      `select sum(p.rows)::int as rows from window_part p join "window" w on w.id = p.window_id
       where w.size_ms = $1 and p.segment = '' and p.kind = 'input'`,
      [DAY_MS],
    );
    expect(direct.rows).toEqual([{ rows: 50 }]);
  });
});

function training(seed: number): Table {
  const random = createRandom(seed);
  const rows = 1_000;
  const codes = Int32Array.from({ length: rows }, () => (random() < 0.5 ? 0 : 1));
  return {
    rows,
    features: [
      {
        name: 'size',
        kind: 'numeric',
        values: Float64Array.from({ length: rows }, () => 100 + Math.floor(7 * random())),
        invalid: 0,
      },
      { name: 'country', kind: 'categorical', codes, levels: ['DE', 'FR'], invalid: 0 },
    ],
    prediction: { name: 'prediction', kind: 'categorical', codes, levels: ['approve', 'deny'], invalid: 0 },
    score: null,
    label: { name: 'label', kind: 'categorical', codes, levels: ['approve', 'deny'], invalid: 0 },
    timestampMs: null,
    predictionId: null,
  };
}
