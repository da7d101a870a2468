import { kolmogorovSurvival } from '../special/kolmogorov.ts';
import { exitProbability } from './lattice-walk.ts';

/** Up to this many rows in the larger sample the p-value is exact. */
const KS_EXACT_MAX_ROWS = 10_000;

/**
 * Two-sample Kolmogorov–Smirnov statistic D = max |F_a(x) − F_b(x)|.
 *
 * Input: both samples sorted ascending, without NaN; ties allowed. Range [0, 1]; symmetric; unchanged by any
 * increasing transformation. An empty sample gives 0 (there is nothing to compare). One constant against
 * another: 0 or 1. Cost O(n + m).
 *
 * @example ksStatisticSorted(Float64Array.of(1.01, 2.01), Float64Array.of(1, 2, 3)) // 1 / 3
 */
export function ksStatisticSorted(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  const m = b.length;
  if (n === 0 || m === 0) return 0;
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < n && j < m) {
    const x = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (i < n && a[i] === x) i++;
    while (j < m && b[j] === x) j++;
    // Integers decide, one division reports: ties between i/n and j/m are then exact.
    largest = Math.max(largest, Math.abs(i * m - j * n));
  }
  return largest / (n * m);
}

/**
 * Two-sided p-value of D by the law of one sample of round(nm/(n+m)) rows (SciPy's asymptotic rule).
 *
 * The rule of every decision: its cost does not explode and it is conservative under ties. Range [0, 1]; D ≤ 0 or an empty
 * sample gives 1. Far tail accurate to 1e-300. Cost O(nm/(n+m)) at worst.
 *
 * @example ksPValue(0.1, 300, 500) // 0.043385858924829046
 */
export function ksPValue(d: number, n: number, m: number): number {
  if (!(d > 0) || n === 0 || m === 0) return 1;
  const effective = roundHalfToEven((n * m) / (n + m));
  return effective === 0 ? 1 : kolmogorovSurvival(Math.min(d, 1), effective);
}

/** As SciPy rounds. */
function roundHalfToEven(x: number): number {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 === 1 ? up - 1 : up;
}

/**
 * Exact two-sided P(D ≥ d) for two samples without ties; ties make it conservative. Larger samples than
 * `KS_EXACT_MAX_ROWS` fall back to `ksPValue`.
 *
 * Method: a random order of the pooled rows is a walk over an (n, m) lattice; the chance of leaving the band
 * |i/n − j/m| < d is summed at the first exit, so every term is positive and the tail keeps its digits (one minus
 * the chance of staying, as usually computed, has none below 1e-13).
 * Range [0, 1]. D ≤ 0 or an empty sample gives 1. Cost O(n·m·d), memory O(min(n, m)).
 * Source: Hodges, Ark. Mat. 3 (1958).
 *
 * @example ksExactPValue(1, 3, 3) // 0.1
 */
export function ksExactPValue(d: number, n: number, m: number): number {
  if (!(d > 0) || n === 0 || m === 0) return 1;
  if (Math.max(n, m) > KS_EXACT_MAX_ROWS) return ksPValue(d, n, m);
  // D is a multiple of 1/(n·m): compare integers, so that rounding in d cannot move a path over the border.
  const limit = Math.ceil(Math.min(d, 1) * n * m - 1e-6);
  if (limit <= 0) return 1;
  return Math.min(1, exitProbability(Math.max(n, m), Math.min(n, m), limit));
}

/** Below this the exact value and the law differ by more than anyone reads, and the exact one costs most. */
const KS_EXACT_MIN_P = 1e-13;

/**
 * The p-value to report: exact up to `KS_EXACT_MAX_ROWS` rows a side unless it is below 1e-13, else `ksPValue`. Samples
 * that do not overlap (D = 1), where the law is 0 whatever the sizes, have a closed form.
 *
 * @example ksReportedPValue(0.1, 300, 500) // 0.0442055491165523
 */
export function ksReportedPValue(d: number, n: number, m: number): number {
  const law = ksPValue(d, n, m);
  if (Math.max(n, m) > KS_EXACT_MAX_ROWS) return law;
  if (d >= 1) return apartPValue(n, m);
  return law < KS_EXACT_MIN_P ? law : ksExactPValue(d, n, m);
}

/** Of all orders of the n + m rows just two put one sample wholly before the other. */
function apartPValue(n: number, m: number): number {
  let pValue = 2;
  for (let i = 1; i <= Math.min(n, m); i++) pValue *= i / (Math.max(n, m) + i);
  return Math.min(1, pValue);
}
