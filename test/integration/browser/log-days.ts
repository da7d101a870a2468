/** Days of predictions and labels that are really counted, compared, judged and decided on. */
import { storeBaseline } from '../../../src/cli/baseline/create-baseline.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { type Draws, draws } from '../../../src/simulate/draws.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { evaluateDue } from '../../harness/evaluate-due.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';

export const FIRST_MS = Date.UTC(2026, 1, 1);
const ROWS_A_DAY = 240;
const TRAINING_ROWS = 2_000;

export interface LoggedModel {
  readonly spec: ModelSpec;
  /** Of its ratio, a number. */
  readonly feature: string;
  readonly version: string;
  readonly levels: readonly string[];
}

export type Day = 'usual' | 'fault' | 'concept';

interface Case {
  readonly ratio: number;
  readonly level: string;
  readonly prediction: string;
  readonly label: string;
}

/** The greater the ratio, the fewer are approved; one label in ten is another than was predicted. */
function drawCase(random: Draws, levels: readonly string[], day: Day): Case {
  const ratio = 0.2 + 0.6 * random.uniform() ** 2;
  const level = levels[random.choice([4, 2, 1])] ?? '';
  const prediction = ratio > 0.4 ? 'deny' : 'approve';
  const other = prediction === 'deny' ? 'approve' : 'deny';
  const label = random.uniform() < (day === 'concept' ? 0.4 : 0.1) ? other : prediction;
  const shown = day === 'fault' ? ratio * 100 : ratio;
  return { ratio: Number(shown.toFixed(4)), level, prediction, label };
}

export async function storeTraining(
  pool: Pool,
  { spec, feature, version, levels }: LoggedModel,
): Promise<void> {
  const random = draws(1);
  const rows = Array.from({ length: TRAINING_ROWS }, () => drawCase(random, levels, 'usual'));
  const table = tableOf(
    [
      numericColumn(
        feature,
        rows.map(({ ratio }) => ratio),
      ),
      levelColumn(
        'country',
        rows.map(({ level }) => level),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        rows.map(({ prediction }) => prediction),
      ),
      label: levelColumn(
        'label',
        rows.map(({ label }) => label),
      ),
    },
  );
  await storeBaseline(pool, spec, version, table, { file: 'training.csv' });
}

/** Logs these days, counted from `FIRST_MS`; null: nothing came. All that is due by the end of the last is judged. */
export async function logDays(
  pool: Pool,
  model: LoggedModel,
  from: number,
  days: readonly (Day | null)[],
): Promise<void> {
  const { spec } = model;
  const catalog = await ModelCatalog.open(pool, [spec]);
  const accept = createAcceptEvents({
    pool,
    catalog,
    segments: new SegmentRegistry(),
    limits: DEFAULT_DECODE_LIMITS,
    reevaluateAfterMs: 0,
  });
  const events = days.flatMap((day, n) => (day === null ? [] : eventsOf(model, from + n, day)));
  const untilMs = FIRST_MS + (from + days.length) * DAY_MS;
  const body = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));
  const answer = await accept({ body, idempotencyKey: null, receivedAtMs: untilMs });
  if (!answer.ok || answer.value.accepted !== events.length)
    throw new Error(JSON.stringify(answer).slice(0, 500));
  await evaluateDue({ pool, catalog }, untilMs + 2 * HOUR_MS);
  // Labels mature after an hour: their windows are judged once more.
  await evaluateDue({ pool, catalog }, untilMs + 2 * HOUR_MS);
}

function eventsOf({ spec, feature, version, levels }: LoggedModel, day: number, kind: Day): object[] {
  const random = draws(100 + day);
  return Array.from({ length: ROWS_A_DAY }, (_, n) => {
    const { ratio, level, prediction, label } = drawCase(random, levels, kind);
    const atMs = FIRST_MS + day * DAY_MS + Math.floor((n * DAY_MS) / ROWS_A_DAY);
    const common = { model: spec.name, prediction_id: `${day}-${n}` };
    return [
      {
        ...common,
        type: 'prediction',
        model_version: version,
        timestamp: atMs,
        features: { [feature]: ratio, country: level },
        prediction,
        latency_ms: Number((20 + 10 * random.uniform()).toFixed(2)),
        cost: 0.001,
      },
      { ...common, type: 'label', timestamp: atMs + 60_000, label },
    ];
  }).flat();
}
