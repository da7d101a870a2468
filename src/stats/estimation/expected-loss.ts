import { inNameOrder } from '../../core/table.ts';
import type { Table } from '../../core/table.ts';
import { mean } from '../elementary.ts';
import { createRandom } from '../random.ts';
import { pickRows } from '../multivariate/pick-rows.ts';
import { learnBins, placeInBins } from '../multivariate/column-bins.ts';
import type { ColumnBins } from '../multivariate/column-bins.ts';
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
 * At most 20,000 rows of either side, by a seeded choice.
 *
 * Cost O(trees · rows · features), a second or more, to learn from a baseline; O(rows · trees) from then on, as long as
 * the same table object is given: what was learned of it is kept with it.
 */
export function estimateLosses(reference: Table, current: Table): LossEstimates | null {
  if (current.prediction?.kind !== 'numeric' || current.rows === 0) return null;
  const now = withPrediction(current);
  const learned = learnedFrom(reference, sharedNames(withPrediction(reference), now));
  if (learned === null) return null;
  const rows = pickRows(current.rows, MAX_ROWS, createRandom(SEED));
  const { binned, beyond } = placeInBins(learned.columns, now, rows);
  const every = Int32Array.from(rows.keys());
  const found = new Map<string, ExpectedLoss>();
  for (const [name, { model, sigma }] of learned.losses) {
    const expected = expectedLosses(model, binned, every);
    const value = mean(expected);
    const half = Z_95 * sigma * Math.sqrt(1 / learned.rows + 1 / current.rows);
    const loss = { value, interval: [value - half, value + half], explained: model.explained } as const;
    found.set(name, name === 'bias' ? loss : name === 'rmse' ? rootOf(notNegative(loss)) : notNegative(loss));
  }
  return { losses: found, beyond, rows: { reference: learned.rows, current: current.rows } };
}

/** What a baseline teaches about its model's errors. */
interface LearnedLosses {
  readonly columns: readonly ColumnBins[];
  readonly losses: ReadonlyMap<string, { readonly model: LossModel; readonly sigma: number }>;
  /** Rows with label and prediction. */
  readonly rows: number;
}

/** The last set of columns only: it is the same from window to window, unless one is lost or changes its type. */
const kept = new WeakMap<Table, { readonly names: string; readonly learned: LearnedLosses | null }>();

function learnedFrom(reference: Table, names: readonly string[]): LearnedLosses | null {
  const key = JSON.stringify(names);
  const before = kept.get(reference);
  if (before?.names === key) return before.learned;
  const learned = learnLosses(reference, names);
  kept.set(reference, { names: key, learned });
  return learned;
}

function learnLosses(reference: Table, names: readonly string[]): LearnedLosses | null {
  const { label, prediction } = reference;
  if (label?.kind !== 'numeric' || prediction?.kind !== 'numeric') return null;
  const usable = Int32Array.from({ length: reference.rows }, (_, row) => row).filter(
    (row) => Number.isFinite(label.values[row]) && Number.isFinite(prediction.values[row]),
  );
  if (usable.length < 2) return null;
  const rows = Int32Array.from(
    pickRows(usable.length, MAX_ROWS, createRandom(SEED)),
    (at) => usable[at] ?? 0,
  );
  const table = withPrediction(reference);
  const wanted = new Set(names);
  const columns = inNameOrder(table.features)
    .filter(({ name }) => wanted.has(name))
    .map((column) => learnBins(column, rows));
  const { binned } = placeInBins(columns, table, rows);
  const train = Int32Array.from(rows.keys());
  const errors = Float64Array.from(rows, (row) => (prediction.values[row] ?? 0) - (label.values[row] ?? 0));
  const losses = new Map<string, { model: LossModel; sigma: number }>();
  const learn = (name: string, values: Float64Array): void => {
    const model = fitLossModel(binned, values, train);
    const sigma = deviationFrom(model.mean, values);
    if (sigma !== null) losses.set(name, { model, sigma });
  };
  learn('mae', errors.map(Math.abs));
  learn(
    'rmse',
    errors.map((error) => error ** 2),
  );
  learn(
    'mape',
    errors.map((error, at) => Math.abs(error / (label.values[rows[at] ?? 0] ?? 0))),
  );
  learn('bias', errors);
  return { columns, losses, rows: usable.length };
}

/** Columns of both that are numbers on both sides or levels on both: others are faults, named elsewhere. */
function sharedNames(reference: Table, current: Table): string[] {
  const kinds = new Map(current.features.map(({ name, kind }) => [name, kind === 'numeric']));
  return reference.features
    .filter(({ name, kind }) => kinds.get(name) === (kind === 'numeric'))
    .map(({ name }) => name);
}

/** The prediction is a feature of its own error: large ones are often the wrong ones. */
function withPrediction(table: Table): Table {
  const { prediction, features } = table;
  return prediction === null
    ? table
    : { ...table, features: [...features, { ...prediction, name: ' prediction' }] };
}

/** Of the finite ones; null for fewer than two. */
function deviationFrom(mean: number, losses: Float64Array): number | null {
  let squares = 0;
  let n = 0;
  for (const loss of losses) {
    if (!Number.isFinite(loss)) continue;
    n += 1;
    squares += (loss - mean) ** 2;
  }
  return n < 2 ? null : Math.sqrt(squares / (n - 1));
}

function notNegative(loss: ExpectedLoss): ExpectedLoss {
  const [low, high] = loss.interval;
  return { ...loss, value: Math.max(0, loss.value), interval: [Math.max(0, low), Math.max(0, high)] };
}

function rootOf(loss: ExpectedLoss): ExpectedLoss {
  const [low, high] = loss.interval;
  return { ...loss, value: Math.sqrt(loss.value), interval: [Math.sqrt(low), Math.sqrt(high)] };
}
