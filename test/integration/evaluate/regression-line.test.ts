import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { PerformanceMetric } from '../../../src/core/findings.ts';
import type { NumericColumn, Table } from '../../../src/core/table.ts';
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
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

const START = Date.UTC(2026, 2, 1, 12);
const ROWS = 600;
const MODEL = modelSpec({
  name: 'price',
  task: 'regression',
  positiveClass: null,
  windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
  labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
});

describeWith(['postgres'], 'a regression model', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('regression');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('has its mean absolute and root mean square errors measured against the baseline', async () => {
    const random = createRandom(11);
    await storeBaseline(pool, MODEL, '1', training(random), { file: 'training.csv' });
    const catalog = await ModelCatalog.open(pool, [MODEL]);
    const accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    // Every prediction is 3 off; half of the labels come first, and as text, as some producers write numbers.
    const predictions: string[] = [];
    const labels: string[] = [];
    for (let row = 0; row < ROWS; row++) {
      const size = 50 + 100 * random();
      const common = { model: 'price', prediction_id: `p${row}`, timestamp: START + row * 1_000 };
      predictions.push(
        JSON.stringify({
          type: 'prediction',
          ...common,
          model_version: '1',
          features: { size },
          prediction: 2 * size,
        }),
      );
      const label = 2 * size - 3;
      labels.push(JSON.stringify({ type: 'label', ...common, label: row % 2 === 0 ? label : String(label) }));
    }
    for (const lines of [labels.slice(0, ROWS / 2), predictions, labels.slice(ROWS / 2)]) {
      const answer = await accept({
        body: Buffer.from(lines.join('\n')),
        idempotencyKey: null,
        receivedAtMs: START + DAY_MS,
      });
      expect(answer).toMatchObject({ ok: true, value: { accepted: lines.length, dead_letters: [] } });
    }
    await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
    await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 0 });
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    // A closed evaluation asks for the matured one.
    for (;;) {
      const due = await pool.query<{ payload: Parameters<typeof evaluate>[1] }>(
        `update outbox set done_at = now() where kind = 'evaluate' and done_at is null returning payload`,
      );
      if (due.rows.length === 0) break;
      for (const { payload } of due.rows) {
        await evaluate({ pool, catalog, compute, clock: { nowMs: () => START }, log: silentLog }, payload);
      }
    }
    const found = await pool.query<{ performance: { metrics: Record<string, PerformanceMetric> } }>(
      `select performance from verdict where series = 'matured'`,
    );
    const { metrics } = found.rows[0]?.performance ?? { metrics: {} };
    expect(metrics['mae']?.current).toBeCloseTo(3, 9);
    expect(metrics['rmse']?.current).toBeCloseTo(3, 9);
    expect(metrics['mae']?.reference).toBeGreaterThan(0.4);
    expect(metrics['mae']?.p_value).toBeLessThan(1e-9);
  });
});

/** Predictions that are off by up to one, evenly. */
function training(random: () => number): Table {
  const size = Float64Array.from({ length: 2_000 }, () => 50 + 100 * random());
  const column = (name: string, values: Float64Array): NumericColumn => ({
    name,
    kind: 'numeric',
    values,
    invalid: 0,
  });
  return {
    rows: size.length,
    features: [column('size', size)],
    prediction: column(
      'prediction',
      size.map((each) => 2 * each),
    ),
    score: null,
    label: column(
      'label',
      size.map((each) => 2 * each + 2 * random() - 1),
    ),
    timestampMs: null,
    predictionId: null,
  };
}
