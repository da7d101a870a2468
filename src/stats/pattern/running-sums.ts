import type { Course } from './course.ts';

/** Weighted sums over the windows before each, so that any stretch costs two look-ups. */
export interface RunningSums {
  readonly m: number;
  /** Middle of each window, from the first window's start. */
  readonly middles: Float64Array;
  /** Values less their weighted mean: differences keep their digits. */
  readonly centred: Float64Array;
  readonly weights: Float64Array;
  readonly w: Float64Array;
  readonly wx: Float64Array;
  readonly wxx: Float64Array;
  readonly wy: Float64Array;
  readonly wxy: Float64Array;
  /** Weighted sum of squares around the mean: what is left when nothing changes. */
  readonly total: number;
  /** Of the course. */
  readonly independence: number;
}

export function runningSums({ positions, values, weights, independence }: Course): RunningSums {
  const m = values.length;
  const first = positions[0] ?? 0;
  const middles = positions.map((at) => at - first + 0.5);
  const mean = weightedMean(values, weights);
  const centred = values.map((value) => value - mean);
  const [w, wx, wxx, wy, wxy] = Array.from({ length: 5 }, () => new Float64Array(m + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let total = 0;
  for (let i = 0; i < m; i++) {
    const weight = weights[i] ?? 0;
    const x = middles[i] ?? 0;
    const y = centred[i] ?? 0;
    w[i + 1] = (w[i] ?? 0) + weight;
    wx[i + 1] = (wx[i] ?? 0) + weight * x;
    wxx[i + 1] = (wxx[i] ?? 0) + weight * x * x;
    wy[i + 1] = (wy[i] ?? 0) + weight * y;
    wxy[i + 1] = (wxy[i] ?? 0) + weight * x * y;
    total += weight * y * y;
  }
  return { m, middles, centred, weights, w, wx, wxx, wy, wxy, total, independence };
}

export function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    sum += (weights[i] ?? 0) * (values[i] ?? 0);
    weight += weights[i] ?? 0;
  }
  return weight > 0 ? sum / weight : 0;
}

export function between(sums: Float64Array, from: number, to: number): number {
  return (sums[to] ?? 0) - (sums[from] ?? 0);
}

/**
 * What is left of the squares when the values go from one level to another as h does from 0 to 1: the residual of the
 * weighted regression on (1, h), from Σwh, Σwh² and Σwhy.
 */
export function leftBy(sums: RunningSums, h: number, hh: number, hy: number): number {
  const weight = sums.w[sums.m] ?? 0;
  const spread = hh - (h * h) / weight;
  // Centred values: Σwy is 0, and so drops out of the covariance.
  return spread > 1e-12 * weight ? Math.max(0, sums.total - (hy * hy) / spread) : sums.total;
}
