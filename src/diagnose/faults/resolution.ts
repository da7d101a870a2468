const COARSEST_EXPONENT = 6;
const FINEST_EXPONENT = -6;
const MAX_CHECKED = 1000;
const SLACK = 1e-9;

/**
 * The step of the decimal grid all values lie on (1 for whole numbers, 0.01 for cents), 0 when there is none.
 * Values rounded after a conversion may sit half a step away from where the conversion alone would put them.
 *
 * @example decimalStep(Float64Array.of(1.25, 3.5)) // 0.01
 */
export function decimalStep(sorted: Float64Array): number {
  const stride = Math.max(1, Math.floor(sorted.length / MAX_CHECKED));
  for (let exponent = COARSEST_EXPONENT; exponent >= FINEST_EXPONENT; exponent--) {
    const step = 10 ** exponent;
    let onGrid = true;
    for (let i = 0; i < sorted.length && onGrid; i += stride) {
      const cells = sorted[i]! / step;
      onGrid = Math.abs(cells - Math.round(cells)) <= SLACK * Math.abs(cells);
    }
    if (onGrid) return step;
  }
  return 0;
}

/**
 * KS distance that forgives `tolerance` along the axis: two samples count as alike where one could be the other
 * moved by up to that much, value by value. Tolerance 0 gives KS itself. Sorted inputs; O(n + m). Of samples farther apart
 * than `limit` the answer is no more than that: anything above it.
 *
 * @example distanceWithin(Float64Array.of(1, 2), Float64Array.of(1.4, 1.6), 0.5) // 0
 */
export function distanceWithin(a: Float64Array, b: Float64Array, tolerance: number, limit = 1): number {
  const forth = excess(a, b, tolerance, limit);
  return forth > limit ? forth : Math.max(forth, excess(b, a, tolerance, limit));
}

/** Up to where values count as `x`; the slack is relative to it, or one giant would forgive everything. */
export function reach(x: number, tolerance: number): number {
  return x + tolerance + SLACK * Math.abs(x);
}

/** max over x of F_a(x) − F_b(x + tolerance). */
function excess(a: Float64Array, b: Float64Array, tolerance: number, most: number): number {
  let largest = 0;
  let j = 0;
  for (let i = 0; i < a.length && largest <= most; i++) {
    const x = a[i]!;
    if (i + 1 < a.length && a[i + 1] === x) continue;
    const last = reach(x, tolerance);
    while (j < b.length && b[j]! <= last) j++;
    largest = Math.max(largest, (i + 1) / a.length - j / b.length);
  }
  return largest;
}
