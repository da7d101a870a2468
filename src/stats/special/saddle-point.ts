/**
 * Binomial and Poisson probabilities by Loader's saddle-point form: the probability is split into a Stirling
 * error and a deviance, both small numbers, so that nothing of size n·ln n is ever subtracted from another.
 * Relative error stays near 1e-14 for n in the millions and far into the tail.
 *
 * Source: C. Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
 */

const SERIES_FROM = 16;

/** ln Γ(a+1) − (a+½) ln a + a − ½ ln 2π for a > 0: what Stirling's formula leaves over. */
export function stirlingError(a: number): number {
  if (a < SERIES_FROM) return stirlingError(a + 1) + ((a + 0.5) * Math.log1p(1 / a) - 1);
  const r = 1 / (a * a);
  return (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / a;
}

/**
 * a·ln(a/b) + b − a for a, b > 0: how far a count a is from its mean b. Exact near a = b, where both terms cancel.
 * `difference`: a − b, where more digits of it are known than a and b have.
 */
export function deviance(a: number, b: number, difference: number = a - b): number {
  if (Math.abs(difference) >= 0.1 * (a + b)) return a * Math.log(a / b) - difference;
  const e = difference / (a + b);
  let sum = difference * e;
  let power = 2 * a * e;
  for (let j = 3; ; j += 2) {
    power *= e * e;
    const next = sum + power / j;
    if (next === sum) return sum;
    sum = next;
  }
}

/** x^a e^−x / Γ(a+1), also for a that is not an integer. a ≥ 0, x ≥ 0. */
export function poissonPmf(a: number, x: number): number {
  if (x === 0) return a === 0 ? 1 : 0;
  if (a === 0) return Math.exp(-x);
  return Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);
}

/** C(n, k) p^k (1−p)^(n−k) for 0 ≤ k ≤ n and 0 ≤ p ≤ 1. */
export function binomialPmf(k: number, n: number, p: number): number {
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  if (k === 0) return Math.exp(n * Math.log1p(-p));
  if (k === n) return Math.exp(n * Math.log(p));
  const stirling = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const exponent = stirling - deviance(k, n * p) - deviance(n - k, n * (1 - p));
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * k * (n - k)));
}
