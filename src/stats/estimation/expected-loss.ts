import type { Table } from '../../core/table.ts';
import { binFeatures } from '../multivariate/binned-features.ts';
import { createRandom } from '../random.ts';
import { pickRows } from '../multivariate/pick-rows.ts';
import { poolSamples } from '../multivariate/pooled-sample.ts';
import { Z_95 } from '../performance/make-figure.ts';
import { expectedLosses, fitLossModel } from './loss-model.ts';
import type { LossModel } from './loss-model.ts';

export interface ExpectedLoss {
  readonly value: number;
  readonly interval: readonly [number, number];
  /** Share of the loss's variance that the features explain on held-out baseline rows; at most 0: a constant. */
  readonly explained: number;
}

export interface LossEstimates {
  /** `mae`, `rmse`, `mape`, `bias`; only those that the baseline's labels allow. */
  readonly losses: ReadonlyMap<string, ExpectedLoss>;
  /** Share of the present rows with a value beyond the baseline's in some feature, or a level it never had. */
  readonly beyond: number;
  readonly rows: { readonly reference: number; readonly current: number };
}

const MAX_ROWS = 20_000;
const SEED = 1;

/**
 * Direct loss estimation for regression: what the errors will be, before labels come. Trees learn each baseline row's
 * |e|, e², |e/y| and e from its features and the prediction; the present rows are then expected to err as the baseline
 * did where they are. Estimates `mae`, `rmse` (root of the expected e²), `mape` (labels other than 0) and `bias`.
 *
 * Interval: ± 1.96·σ·√(1/n + 1/m), σ the standard deviation of the loss on the baseline: what sampling of both sides
 * adds, and no more. Right as long as P(y | x) stands still; where the baseline has no rows trees only repeat the edge,
 * and `beyond` says how many rows that concerns. Null without numeric labels and predictions in the baseline.
 * At most 20,000 rows of either side, by a seeded choice. Cost O(trees · rows · features), about a second at the most.
 */
export function estimateLosses(reference: Table, current: Table): LossEstimates | null {
  const { label, prediction } = reference;
  if (label?.kind !== 'numeric' || prediction?.kind !== 'numeric') return null;
  if (current.prediction?.kind !== 'numeric') return null;
  const usable = Int32Array.from({ length: reference.rows }, (_, row) => row).filter(
    (row) => Number.isFinite(label.values[row]) && Number.isFinite(prediction.values[row]),
  );
  if (usable.length < 2 || current.rows === 0) return null;
  const random = createRandom(SEED);
  const picked = pickRows(usable.length, MAX_ROWS, random);
  const known = Int32Array.from(picked, (at) => usable[at] ?? 0);
  const now = pickRows(current.rows, MAX_ROWS, random);
  const sample = poolSamples(withPrediction(reference), withPrediction(current), known, now);
  const bins = binFeatures(sample);
  const train = Int32Array.from(known.keys());
  const apply = Int32Array.from(now, (_, at) => known.length + at);
  const errors = Float64Array.from(known, (row) => (prediction.values[row] ?? 0) - (label.values[row] ?? 0));
  const relative = errors.map((error, at) => Math.abs(error / (label.values[known[at] ?? 0] ?? 0)));
  const estimate = (losses: Float64Array): ExpectedLoss | null => {
    const model = fitLossModel(bins, losses, train);
    return expectedOf(model, expectedLosses(model, bins, apply), losses, usable.length, current.rows);
  };
  const found = new Map<string, ExpectedLoss>();
  const keep = (name: string, loss: ExpectedLoss | null): void => {
    if (loss !== null) found.set(name, loss);
  };
  keep('mae', notNegative(estimate(errors.map(Math.abs))));
  keep('rmse', rootOf(notNegative(estimate(errors.map((error) => error ** 2)))));
  keep('mape', notNegative(estimate(relative)));
  keep('bias', estimate(errors));
  return {
    losses: found,
    beyond: shareBeyond(sample, known.length),
    rows: { reference: usable.length, current: current.rows },
  };
}

/** The prediction is a feature of its own error: large ones are often the wrong ones. */
function withPrediction(table: Table): Table {
  const { prediction, features } = table;
  return prediction === null
    ? table
    : { ...table, features: [...features, { ...prediction, name: ' prediction' }] };
}

function expectedOf(
  model: LossModel,
  expected: Float64Array,
  losses: Float64Array,
  referenceRows: number,
  currentRows: number,
): ExpectedLoss | null {
  const usable = losses.filter((loss) => Number.isFinite(loss));
  if (usable.length < 2) return null;
  const value = expected.reduce((sum, loss) => sum + loss, 0) / expected.length;
  let squares = 0;
  for (const loss of usable) squares += (loss - model.mean) ** 2;
  const sigma = Math.sqrt(squares / (usable.length - 1));
  const half = Z_95 * sigma * Math.sqrt(1 / referenceRows + 1 / currentRows);
  return { value, interval: [value - half, value + half], explained: model.explained };
}

function notNegative(loss: ExpectedLoss | null): ExpectedLoss | null {
  if (loss === null) return null;
  const [low, high] = loss.interval;
  return { ...loss, value: Math.max(0, loss.value), interval: [Math.max(0, low), Math.max(0, high)] };
}

function rootOf(loss: ExpectedLoss | null): ExpectedLoss | null {
  if (loss === null) return null;
  const [low, high] = loss.interval;
  return { ...loss, value: Math.sqrt(loss.value), interval: [Math.sqrt(low), Math.sqrt(high)] };
}

function shareBeyond(
  { features, referenceRows, currentRows }: ReturnType<typeof poolSamples>,
  end: number,
): number {
  const beyond = new Uint8Array(currentRows);
  for (const feature of features) {
    const values = feature.kind === 'numeric' ? feature.values : feature.codes;
    const known = new Set<number>();
    let low = Infinity;
    let high = -Infinity;
    for (let row = 0; row < end; row++) {
      const value = values[row] ?? Number.NaN;
      if (feature.kind !== 'numeric') known.add(value);
      else if (Number.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    for (let row = 0; row < currentRows; row++) {
      const value = values[referenceRows + row] ?? Number.NaN;
      const outside =
        feature.kind === 'numeric' ? value < low || value > high : value >= 0 && !known.has(value);
      if (outside) beyond[row] = 1;
    }
  }
  return beyond.reduce((sum, outside) => sum + outside, 0) / Math.max(1, currentRows);
}
