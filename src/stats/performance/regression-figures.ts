import { boundedContribution, CompensatedSums } from '../compensated.ts';
import { ErrorSums } from '../profile/outcomes/error-sums.ts';
import { ANY, meanFigure, normalFigure, NOT_NEGATIVE } from './make-figure.ts';
import { isMeasured } from './measured.ts';
import type { Figure, Figures } from './measured.ts';
import type { LabelMoments, RegressionSample } from './regression-sums.ts';

/**
 * Every figure of a regression by name: `mae` Σ|e|/n, `rmse` √(Σe²/n), `mape` mean |e/y| over labels other than 0,
 * `r2` 1 − Σe²/Σ(y − ȳ)², `bias` Σe/n (positive: predicted too high).
 *
 * Intervals: normal for means, delta method for rmse (standard error of the mean squared error over 2·rmse) and r2.
 * Tests: Welch on |e|, e², |e/y| and e; z for r2. No rows: `no_rows`; only labels of 0: mape `zero_labels`; all labels
 * equal: r2 `constant_label`. Cost O(1).
 */
export function regressionFigures(sample: RegressionSample): Figures {
  const { n, percentage, labels } = sample;
  const mse = meanFigure(n, sample.sumSquared, sample.sumFourth, NOT_NEGATIVE, 'no_rows');
  const figures = new Map<string, Figure>([
    ['mae', meanFigure(n, sample.sumAbsolute, sample.sumSquared, NOT_NEGATIVE, 'no_rows')],
    ['rmse', rootOf(mse)],
  ]);
  if (percentage !== null) {
    const { sum, sumOfSquares } = percentage;
    const otherwise = n > 0 ? 'zero_labels' : 'no_rows';
    figures.set('mape', meanFigure(percentage.n, sum, sumOfSquares, NOT_NEGATIVE, otherwise));
  }
  if (labels !== null) figures.set('r2', rSquared(sample, labels));
  figures.set('bias', meanFigure(n, sample.sumError, sample.sumSquared, ANY, 'no_rows'));
  return figures;
}

function rootOf(mean: Figure): Figure {
  if (!isMeasured(mean)) return mean;
  const root = Math.sqrt(mean.value);
  const error = root > 0 ? mean.standardError / (2 * root) : 0;
  return { ...normalFigure(root, error, NOT_NEGATIVE), basis: mean.basis };
}

/**
 * Influence of a row on r2 = 1 − A/B (A mean e², B variance of y): −(e² − A)/B + A·((y − ȳ)² − B)/B²; its variance by n
 * is the squared standard error.
 */
function rSquared({ n, sumSquared, sumFourth }: RegressionSample, labels: LabelMoments): Figure {
  if (!(n > 0)) return 'no_rows';
  const m1 = labels.sum / n;
  const m2 = labels.sumSquared / n;
  const m3 = labels.sumCubed / n;
  const variance = m2 - m1 ** 2;
  // What is left of a constant after rounding is no variance.
  if (!(variance > 1e-12 * m2)) return 'constant_label';
  const A = sumSquared / n;
  const ratio = A / variance;
  // Moments about the mean, from those about the centre.
  const fourth = labels.sumFourth / n - 4 * m1 * m3 + 6 * m1 ** 2 * m2 - 3 * m1 ** 4;
  const cross = labels.sumErrorLabelSquared / n - 2 * m1 * (labels.sumErrorLabel / n) + m1 ** 2 * A;
  const ofErrors = sumFourth / n - A ** 2;
  const ofLabels = fourth - variance ** 2;
  const covariance = cross - A * variance;
  const spread = Math.max(0, ofErrors - 2 * ratio * covariance + ratio ** 2 * ofLabels);
  return normalFigure(1 - ratio, Math.sqrt(spread / n) / variance, { low: -Infinity, high: 1 });
}

/** Sums of rows; rows where either number is not finite are left out. The order of rows does not show. O(rows). */
export function sumErrors(labels: Float64Array, predictions: Float64Array): RegressionSample {
  const usable = (row: number): boolean => Number.isFinite(labels[row]) && Number.isFinite(predictions[row]);
  const total = new CompensatedSums(1);
  let n = 0;
  for (let row = 0; row < labels.length; row++) {
    if (!usable(row)) continue;
    total.add(0, boundedContribution(labels[row] ?? 0));
    n += 1;
  }
  const centre = n === 0 ? 0 : total.get(0) / n;
  const sums = new ErrorSums(centre);
  for (let row = 0; row < labels.length; row++) sums.add(labels[row]!, predictions[row] ?? Number.NaN, 1);
  return sums.counts() ?? NO_ROWS;
}

const NO_ROWS: RegressionSample = {
  n: 0,
  sumError: 0,
  sumAbsolute: 0,
  sumSquared: 0,
  sumFourth: 0,
  percentage: { n: 0, sum: 0, sumOfSquares: 0 },
  labels: {
    sum: 0,
    sumSquared: 0,
    sumCubed: 0,
    sumFourth: 0,
    sumErrorLabel: 0,
    sumErrorLabelSquared: 0,
  },
};
