import { keptWith } from '../../core/memory/remember.ts';
import { cholesky, solve } from './algebra/cholesky.ts';
import type { Cholesky } from './algebra/cholesky.ts';
import type { Design } from './design-matrix.ts';
import { weightedGram } from './algebra/weighted-gram.ts';

/** A whisper of a prior N(0, 1/RIDGE) on every coefficient: separable data then still have a finite fit. */
const RIDGE = 1e-2;
const MAX_STEPS = 15;
const MAX_HALVINGS = 6;
/** Log-likelihood a step must gain to be followed by another; score tests forgive what is left to first order. */
const ENOUGH = 0.05;
/** Above this much work per step the first steps are taken on a part of the rows. */
const CHEAP_STEP = 3e7;
const MAX_INDEX = 30;

/** y ~ s(X) fitted on reference and current rows together, as if nothing had happened. */
export interface NullModel {
  readonly beta: Float64Array;
  /** The model's own index: the linear predictor per row. */
  readonly index: Float64Array;
  readonly residual: Float64Array;
  /** Variance of the response per row under the model, up to scale. */
  readonly weight: Float64Array;
  /** Factor of Xᵀ·W·X. */
  readonly information: Cholesky;
  /** Levels whose effects are fitted beside the matrix, which is then the part of it that varies within a level. */
  readonly absorbed?: Absorbed;
}

/** A column of more levels than a matrix has room for: each has an effect of its own. */
export interface Absorbed {
  readonly feature: string;
  /** Of each row, reference rows first; cells that are missing are a level, too. */
  readonly levelOf: Int32Array;
  readonly levels: number;
}

/** Of Xᵀ·X: one design is asked to explain many responses, and their sizes. */
const linearFactor = keptWith(({ rows, columns, x }: Design) =>
  penalisedFactor(weightedGram(x, rows, columns, null), columns),
);

/** Least squares. O(n·p²), and O(n·p) for another response of the same design. */
export function fitLinear(design: Design, response: Float64Array): NullModel {
  const { rows, columns, x } = design;
  const information = linearFactor(design);
  const beta = solve(information, transposeTimes(x, rows, columns, response));
  const index = times(x, rows, columns, beta);
  const residual = response.map((value, row) => value - index[row]!);
  return { beta, index, residual, weight: new Float64Array(rows).fill(1), information };
}

/**
 * Logistic regression by iteratively re-weighted least squares with step halving; response 0 or 1.
 * Large problems start from the fit on a fifth of the rows, or from coefficients known to be near. `offset` is added to the
 * index of each row and not fitted. O(n·p²) per step.
 */
export function fitLogistic(
  design: Design,
  response: Float64Array,
  near?: Float64Array,
  offset: Float64Array = new Float64Array(design.rows),
): NullModel {
  const { rows, columns } = design;
  let start: Float64Array = near ?? new Float64Array(columns);
  const part = 5;
  if (near === undefined && rows * columns * columns > CHEAP_STEP && rows / part > 20 * columns) {
    const some = { response: everyNthValue(response, part), offset: everyNthValue(offset, part) };
    start = newton(everyNth(design, part), some, start).beta;
  }
  const { beta, index, information } = newton(design, { response, offset }, start);
  const mean = index.map(inverseLogit);
  return {
    beta,
    index,
    residual: response.map((value, row) => value - mean[row]!),
    weight: mean.map((mu) => mu * (1 - mu)),
    information,
  };
}

interface NewtonFit {
  readonly beta: Float64Array;
  readonly index: Float64Array;
  readonly information: Cholesky;
}

interface Outcome {
  readonly response: Float64Array;
  readonly offset: Float64Array;
}

function newton(design: Design, { response, offset }: Outcome, start: Float64Array): NewtonFit {
  const { rows, columns, x } = design;
  const indexAt = (at: Float64Array): Float64Array => {
    const own = times(x, rows, columns, at);
    for (let row = 0; row < rows; row++) own[row]! += offset[row]!;
    return own;
  };
  let beta = start;
  let index = indexAt(beta);
  let loss = penalisedLoss(index, response, beta);
  for (let step = 0; ; step++) {
    const mean = index.map(inverseLogit);
    const information = penalisedFactor(
      weightedGram(
        x,
        rows,
        columns,
        mean.map((mu) => mu * (1 - mu)),
      ),
      columns,
    );
    if (step === MAX_STEPS) return { beta, index, information };
    const gradient = transposeTimes(
      x,
      rows,
      columns,
      response.map((value, row) => value - mean[row]!),
    );
    for (let j = 1; j < columns; j++) gradient[j]! -= RIDGE * beta[j]!;
    const direction = solve(information, gradient);
    let factor = 1;
    let next = beta;
    let nextIndex = index;
    let nextLoss = Infinity;
    for (let halving = 0; halving <= MAX_HALVINGS; halving++, factor /= 2) {
      next = beta.map((value, j) => value + factor * direction[j]!);
      nextIndex = indexAt(next);
      nextLoss = penalisedLoss(nextIndex, response, next);
      if (nextLoss <= loss) break;
    }
    const gain = loss - nextLoss;
    if (!(gain > ENOUGH))
      return { beta: gain > 0 ? next : beta, index: gain > 0 ? nextIndex : index, information };
    beta = next;
    index = nextIndex;
    loss = nextLoss;
  }
}

function penalisedLoss(index: Float64Array, response: Float64Array, beta: Float64Array): number {
  let loss = 0;
  for (let row = 0; row < index.length; row++) {
    const eta = index[row]!;
    // ln(1 + e^η) − y·η without overflow.
    loss += Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta))) - response[row]! * eta;
  }
  for (let j = 1; j < beta.length; j++) loss += (RIDGE * beta[j]! ** 2) / 2;
  return loss;
}

export function inverseLogit(eta: number): number {
  const bounded = Math.max(-MAX_INDEX, Math.min(MAX_INDEX, eta));
  return 1 / (1 + Math.exp(-bounded));
}

/** The intercept carries no prior. */
export function penalisedFactor(gram: Float64Array, columns: number): Cholesky {
  for (let j = 1; j < columns; j++) gram[j * columns + j]! += RIDGE;
  return cholesky(gram, columns);
}

function everyNth(design: Design, part: number): Design {
  const { columns, x } = design;
  const rows = Math.floor(design.rows / part);
  const thin = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = row * part * columns;
    thin.set(x.subarray(from, from + columns), row * columns);
  }
  return { rows, referenceRows: Math.floor(design.referenceRows / part), columns, x: thin };
}

function everyNthValue(values: Float64Array, part: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / part) }, (_, i) => values[i * part]!);
}

function times(x: Float64Array, rows: number, columns: number, beta: Float64Array): Float64Array {
  const product = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * columns;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += x[at + j]! * beta[j]!;
    product[row] = sum;
  }
  return product;
}

function transposeTimes(x: Float64Array, rows: number, columns: number, values: Float64Array): Float64Array {
  const product = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (value === 0) continue;
    const at = row * columns;
    for (let j = 0; j < columns; j++) product[j]! += x[at + j]! * value;
  }
  return product;
}
