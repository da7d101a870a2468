import { Matrix, SVD, inverse } from 'ml-matrix';
import { Z_95 } from '../performance/make-figure.ts';
import type { LabelShares } from './label-shift.ts';
import { projectToSimplex } from './simplex.ts';

export interface BbseInput {
  readonly classes: readonly string[];
  /** Baseline rows, `[prediction][label]`. */
  readonly confusion: readonly (readonly number[])[];
  /** Present rows by prediction. */
  readonly predictions: readonly number[];
}

export interface BbseDetail extends LabelShares {
  /** q/p per class before the projection: what to weigh the baseline's rows with. */
  readonly weights: readonly number[] | null;
}

/** Beyond this a thousandth of the predictions moves the estimate by a tenth and more. */
const MAX_CONDITION = 100;
/** A share that is uncertain by more than a quarter either way is no estimate. */
const MAX_HALF_WIDTH = 0.25;

/**
 * Black-box shift estimation: the labels' shares behind the present predictions, if P(prediction | label) is the
 * baseline's. C w = μ with C_ij = P(prediction i, label j) of the baseline and μ the present predictions' shares; the
 * estimate is w_j·P(label j), put on the simplex. No ridge: it would pull every answer towards "nothing".
 *
 * Interval: delta method, from the sampling of the present predictions and of each column of the baseline's matrix.
 * Refused as `ill_conditioned` when C has a condition number above 100 (2-norm) or an interval is wider than ± 0.25.
 * It misleads under covariate shift and nothing in it can tell: `mixtureFit` can, where there are scores.
 * Classes without a baseline label are left out. Cost O(classes³).
 * Source: Lipton, Wang & Smola, ICML 2018.
 *
 * @example estimateBbse({ classes: ['0', '1'], confusion: [[40, 10], [10, 40]], predictions: [35, 65] }).estimate // [0.25, 0.75]
 */
export function estimateBbse({ classes, confusion, predictions }: BbseInput): BbseDetail {
  const labelled = classes.map((_, j) => confusion.reduce((sum, row) => sum + (row[j] ?? 0), 0));
  const kept = [...classes.keys()].filter((j) => (labelled[j] ?? 0) > 0);
  const total = kept.reduce((sum, j) => sum + (labelled[j] ?? 0), 0);
  const names = kept.map((j) => classes[j] ?? '');
  const reference = kept.map((j) => (labelled[j] ?? 0) / total);
  const rows = kept.reduce((sum, j) => sum + (predictions[j] ?? 0), 0);
  const refuse = (reason: LabelShares['reason'], conditionNumber: number | null = null): BbseDetail => ({
    classes: names,
    reference,
    estimate: null,
    intervals: null,
    weights: null,
    method: 'bbse',
    conditionNumber,
    valid: false,
    reason,
  });
  if (kept.length < 2) return refuse('one_class');
  if (!(rows > 0)) return refuse('no_rows');
  const joint = new Matrix(kept.map((i) => kept.map((j) => (confusion[i]?.[j] ?? 0) / total)));
  const conditionNumber = new SVD(joint).condition;
  if (!(conditionNumber <= MAX_CONDITION)) {
    return refuse('ill_conditioned', Number.isFinite(conditionNumber) ? conditionNumber : null);
  }
  const mu = kept.map((i) => (predictions[i] ?? 0) / rows);
  const inverted = inverse(joint);
  const weights = inverted.mmul(Matrix.columnVector(mu)).to1DArray();
  const raw = weights.map((weight, j) => weight * (reference[j] ?? 0));
  const estimate = projectToSimplex(raw);
  const halves = halfWidths(joint, reference, mu, raw, rows, total);
  if (halves.some((half) => !(half <= MAX_HALF_WIDTH))) return refuse('ill_conditioned', conditionNumber);
  return {
    classes: names,
    reference,
    estimate,
    intervals: estimate.map((q, j) => [Math.max(0, q - (halves[j] ?? 0)), Math.min(1, q + (halves[j] ?? 0))]),
    weights,
    method: 'bbse',
    conditionNumber,
    valid: true,
    reason: null,
  };
}

/** q = A⁻¹μ with A = P(prediction | label): var q = A⁻¹ [var μ + Σ q_j² var A_j] A⁻ᵀ. */
function halfWidths(
  joint: Matrix,
  reference: readonly number[],
  mu: readonly number[],
  q: readonly number[],
  rows: number,
  baselineRows: number,
): number[] {
  const conditional = new Matrix(joint.to2DArray().map((row) => row.map((p, j) => p / (reference[j] ?? 1))));
  const spread = multinomial(mu).div(rows);
  for (const [j, share] of q.entries()) {
    const labelled = baselineRows * (reference[j] ?? 0);
    spread.add(multinomial(conditional.getColumn(j)).mul(share ** 2 / labelled));
  }
  const solve = inverse(conditional);
  return solve
    .mmul(spread)
    .mmul(solve.transpose())
    .diagonal()
    .map((variance) => Z_95 * Math.sqrt(Math.max(0, variance)));
}

/** diag(p) − p pᵀ: the covariance of one draw. */
function multinomial(shares: readonly number[]): Matrix {
  return new Matrix(shares.map((p, i) => shares.map((q, j) => (i === j ? p : 0) - p * q)));
}
