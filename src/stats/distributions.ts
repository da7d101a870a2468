import { fUpperTail } from './special/f-tail.ts';
import { upperIncompleteGamma } from './special/incomplete-gamma.ts';
import { millsRatio, normalLogCdf, normalUpperTail } from './special/normal-tail.ts';
import { poissonPmf } from './special/saddle-point.ts';

/**
 * Tail probabilities behind every p-value. Each is computed as a tail, never as 1 − cdf, and keeps its
 * digits down to 1e-300, so that corrections over thousands of features compare real numbers.
 */

/**
 * P(N > z), standard normal.
 *
 * @example normalSurvival(10) // 7.619853024160526e-24
 */
export function normalSurvival(z: number): number {
  return normalUpperTail(z);
}

/** P(|N| > |z|), standard normal. */
export function normalTwoSided(z: number): number {
  return Math.min(1, 2 * normalUpperTail(Math.abs(z)));
}

/**
 * z with P(N ≤ z) = p. −∞ at 0, +∞ at 1, NaN outside.
 * Newton on ln Φ, which is concave: whatever it starts from, it climbs to the root from the left. It starts within 5e-4
 * (Abramowitz & Stegun 26.2.23), so that three steps are enough.
 *
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return -Infinity;
  if (p === 0.5) return 0;
  const target = Math.log(p);
  const t = Math.sqrt(-2 * target);
  const off =
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  let z = Math.min(0, off - t);
  for (let i = 0; i < 50; i++) {
    const step = (target - normalLogCdf(z)) * millsRatio(-z);
    z += step;
    // What is left after a step is as its square.
    if (Math.abs(step) <= 1e-8) break;
  }
  return z;
}

/**
 * P(χ²_df > x). df > 0; x ≤ 0 gives 1.
 *
 * @example chiSquareSurvival(100, 9) // 1.5735176303753944e-17
 */
export function chiSquareSurvival(x: number, df: number): number {
  return upperIncompleteGamma(df / 2, x / 2);
}

/**
 * x with P(χ²_df > x) = alpha, 0 < alpha < 1: Newton on the logarithm of the tail, from the Wilson–Hilferty guess.
 *
 * @example chiSquareUpperQuantile(0.001, 9) // 27.877164871256568
 */
export function chiSquareUpperQuantile(alpha: number, df: number): number {
  const h = 2 / (9 * df);
  let x = Math.max(1e-8, df * (1 - h - normalQuantile(alpha) * Math.sqrt(h)) ** 3);
  const target = Math.log(alpha);
  for (let i = 0; i < 100; i++) {
    const tail = chiSquareSurvival(x, df);
    const density = (poissonPmf(df / 2, x / 2) * df) / (2 * x);
    const step = ((Math.log(tail) - target) * tail) / density;
    const next = x + step > 0 ? x + step : x / 2;
    if (Math.abs(next - x) <= 1e-15 * x) return next;
    x = next;
  }
  return x;
}

/**
 * P(F > x) for F with (d1, d2) degrees of freedom. x ≤ 0 and NaN give 1; d2 = ∞ is χ²/d1.
 *
 * @example fSurvival(3, 5, 10) // 0.0655575620938441
 */
export function fSurvival(x: number, d1: number, d2: number): number {
  if (!(x > 0)) return 1;
  if (x === Infinity) return 0;
  if (d2 === Infinity) return chiSquareSurvival(x * d1, d1);
  return fUpperTail(x, d1, d2);
}
