import { continuedFraction } from './continued-fraction.ts';
import { poissonPmf } from './saddle-point.ts';

const PRECISION = 1e-16;

/**
 * Regularised upper incomplete gamma function Q(a, x) = Γ(a, x)/Γ(a), a > 0.
 *
 * Written here because packages are off by 0.1 % at a = 500, x = 1250 (Q ≈ 2e-129, @stdlib), or offer the lower tail of χ²
 * only: 1 − P has no digits left below 1e-16.
 *
 * @example upperIncompleteGamma(4.5, 50) // 1.5735176303753944e-17
 */
export function upperIncompleteGamma(a: number, x: number): number {
  if (!(x > 0)) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

/** P(a, x) = x^a e^−x/Γ(a+1) · (1 + x/(a+1) + x²/((a+1)(a+2)) + …). Used where Q is not small. */
function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * PRECISION; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return Math.min(1, poissonPmf(a, x) * sum);
}

/** Q(a, x) by Legendre's continued fraction. Every step is positive: no digits cancel. */
function upperFraction(a: number, x: number): number {
  const fraction = continuedFraction(
    (k) => k * (a - k),
    (k) => x + 1 - a + 2 * k,
  );
  return poissonPmf(a, x) * a * fraction;
}
