const TINY = 1e-300;
const PRECISION = 2e-16;

/**
 * 1/(b₀ + a₁/(b₁ + a₂/(b₂ + …))), evaluated forwards until a further step changes nothing. `numerator` and `denominator`
 * are a_k and b_k. NaN where one of them is. Source: the modified Lentz method (Thompson and Barnett 1986).
 *
 * @example continuedFraction(() => 1, () => 1) // 0.618033988749895
 */
export function continuedFraction(
  numerator: (k: number) => number,
  denominator: (k: number) => number,
): number {
  let c = 1 / TINY;
  let d = 1 / nonZero(denominator(0));
  let fraction = d;
  for (let k = 1; ; k++) {
    const a = numerator(k);
    const b = denominator(k);
    d = 1 / nonZero(a * d + b);
    c = nonZero(b + a / c);
    const factor = c * d;
    fraction *= factor;
    // Asked this way round, so that NaN ends it too.
    if (!(Math.abs(factor - 1) >= PRECISION)) return fraction;
  }
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
