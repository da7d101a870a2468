import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareTables } from '../../compare/compare-tables.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { Diagnosis } from '../../../src/core/findings.ts';
import { silentLog } from '../../../src/core/log.ts';
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { evaluate } from '../../../src/pipeline.ts';
import { evaluateWindow } from '../../../src/pipeline/evaluate/evaluate-window.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import { CLINIC } from '../../../src/simulate/families/clinic.ts';
import type { ShiftRequest } from '../../../src/simulate/plan.ts';
import { planShift } from '../../../src/simulate/plan-shift.ts';
import { outputsOf } from '../../../src/simulate/outputs.ts';
import { tableOfRows } from '../../simulate/table-of-rows.ts';
import { simulate } from '../../../src/simulate/world.ts';
import type { SimulatedRows } from '../../../src/simulate/world.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';

const START = Date.UTC(2026, 2, 1, 12);
const ROWS = 1_500;
const STEP_MS = 2_000;
const POSITIVE = CLINIC.classes[0];

function played(request: ShiftRequest): SimulatedRows {
  const { change } = planShift(CLINIC, 'classification', request, 5);
  const spec = { seed: 5, task: 'classification', model: 'calibrated' } as const;
  const rows = simulate(CLINIC, { ...spec, rows: { reference: 4_000, current: ROWS } }, change);
  // Into one window of an hour.
  const current = rows.current.map((row, i) => ({ ...row, timestampMs: START + i * STEP_MS }));
  return { reference: rows.reference, current };
}

describeWith(['postgres'], 'what the service says of a known shift', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('diagnosis');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  /** Both verdicts on the rows, sent as events and labels. */
  async function served(
    name: string,
    { reference, current }: SimulatedRows,
  ): Promise<Map<string, Diagnosis>> {
    const model = modelSpec({
      name,
      task: 'classification',
      positiveClass: POSITIVE,
      windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
      labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 200 },
    });
    await storeBaseline(pool, model, '1', tableOfRows(CLINIC, 'classification', reference), {
      file: 'x.csv',
    });
    const catalog = await ModelCatalog.open(pool, [model]);
    const accept = createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      limits: DEFAULT_DECODE_LIMITS,
      reevaluateAfterMs: 0,
    });
    const lines = current.flatMap((row, i) => {
      const { prediction, score, label } = outputsOf(CLINIC, 'classification', row);
      const common = { model: name, prediction_id: `p${i}`, timestamp: row.timestampMs };
      return [
        { type: 'prediction', ...common, model_version: '1', features: row.fed, prediction, score },
        { type: 'label', ...common, label },
      ];
    });
    const body = Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'));
    await accept({ body, idempotencyKey: null, receivedAtMs: START + DAY_MS });
    await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
    await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 0 });
    const compute: Parameters<typeof evaluate>[0]['compute'] = async (input) => evaluateWindow(input);
    // A closed evaluation asks for the matured one.
    for (;;) {
      const due = await pool.query<{ payload: Parameters<typeof evaluate>[1] }>(
        `delete from outbox where kind = 'evaluate' returning payload`,
      );
      if (due.rows.length === 0) break;
      for (const { payload } of due.rows) {
        await evaluate({ pool, catalog, compute, clock: { nowMs: () => START }, log: silentLog }, payload);
      }
    }
    const found = await pool.query<{ series: string; diagnosis: Diagnosis }>(
      `select v.series, v.diagnosis from verdict v join "window" w on w.id = v.window_id
       join model_version mv on mv.id = w.model_version_id join model m on m.id = mv.model_id
       where m.name = $1 and v.segment = ''`,
      [name],
    );
    return new Map(found.rows.map(({ series, diagnosis }) => [series, diagnosis]));
  }

  test('a fault begins when its rows say so', async () => {
    const request: ShiftRequest = {
      kind: 'missing_spike',
      feature: 'card_months',
      share: 0.6,
      begins: 0.5,
    };
    const verdicts = await served('card', played(request));
    for (const series of ['closed', 'matured']) {
      const diagnosis = verdicts.get(series);
      expect(diagnosis).toMatchObject({ verdict: 'data_fault', performance_change: null });
      const since = Date.parse(diagnosis?.faults[0]?.since ?? '');
      expect(Math.abs(since - (START + (ROWS / 2) * STEP_MS))).toBeLessThan(60_000);
    }
  });

  test(
    'a concept that moved for the young is described as `compare` does',
    { timeout: 600_000 },
    async () => {
      const rows = played({
        kind: 'concept_drift',
        form: 'local',
        feature: 'age',
        end: 'low',
        share: 0.3,
        size: -2,
      });
      const diagnosis = (await served('vaccine', rows)).get('matured');
      const reference = tableOfRows(CLINIC, 'classification', rows.reference);
      const current = tableOfRows(CLINIC, 'classification', rows.current);
      const model = { task: 'classification', positiveClass: POSITIVE } as const;
      const expected = diagnose({
        ...model,
        compared: compareTables(reference, current, model),
        reference,
        current,
        options: { minRows: 200, minLabelled: 200, hasBaseline: true, labelsTested: true },
      });
      expect(diagnosis?.verdict).toBe('concept_drift');
      expect(expected.verdict).toBe('concept_drift');
      expect(diagnosis?.strata?.map(({ feature, range }) => ({ feature, range }))).toEqual(
        expected.strata?.map(({ feature, range }) => ({ feature, range })),
      );
      expect(diagnosis?.strata?.[0]?.current_rate).toBeCloseTo(expected.strata?.[0]?.current_rate ?? 0, 6);
      expect(diagnosis?.performance_change?.concept).toBeCloseTo(
        expected.performance_change?.concept ?? Number.NaN,
        2,
      );
      expect(diagnosis?.weights?.concept_drift).toBeGreaterThan(0.9);
    },
  );
});
