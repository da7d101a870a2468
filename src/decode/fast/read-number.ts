const DOT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
const LOWER_E = 0x65;
const UPPER_E = 0x45;

/** So many digits are a whole number below 2^53 whatever they are. */
const HEAD_DIGITS = 15;
/** Digits after the head that the two-double division can still take. */
const TAIL_DIGITS = 4;
/** The largest power of ten that is a double without rounding. */
const LARGEST_POWER = 22;
const POWERS = Float64Array.from({ length: LARGEST_POWER + 1 }, (_, k) => Number(`1e${k}`));
/** Veltkamp's constant 2^27 + 1: cuts a double into two halves whose products are exact. */
const SPLITTER = 134_217_729;
const POWERS_HIGH = POWERS.map(upperHalf);
/** Far above the error of the quotient's second part, far below what would make rounding doubtful often. */
const DOUBT = 2 ** -48;

/**
 * Reads the JSON number that begins at `at` into `into[slot]`, bit for bit what `JSON.parse` gives. Answers where it
 * ends, or −1 when there is none (`.5`, `1.`, `+1`, `-`). Of `01` it reads `0`: the caller sees what follows.
 *
 * Up to 15 digits and powers to 10^22 need one rounding (Clinger 1990). Up to 19 digits with a fraction are divided
 * in two doubles, and taken when the rest cannot change the rounding. All others go to `Number`.
 */
export function readNumber(bytes: Uint8Array, at: number, into: Float64Array, slot: number): number {
  let p = at;
  let byte = bytes[p] ?? 0;
  const negative = byte === MINUS;
  if (negative) {
    p += 1;
    byte = bytes[p] ?? 0;
  }
  let head = 0;
  let headDigits = 0;
  let tail = 0;
  let tailDigits = 0;
  let fraction = 0;

  let digit = byte - ZERO;
  if (digit === 0) {
    p += 1;
    byte = bytes[p] ?? 0;
  } else {
    const from = p;
    while (digit >= 0 && digit <= 9) {
      if (headDigits < HEAD_DIGITS) {
        head = head * 10 + digit;
        headDigits += 1;
      } else {
        tail = tail * 10 + digit;
        tailDigits += 1;
      }
      p += 1;
      byte = bytes[p] ?? 0;
      digit = byte - ZERO;
    }
    if (p === from) return -1;
  }

  if (byte === DOT) {
    p += 1;
    const from = p;
    byte = bytes[p] ?? 0;
    digit = byte - ZERO;
    while (digit >= 0 && digit <= 9) {
      if (headDigits < HEAD_DIGITS) {
        head = head * 10 + digit;
        // Zeros before the first other digit are no digits of the number.
        if (head !== 0) headDigits += 1;
      } else {
        tail = tail * 10 + digit;
        tailDigits += 1;
      }
      p += 1;
      byte = bytes[p] ?? 0;
      digit = byte - ZERO;
    }
    if (p === from) return -1;
    fraction = p - from;
  }

  if (byte === LOWER_E || byte === UPPER_E) {
    const end = endOfExponent(bytes, p + 1);
    if (end !== -1) into[slot] = Number(asciiText(bytes, at, end));
    return end;
  }

  if (tailDigits === 0 && fraction <= LARGEST_POWER) {
    const value = fraction === 0 ? head : head / (POWERS[fraction] ?? 1);
    into[slot] = negative ? -value : value;
  } else if (
    tailDigits > TAIL_DIGITS ||
    fraction > LARGEST_POWER ||
    !divideLong(head, tail, tailDigits, fraction, negative, into, slot)
  ) {
    into[slot] = Number(asciiText(bytes, at, p));
  }
  return p;
}

/** (head · 10^tailDigits + tail) / 10^fraction, correctly rounded; false when that cannot be told in two doubles. */
function divideLong(
  head: number,
  tail: number,
  tailDigits: number,
  fraction: number,
  negative: boolean,
  into: Float64Array,
  slot: number,
): boolean {
  const scale = POWERS[tailDigits] ?? 1;
  const product = head * scale;
  const productRest = restOfProduct(head, scale, upperHalf(scale), product);
  const whole = product + tail;
  const wholeRest = tail - (whole - product) + productRest;
  const power = POWERS[fraction] ?? 1;
  const quotient = whole / power;
  const back = quotient * power;
  // Exact: what a division leaves over is a double.
  const left = whole - back - restOfProduct(quotient, power, POWERS_HIGH[fraction] ?? 1, back);
  const correction = (left + wholeRest) / power;
  const doubt = Math.abs(correction) * DOUBT;
  const value = quotient + (correction - doubt);
  if (value !== quotient + (correction + doubt)) return false;
  into[slot] = negative ? -value : value;
  return true;
}

/** a · b − product, exactly (Dekker 1971). */
function restOfProduct(a: number, b: number, bHigh: number, product: number): number {
  const aHigh = upperHalf(a);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function upperHalf(a: number): number {
  const scaled = SPLITTER * a;
  return scaled - (scaled - a);
}

function endOfExponent(bytes: Uint8Array, at: number): number {
  let p = at;
  if (bytes[p] === PLUS || bytes[p] === MINUS) p += 1;
  const from = p;
  while ((bytes[p] ?? 0) >= ZERO && (bytes[p] ?? 0) <= ZERO + 9) p += 1;
  return p === from ? -1 : p;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
