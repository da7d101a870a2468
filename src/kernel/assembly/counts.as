/** A larger contribution to a sum is cut to this, as in `compensated.ts`. */
const LARGEST: f64 = 1e300;
/** What each place of a grid takes: rows at its point, rows in the gap before it, and the gap's sum in two doubles. */
const PLACE_BYTES: usize = 24;
const TARGET_BYTES: usize = 12;

/**
 * Counts the values of `count` rows, whose places on the grid are known, into a numeric profile: how many are at each
 * point, how many in each gap, the gaps' sums in two doubles each, and behind all places the sum of squares about the mean
 * and how many are missing (NaN); what is infinite is counted elsewhere. All that a value changes lies side by side: the
 * counts of a hundred segments are in no near cache.
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
): void {
  const squares = counts + (<usize>points + 1) * PLACE_BYTES;
  const step = <i32>sign;
  let high = load<f64>(squares);
  let low = load<f64>(squares + 8);
  let missing = load<i32>(squares + 16);
  for (let i: usize = 0; i < <usize>count; i++) {
    const row = <usize>load<u16>(rows + (i << 1));
    const x = load<f64>(values + (row << 3));
    if (x - x != 0) {
      if (x != x) missing += step;
      continue;
    }
    const place = load<u32>(places + (row << 2));
    const at = counts + <usize>place * PLACE_BYTES;
    if (place < points && load<f64>(grid + (<usize>place << 3)) == x) {
      store<i32>(at, load<i32>(at) + step);
    } else {
      store<i32>(at + 4, load<i32>(at + 4) + step);
      const term = sign * max<f64>(-LARGEST, min<f64>(LARGEST, x));
      const h = load<f64>(at + 8);
      const s = h + term;
      const part = s - h;
      const rest = load<f64>(at + 16) + (h - (s - part) + (term - part));
      const sum = s + rest;
      store<f64>(at + 8, sum + 0);
      store<f64>(at + 16, rest - (sum - s) + 0);
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
  store<i32>(squares + 16, missing);
}

/** What is held as it came: how many values, how many there is room for, rows without a value; then the values. */
const HELD_HEAD: usize = 16;
/** Addresses of it have it added. */
const HELD_MARK: usize = 1;

/** Writes finite values of `count` rows behind those that are held. False, and nothing is written: they have no room. */
function hold(values: usize, rows: usize, count: u32, held: usize): bool {
  const before = load<u32>(held);
  if (before + count > load<u32>(held, 4)) return false;
  const first = held + HELD_HEAD;
  let missing = load<i32>(held, 8);
  let to = first + (<usize>before << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(values + (<usize>load<u16>(rows + (i << 1)) << 3));
    store<f64>(to, x);
    if (x - x == 0) to += 8;
    else if (x != x) missing++;
  }
  store<u32>(held, <u32>((to - first) >> 3));
  store<i32>(held, missing, 8);
  return true;
}

/**
 * The same for every target of a batch: where its profile's addresses are, its rows, how many. Values that are held where
 * the address says so are only written down. A profile is left that has neither here (its address is 0, or it has no
 * addresses), or no room for more of what it holds, or holds what is to be taken back: `left` gets the targets' numbers.
 * Answers how many are left.
 */
export function countColumn(
  targets: usize,
  used: u32,
  column: u32,
  values: usize,
  places: usize,
  grid: usize,
  points: u32,
  mean: f64,
  sign: f64,
  left: usize,
): u32 {
  let count: u32 = 0;
  for (let t: u32 = 0; t < used; t++) {
    const target = targets + <usize>t * TARGET_BYTES;
    const addresses = <usize>load<u32>(target);
    const at = addresses == 0 ? 0 : <usize>load<u32>(addresses + (<usize>column << 2));
    const rows = load<u32>(target + 4);
    const rowCount = load<u32>(target + 8);
    let isLeft = at == 0;
    if ((at & HELD_MARK) != 0) isLeft = sign < 0 || !hold(values, rows, rowCount, at - HELD_MARK);
    else if (!isLeft) countNumbers(values, places, rows, rowCount, grid, points, mean, at, sign);
    if (isLeft) {
      store<u32>(left + (<usize>count << 2), t);
      count++;
    }
  }
  return count;
}
