// Counts of a numeric profile → the bytes that `ByteWriter` and `sums-codec.ts` make of them.

const PLACE_BYTES: usize = 24;
const AS_THEY_ARE: u64 = 0;
const MOST_DECIMALS: i32 = 9;
const LARGEST: f64 = 1125899906842624;
const NEAR: f64 = 1.0 / 1125899906842624;

let out: usize = 0;

/** Writes what `countNumbers` counted, but for what is missing, from `begins` on. Answers where it ends: at most 42 bytes a place. */
export function encodeNumbers(counts: usize, points: u32, grid: usize, begins: usize): usize {
  const gaps = points + 1;
  out = begins;
  putSparse(counts, points);
  putSparse(counts + 4, gaps);
  putGapSums(counts, points, grid);
  const squares = counts + <usize>gaps * PLACE_BYTES;
  const isEmpty = load<f64>(squares) == 0 && load<f64>(squares + 8) == 0;
  putUnsigned(isEmpty ? 0 : 1);
  if (!isEmpty) putSum(0, squares);
  return out;
}

function putUnsigned(value: u64): void {
  let rest = value;
  while (rest >= 0x80) {
    store<u8>(out++, <u8>(rest | 0x80));
    rest >>= 7;
  }
  store<u8>(out++, <u8>rest);
}

function putSigned(value: i64): void {
  putUnsigned(value < 0 ? <u64>(-2 * value - 1) : <u64>(2 * value));
}

/** One of the two counts of each place. */
function putSparse(from: usize, length: u32): void {
  const end = from + <usize>length * PLACE_BYTES;
  let count: u64 = 0;
  for (let at = from; at < end; at += PLACE_BYTES) if (load<i32>(at) != 0) count++;
  putUnsigned(count);
  let zeros: u64 = 0;
  for (let at = from; at < end; at += PLACE_BYTES) {
    const value = load<i32>(at);
    if (value == 0) {
      zeros++;
      continue;
    }
    putUnsigned(zeros);
    putSigned(<i64>value);
    zeros = 0;
  }
}

/** A sum's two doubles, `zeros` places behind the one before. */
function putSum(zeros: u64, at: usize): void {
  const high = load<f64>(at);
  const low = load<f64>(at + 8);
  putUnsigned(zeros * 2 + (low == 0 ? 0 : 1));
  store<f64>(out, high);
  out += 8;
  if (low == 0) return;
  store<f64>(out, low);
  out += 8;
}

function putGapSums(counts: usize, points: u32, grid: usize): void {
  const end = counts + (<usize>points + 1) * PLACE_BYTES;
  const decimals = decimalsOf(counts, points, grid);
  if (decimals < 0) {
    putUnsigned(AS_THEY_ARE);
    let count: u64 = 0;
    for (let at = counts; at < end; at += PLACE_BYTES) if (load<f64>(at + 8) != 0 || load<f64>(at + 16) != 0) count++;
    putUnsigned(count);
    let zeros: u64 = 0;
    for (let at = counts; at < end; at += PLACE_BYTES) {
      if (load<f64>(at + 8) == 0 && load<f64>(at + 16) == 0) zeros++;
      else {
        putSum(zeros, at + 8);
        zeros = 0;
      }
    }
    return;
  }
  putUnsigned(1 + <u64>decimals);
  const scale = powerOfTen(decimals);
  let before: i64 = 0;
  for (let at = counts; at < end; at += PLACE_BYTES) {
    if (load<i32>(at + 4) == 0) continue;
    const value = <i64>rounded(load<f64>(at + 8) * scale);
    putSigned(value - before);
    before = value;
  }
}

/** The fewest decimals that all gaps' sums have; −1 where some has more, or stands where nothing was counted. */
function decimalsOf(counts: usize, points: u32, grid: usize): i32 {
  let decimals: i32 = 0;
  let scale: f64 = 1;
  for (let i: u32 = 0; i <= points; i++) {
    const at = counts + <usize>i * PLACE_BYTES;
    const count = load<i32>(at + 4);
    const sum = load<f64>(at + 8);
    if (count == 0) {
      if (sum != 0) return -1;
      continue;
    }
    let near = abs<f64>(sum);
    if (i > 0 && i < points) {
      const below = abs<f64>(load<f64>(grid + ((<usize>i - 1) << 3)));
      const above = abs<f64>(load<f64>(grid + (<usize>i << 3)));
      near = max<f64>(near, max<f64>(below, above) * abs<f64>(<f64>count));
    }
    near *= NEAR;
    while (!isWhole(sum, scale, near)) {
      decimals++;
      if (decimals > MOST_DECIMALS) return -1;
      scale = powerOfTen(decimals);
    }
  }
  return decimals;
}

function isWhole(sum: f64, scale: f64, near: f64): bool {
  const value = rounded(sum * scale);
  return abs<f64>(value) < LARGEST && abs<f64>(value / scale - sum) <= near;
}

/** As `Math.round` has it: halves go up. */
function rounded(x: f64): f64 {
  const below = floor<f64>(x);
  return x - below >= 0.5 ? below + 1 : below;
}

function powerOfTen(exponent: i32): f64 {
  let power: f64 = 1;
  for (let i = 0; i < exponent; i++) power *= 10;
  return power;
}
