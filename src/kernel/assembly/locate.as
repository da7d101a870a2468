/**
 * For each of `count` values the index of the first of `points` ascending grid points that is not below it; `points`
 * when it is above all. NaN has none. A search without branches: halves are taken by arithmetic.
 */
export function locate(grid: usize, points: u32, values: usize, places: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(values + (i << 3));
    let base: u32 = 0;
    let size = points;
    while (size > 1) {
      const half = size >> 1;
      base = select<u32>(base + half, base, load<f64>(grid + (<usize>(base + half - 1) << 3)) < x);
      size -= half;
    }
    if (points > 0 && load<f64>(grid + (<usize>base << 3)) < x) base++;
    store<u32>(places + (i << 2), base);
  }
}

/** A larger contribution to a sum is cut to this, as in `compensated.ts`. */
const LARGEST: f64 = 1e300;

/**
 * Counts the values of `count` rows, whose places on the grid are known, into a numeric profile: how many are at each
 * point, how many in each gap, the gaps' sums in two doubles each, and the sum of squares about the mean. Answers how many
 * are missing (NaN); what is infinite is counted elsewhere.
 */
export function countNumbers(
  values: usize,
  places: usize,
  rows: usize,
  count: u32,
  grid: usize,
  points: u32,
  mean: f64,
  counts: usize,
  sign: f64,
): u32 {
  const gaps = (<usize>points + 1) << 3;
  const between = counts + (<usize>points << 3);
  const highs = between + gaps;
  const lows = highs + gaps;
  const squares = lows + gaps;
  let high = load<f64>(squares);
  let low = load<f64>(squares + 8);
  let missing: u32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const row = <usize>load<u16>(rows + (i << 1));
    const x = load<f64>(values + (row << 3));
    if (x - x != 0) {
      if (x != x) missing++;
      continue;
    }
    const place = load<u32>(places + (row << 2));
    const at = <usize>place << 3;
    if (place < points && load<f64>(grid + at) == x) {
      store<f64>(counts + at, load<f64>(counts + at) + sign);
    } else {
      store<f64>(between + at, load<f64>(between + at) + sign);
      const term = sign * max<f64>(-LARGEST, min<f64>(LARGEST, x));
      const h = load<f64>(highs + at);
      const s = h + term;
      const part = s - h;
      const rest = load<f64>(lows + at) + (h - (s - part) + (term - part));
      const sum = s + rest;
      store<f64>(highs + at, sum + 0);
      store<f64>(lows + at, rest - (sum - s) + 0);
    }
    const square = sign * min<f64>(LARGEST, (x - mean) * (x - mean));
    const s = high + square;
    const part = s - high;
    const rest = low + (high - (s - part) + (square - part));
    const sum = s + rest;
    high = sum + 0;
    low = rest - (sum - s) + 0;
  }
  store<f64>(squares, high);
  store<f64>(squares + 8, low);
  return missing;
}
