import { chiSquareSurvival } from '../../../stats/distributions.ts';
import { quantileBetween } from '../../../stats/quantiles.ts';
import type { Sample } from '../sample.ts';

/** Where the characteristic functions are compared, in half inter-quartile ranges. */
const POINTS = [0.4, 0.8] as const;
const COORDINATES = 2 * POINTS.length;
/** Below this many rows on both sides the statistic is corrected for their number. */
const FEW_ROWS = 25;
/** A pivot this small beside its diagonal leaves nothing to divide by. */
const SINGULAR = 1e-12;

/**
 * p-value of the Epps–Singleton test: do the empirical characteristic functions of two samples agree at two points?
 *
 * Statistic: N · d′ C⁻¹ d for the difference d of the mean cosines and sines, C their covariance, against χ² with 4
 * degrees of freedom. Null with fewer than five values on a side, an inter-quartile range of 0, or too few distinct
 * values for an invertible C. O(n + m). Source: Epps & Singleton, J. Stat. Comput. Simul. 26 (1986).
 */
export function eppsSingletonPValue(a: Sample, b: Sample): number | null {
  if (Math.min(a.n, b.n) < 5) return null;
  const pooled = Float64Array.from([...a.sorted, ...b.sorted]).sort();
  const scale = (quantileBetween(pooled, 0.75) - quantileBetween(pooled, 0.25)) / 2;
  if (!(scale > 0)) return null;
  const before = characteristic(a.finite, scale);
  const now = characteristic(b.finite, scale);
  const rows = a.n + b.n;
  const covariance = before.covariance.map((row, i) =>
    row.map((value, j) => (rows / a.n) * value + (rows / b.n) * (now.covariance[i]?.[j] ?? 0)),
  );
  const squared = squaredLength(
    covariance,
    before.mean.map((value, i) => value - (now.mean[i] ?? 0)),
  );
  if (squared === null) return null;
  const few = Math.max(a.n, b.n) < FEW_ROWS;
  const correction = few ? 1 / (1 + rows ** -0.45 + 10.1 * (a.n ** -1.7 + b.n ** -1.7)) : 1;
  return chiSquareSurvival(rows * squared * correction, COORDINATES);
}

function characteristic(values: Float64Array, scale: number): { mean: number[]; covariance: number[][] } {
  const coordinates = (value: number): number[] => {
    const angles = POINTS.map((point) => (point / scale) * value);
    return [...angles.map(Math.cos), ...angles.map(Math.sin)];
  };
  const zeros = (): number[] => Array.from({ length: COORDINATES }, () => 0);
  const mean = zeros();
  for (const value of values)
    for (const [i, x] of coordinates(value).entries()) mean[i]! += x / values.length;
  const covariance = mean.map(zeros);
  for (const value of values) {
    const deviations = coordinates(value).map((x, i) => x - (mean[i] ?? 0));
    for (const [i, x] of deviations.entries()) {
      for (const [j, y] of deviations.entries()) covariance[i]![j]! += (x * y) / values.length;
    }
  }
  return { mean, covariance };
}

/** d′ C⁻¹ d by Cholesky: the squared length of the solution of L z = d. Null when C cannot be inverted. */
function squaredLength(covariance: readonly (readonly number[])[], d: readonly number[]): number | null {
  const lower: number[][] = [];
  const z: number[] = [];
  const before = (row: readonly number[], other: readonly number[]): number =>
    other.reduce((sum, value, k) => sum + value * (row[k] ?? 0), 0);
  for (const [i, row] of covariance.entries()) {
    const solved: number[] = [];
    for (const [j, done] of lower.entries()) {
      solved.push(((row[j] ?? 0) - before(solved, done.slice(0, j))) / (done[j] ?? 1));
    }
    const diagonal = row[i] ?? 0;
    const pivot = diagonal - before(solved, solved);
    if (!(pivot > SINGULAR * diagonal)) return null;
    z.push(((d[i] ?? 0) - before(solved, z)) / Math.sqrt(pivot));
    lower.push([...solved, Math.sqrt(pivot)]);
  }
  return before(z, z);
}
