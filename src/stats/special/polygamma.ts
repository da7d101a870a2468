/** From here on what is left of the series is below 1e-13. */
const FAR = 10;

/**
 * ψ(x), the derivative of ln Γ, for x > 0; error below 1e-13. Abramowitz and Stegun 6.3.18.
 *
 * @example digamma(1) // -0.5772156649015329
 */
export function digamma(x: number): number {
  let [at, below] = [x, 0];
  for (; at < FAR; at++) below -= 1 / at;
  const inverse = 1 / at ** 2;
  const series =
    inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))));
  return below + Math.log(at) - 0.5 / at - series;
}

/**
 * ψ′(x) for x > 0; error below 1e-12. Abramowitz and Stegun 6.4.12.
 *
 * @example trigamma(1) // 1.6449340668482264
 */
export function trigamma(x: number): number {
  let [at, below] = [x, 0];
  for (; at < FAR; at++) below += 1 / at ** 2;
  const inverse = 1 / at ** 2;
  const series =
    inverse * (1 / 6 - inverse * (1 / 30 - inverse * (1 / 42 - inverse * (1 / 30 - (5 * inverse) / 66))));
  return below + 1 / at + 0.5 * inverse + series / at;
}

/**
 * The x whose ψ′(x) is `y` > 0, within [1e-6, 1e6], by bisection of ln x.
 *
 * @example trigammaInverse(1.6449340668482264) // 1
 */
export function trigammaInverse(y: number): number {
  let [low, high] = [Math.log(1e-6), Math.log(1e6)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (trigamma(Math.exp(middle)) > y) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
