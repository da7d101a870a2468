/** A model whose windows are stored as the service stores them: predictions, labels an hour later, and every evaluation. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import type { ModelSpec } from '../../src/core/model.ts';
import type { CategoricalColumn, NumericColumn, Table } from '../../src/core/table.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { storeBaseline } from '../../src/pipeline/evaluate/store-baseline.ts';
import { createAcceptEvents } from '../../src/pipeline/intake/accept-events.ts';
import { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { createRandom, type Random } from '../../src/stats/random.ts';
import type { Pool } from '../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../src/window/segments.ts';
import { evaluateDue, type Line } from '../../test/harness/evaluate-due.ts';
import { modelSpec } from '../../test/harness/model-spec.ts';

export interface Shape {
  readonly windows: number;
  readonly rows: number;
  readonly segments: number;
  readonly features: number;
}

const VERSION = '1';
const POSTED_AT_ONCE = 500;
const TRAINING_ROWS = 10_000;
/** One feature in five is a category, the first of them the segment. */
const CATEGORY_EVERY = 5;
const LEVELS = 8;
const DECIDED_FROM = 0.5;

export const START_MS = Date.UTC(2026, 2, 1);

export function historyModel(): ModelSpec {
  return modelSpec({
    name: 'history',
    segments: ['site'],
    windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 3_650 * DAY_MS }],
    labels: { horizonMs: 30 * DAY_MS, matureAfterMs: HOUR_MS, minLabelled: 20 },
    minRows: 20,
  });
}

/**
 * Stores the windows one after the other.
 *
 * @param onWindow after each was judged by both series
 * @param startMs when the first begins
 * @param judge evaluates what is due; each window is judged when it has closed and when its labels are in
 */
export async function fillHistory(
  pool: Pool,
  shape: Shape,
  onWindow: (n: number) => Promise<void>,
  startMs = START_MS,
  judge: (line: Line, nowMs: number) => Promise<void> = evaluateDue,
): Promise<void> {
  const spec = historyModel();
  const random = createRandom(16);
  await storeBaseline(pool, spec, VERSION, trainingTable(shape, random), { file: 'training.csv' });
  const { catalog, post } = await open(pool, spec);
  for (let window = 0; window < shape.windows; window += 1) {
    const hourMs = startMs + window * HOUR_MS;
    const nowMs = hourMs + HOUR_MS + MINUTE_MS;
    const { predictions, labels } = windowEvents(shape, window, hourMs, random);
    await post(predictions, nowMs);
    await judge({ pool, catalog }, nowMs);
    await post(labels, nowMs + HOUR_MS);
    await judge({ pool, catalog }, nowMs + HOUR_MS);
    await onWindow(window);
  }
}

async function open(pool: Pool, spec: ModelSpec) {
  const catalog = await ModelCatalog.open(pool, [spec]);
  const accept = createAcceptEvents({
    pool,
    catalog,
    segments: new SegmentRegistry(),
    limits: DEFAULT_DECODE_LIMITS,
    reevaluateAfterMs: 0,
  });
  const post = async (events: readonly object[], receivedAtMs: number): Promise<void> => {
    for (let from = 0; from < events.length; from += POSTED_AT_ONCE) {
      const lines = events.slice(from, from + POSTED_AT_ONCE).map((event) => JSON.stringify(event));
      const answer = await accept({
        body: Buffer.from(lines.join('\n')),
        idempotencyKey: null,
        receivedAtMs,
      });
      if (!answer.ok || answer.value.dead_letters.length > 0)
        throw new Error(JSON.stringify(answer).slice(0, 500));
    }
  };
  return { catalog, post };
}

const POSTED_WHILE = 100;

/** Posts a hundred events of the hour that is now, again and again. */
export async function postingTo(pool: Pool, spec: ModelSpec, shape: Shape): Promise<() => Promise<void>> {
  const { post } = await open(pool, spec);
  const random = createRandom(17);
  let posts = 0;
  return async () => {
    const nowMs = Date.now();
    posts += 1;
    const events = windowEvents({ ...shape, rows: POSTED_WHILE }, 1_000_000 + posts, nowMs - HOUR_MS, random);
    await post(events.predictions, nowMs);
  };
}

interface Row {
  readonly features: Record<string, number | string>;
  readonly score: number;
  readonly label: string;
}

export function drawRow({ segments, features }: Shape, random: Random): Row {
  const values: Record<string, number | string> = { site: `site-${Math.floor(random() * segments)}` };
  let sum = 0;
  for (let n = 1; n < features; n += 1) {
    if (n % CATEGORY_EVERY === 0) values[`kind_${n}`] = `level-${Math.floor(random() ** 2 * LEVELS)}`;
    else {
      const value = normal(random);
      sum += n < CATEGORY_EVERY ? value : 0;
      values[`x_${n}`] = Math.round(value * 1_000_000) / 1_000_000;
    }
  }
  const score = 1 / (1 + Math.exp(-sum));
  return { features: values, score, label: random() < score ? 'approve' : 'deny' };
}

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function windowEvents(shape: Shape, window: number, startMs: number, random: Random) {
  const predictions: object[] = [];
  const labels: object[] = [];
  for (let n = 0; n < shape.rows; n += 1) {
    const { features, score, label } = drawRow(shape, random);
    const named = { model: 'history', prediction_id: `w${window}-${n}` };
    const timestamp = startMs + Math.floor((n * HOUR_MS) / shape.rows);
    const prediction = score > DECIDED_FROM ? 'approve' : 'deny';
    predictions.push({
      type: 'prediction',
      ...named,
      model_version: VERSION,
      timestamp,
      features,
      prediction,
      score,
    });
    labels.push({ type: 'label', ...named, timestamp: timestamp + HOUR_MS, label });
  }
  return { predictions, labels };
}

export function trainingTable(shape: Shape, random: Random): Table {
  const rows = Array.from({ length: TRAINING_ROWS }, () => drawRow(shape, random));
  const classes = rows.map(({ score }) => (score > DECIDED_FROM ? 'approve' : 'deny'));
  return {
    rows: rows.length,
    features: Object.keys(rows[0]!.features).map((name) => {
      const values = rows.map(({ features }) => features[name]!);
      return typeof values[0] === 'number'
        ? numeric(name, values as number[])
        : categorical(name, values as string[]);
    }),
    prediction: categorical('prediction', classes),
    score: numeric(
      'score',
      rows.map(({ score }) => score),
    ),
    label: categorical(
      'label',
      rows.map(({ label }) => label),
    ),
    timestampMs: null,
    predictionId: null,
  };
}

function numeric(name: string, values: readonly number[]): NumericColumn {
  return { name, kind: 'numeric', values: Float64Array.from(values), invalid: 0 };
}

function categorical(name: string, values: readonly string[]): CategoricalColumn {
  const levels = [...new Set(values)].sort();
  const codes = Int32Array.from(values, (value) => levels.indexOf(value));
  return { name, kind: 'categorical', codes, levels, invalid: 0 };
}
