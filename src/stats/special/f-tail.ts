import { continuedFraction } from './continued-fraction.ts';
import { deviance, stirlingError } from './saddle-point.ts';

/**
 * P(F > x) for x > 0 and F with (d1, d2) degrees of freedom, which need not be whole numbers: the regularised incomplete
 * beta function I_q(d2/2, d1/2) at q = d2/(d2 + d1 x). NaN where a degree of freedom is not a positive number.
 *
 * How far the fraction's mean lies from q decides its first digits, and is a difference of large numbers when the degrees
 * are large. Here it is made of x − 1, which is exact, so that the relative error stays below 2e-13 down to p = 1e-300 and up
 * to 2·10⁸ degrees of freedom. Steps: some ten, and as the root of the degrees of freedom near x = 1 (2,600 at 2·10⁸).
 *
 * Source: the even part of the fraction DLMF 8.17.22 (Didonato and Morris 1992); the factor before it by Loader's saddle point.
 *
 * @example fUpperTail(3, 5, 10) // 0.06555756209384411
 */
export function fUpperTail(x: number, d1: number, d2: number): number {
  const a = d2 / 2;
  const b = d1 / 2;
  if (!(a > 0 && b > 0 && a + b < Infinity)) return Number.NaN;
  const sum = a / x + b;
  if (sum === Infinity) return 1;
  const q = a / x / sum;
  const excess = (a / sum) * b * ((x - 1) / x);
  // Where q is large the fraction for the other tail is the short one, and this tail is not small.
  return q <= (a + 1) / (a + b + 2) ? beta(a, b, q, b / sum, excess) : 1 - beta(b, a, b / sum, q, -excess);
}

/** I_q(a, b), where `rest` is 1 − q and `excess` is a − (a + b)q. */
function beta(a: number, b: number, q: number, rest: number, excess: number): number {
  const n = a + b;
  const exponent =
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n * q, excess) -
    deviance(b, n * rest, -excess);
  const factor = Math.exp(exponent) * Math.sqrt((a / n) * (b / (2 * Math.PI)));
  const numerator = (m: number): number =>
    (((a + m - 1) / (a + 2 * m - 1)) * (n + m - 1) * q * m * (b - m) * q) / (a + 2 * m - 1);
  const denominator = (m: number): number =>
    m + crossing(m) + ((a + m) * (excess + 1 + m * (2 - q))) / (a + 2 * m + 1);
  // At m = 0 it is 0, also where a = 1.
  const crossing = (m: number): number => (m === 0 ? 0 : (m * (b - m) * q) / (a + 2 * m - 1));
  return factor * continuedFraction(numerator, denominator);
}
