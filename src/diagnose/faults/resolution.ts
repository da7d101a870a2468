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

/** What people and scales round to, in a power of ten. */
const STEPS = [6, 5, 4, 3, 2.5, 2, 1.5, 1.2, 1];
/** Of the values that are not zero; a hand corrects a few, and others are filled with a mean. */
const NEARLY_ALL = 0.98;

/**
 * The coarsest step that nearly all values (98 % of those that are not zero) are multiples of, of what people round to: 5 where a scale weighs in
 * steps of five kilograms, 0.1 where a few of many tenths are a mean. 0 where there is none. O(values · steps).
 *
 * @example gridStep(Float64Array.of(15, 40, 35, 0)) // 5
 */
export function gridStep(sorted: Float64Array, nearlyAll = NEARLY_ALL): number {
  const values = sorted.filter((value) => value !== 0);
  const most = Math.floor((1 - nearlyAll) * values.length);
  const isGrid = (step: number): boolean => {
    let strays = 0;
    for (let i = 0; i < values.length && strays <= most; i++) {
      const cells = values[i]! / step;
      if (Math.abs(cells - Math.round(cells)) > SLACK * Math.abs(cells)) strays += 1;
    }
    return strays <= most;
  };
  for (let exponent = COARSEST_EXPONENT; values.length > 0 && exponent >= FINEST_EXPONENT; exponent--) {
    const found = STEPS.find((each) => isGrid(each * 10 ** exponent));
    if (found !== undefined) return Number((found * 10 ** exponent).toPrecision(12));
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

/**
 * max over x of F_a(x) − F_b(x + tolerance). Whole numbers tell where it may be, and only there is divided: two of them that differ do so by far more
 * than a division rounds.
 */
function excess(a: Float64Array, b: Float64Array, tolerance: number, most: number): number {
  const [n, m] = [a.length, b.length];
  let largest = 0;
  let furthest = 0;
  let j = 0;
  for (let i = 0; i < n && largest <= most; i++) {
    const x = a[i]!;
    if (i + 1 < n && a[i + 1] === x) continue;
    const last = reach(x, tolerance);
    while (j < m && b[j]! <= last) j++;
    const ahead = (i + 1) * m - j * n;
    if (ahead < furthest) continue;
    furthest = ahead;
    largest = Math.max(largest, (i + 1) / n - j / m);
  }
  return largest;
}
