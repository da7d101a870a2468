import type { LossSums } from './score-losses.ts';

/** Sums over rows with a finite label y and a finite prediction; e = prediction − label, c = y − `centre`. */
export interface RegressionSample {
  readonly n: number;
  readonly sumError: number;
  readonly sumAbsolute: number;
  readonly sumSquared: number;
  readonly sumFourth: number;
  /** |e/y| over rows whose label is not 0; null where it was not kept. */
  readonly percentage: LossSums | null;
  readonly labels: LabelMoments | null;
}

/**
 * Moments of the labels about any fixed centre near them (about 0 they would cancel away), and with the squared error.
 */
export interface LabelMoments {
  readonly sum: number;
  readonly sumSquared: number;
  readonly sumCubed: number;
  readonly sumFourth: number;
  /** Σ e²·c and Σ e²·c². */
  readonly sumErrorLabel: number;
  readonly sumErrorLabelSquared: number;
}
