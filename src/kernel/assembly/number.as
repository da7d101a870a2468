// JSON numbers, bit for bit what JSON.parse gives. Up to 19 digits with a fraction are read here; what has an exponent
// or more digits is `hard`, and left to whoever has a parser for it.

const DOT: u32 = 0x2e;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const ZERO: u32 = 0x30;
const UPPER_E: u32 = 0x45;
const LOWER_CASE: u32 = 0x20;

/** So many digits are below 2^64 whatever they are. */
const MOST_DIGITS: usize = 19;
/** Whole numbers up to here are doubles. */
const EXACT: u64 = 1 << 53;
/** Veltkamp's constant 2^27 + 1: cuts a double into two halves whose products are exact. */
const SPLITTER: f64 = 134217729;
/** Far above the error of the quotient's second part, far below what would make rounding doubtful often. */
const DOUBT: f64 = 3.552713678800501e-15;

const POWERS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
]);

/** Of the number read last. */
export let value: f64 = 0;
export let hard: bool = false;

/** Where the number ends that begins at `at`, or 0 when there is none. Of `01` it reads `0`. */
export function readNumber(at: usize): usize {
  let p = at;
  let byte = <u32>load<u8>(p);
  const negative = byte == MINUS;
  if (negative) byte = <u32>load<u8>(++p);
  let digits: u64 = 0;
  let count: usize = 0;
  let digit = byte - ZERO;
  if (digit == 0) byte = <u32>load<u8>(++p);
  else {
    const from = p;
    while (digit <= 9) {
      digits = digits * 10 + digit;
      byte = <u32>load<u8>(++p);
      digit = byte - ZERO;
    }
    count = p - from;
    if (count == 0) return 0;
  }
  let fraction: usize = 0;
  if (byte == DOT) {
    const from = ++p;
    byte = <u32>load<u8>(p);
    digit = byte - ZERO;
    while (digit <= 9) {
      digits = digits * 10 + digit;
      byte = <u32>load<u8>(++p);
      digit = byte - ZERO;
    }
    fraction = p - from;
    if (fraction == 0) return 0;
  }
  hard = false;
  if ((byte & ~LOWER_CASE) == UPPER_E) {
    hard = true;
    return endOfExponent(p + 1);
  }
  let read: f64;
  if (count + fraction > MOST_DIGITS) {
    hard = true;
    return p;
  }
  // One rounding (Clinger 1990).
  if (digits <= EXACT) read = <f64>digits / load<f64>(POWERS + (fraction << 3));
  else if (fraction == 0) read = <f64>digits;
  else {
    read = divided(digits, load<f64>(POWERS + (fraction << 3)));
    if (hard) return p;
  }
  value = negative ? -read : read;
  return p;
}

/** In two doubles (Dekker 1971); hard when the rest might change the rounding. */
function divided(digits: u64, power: f64): f64 {
  const whole = <f64>digits;
  const rest = <f64>(<i64>(digits - <u64>whole));
  const quotient = whole / power;
  const back = quotient * power;
  const left = whole - back - restOfProduct(quotient, power, back);
  const correction = (left + rest) / power;
  const doubt = abs(correction) * DOUBT;
  const read = quotient + (correction - doubt);
  hard = read != quotient + (correction + doubt);
  return read;
}

/** a · b − product, exactly. */
function restOfProduct(a: f64, b: f64, product: f64): f64 {
  const aHigh = upperHalf(a);
  const aLow = a - aHigh;
  const bHigh = upperHalf(b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function upperHalf(a: f64): f64 {
  const scaled = SPLITTER * a;
  return scaled - (scaled - a);
}

function endOfExponent(at: usize): usize {
  let p = at;
  const sign = <u32>load<u8>(p);
  if (sign == PLUS || sign == MINUS) p++;
  const from = p;
  while (<u32>load<u8>(p) - ZERO <= 9) p++;
  return p == from ? 0 : p;
}
