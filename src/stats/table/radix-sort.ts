/** Bits of half a double by digit, from the lowest to the highest: how far to shift, which mask. */
const DIGITS = [
  { shift: 0, mask: 2047 },
  { shift: 11, mask: 2047 },
  { shift: 22, mask: 1023 },
] as const;
const BUCKETS = 2048;
/** Where the half of a double lies. */
type Half = 0 | 1;
const LOW: Half = 0;
const HIGH: Half = 1;

/** Below this the counting of digits costs more than it saves. */
const SMALLEST = 4096;

/**
 * Sorts finite doubles ascending; −0 comes before 0, as in `Float64Array.prototype.sort`. Uses both arrays (of one
 * length) and answers the one that holds the result; the other is then free. NaN would end up anywhere.
 *
 * Method: least significant digit first, eleven bits at a time; digits that all values share cost no pass. Read as
 * whole numbers, the bits of positive doubles ascend and those of negative ones descend behind them, so at the end
 * the negative ones are turned around and put in front. Only the upper half of the bits is gone through at first: few
 * values share all of it, and those are put in order where they lie. Where many do, both halves are gone through.
 * Measured: a fifth of the time of the built-in sort at a million values. O(n).
 *
 * @example sortDoubles(Float64Array.of(2, -1, 0), new Float64Array(3)) // Float64Array.of(-1, 0, 2)
 */
export function sortDoubles(values: Float64Array, scratch: Float64Array): Float64Array {
  const size = values.length;
  if (scratch.length !== size) throw new RangeError('the scratch array must be as long as the values');
  if (size < SMALLEST) return values.sort();
  let [from, to] = [values, scratch];
  if (hasFewAlike(values)) {
    from = negativesFirst(...sortHalf(values, scratch, HIGH));
    if (settle(from)) return from;
    to = from === values ? scratch : values;
  }
  return negativesFirst(...sortHalf(...sortHalf(from, to, LOW), HIGH));
}

const LOOKED_AT = 1024;

/** Whether few different values share the upper half of their bits, by some of them. */
function hasFewAlike(values: Float64Array): boolean {
  const step = values.length / LOOKED_AT;
  const some = new Float64Array(LOOKED_AT);
  for (let i = 0; i < LOOKED_AT; i++) some[i] = values[Math.floor(i * step)]!;
  const bits = bitsOf(some.sort());
  let alike = 0;
  for (let i = 1; i < LOOKED_AT; i++)
    if (bits[2 * i + HIGH] === bits[2 * i - 2 + HIGH] && bits[2 * i] !== bits[2 * i - 2]) alike += 1;
  // Among as many in random order a value is moved by a quarter of them.
  const together = (2 * alike * values.length) / LOOKED_AT ** 2;
  return together <= 4 * MOST_STEPS;
}

/** By the bits of one half; values that share them stay in their order. Answers the array that holds them, and the other. */
function sortHalf(values: Float64Array, scratch: Float64Array, half: Half): [Float64Array, Float64Array] {
  const size = values.length;
  const counts = digitCounts(values, half);
  let from = values;
  let to = scratch;
  for (const [place, { shift, mask }] of DIGITS.entries()) {
    const bits = bitsOf(from);
    const places = counts.subarray(place * BUCKETS, (place + 1) * BUCKETS);
    if (places[((bits[half] ?? 0) >>> shift) & mask] === size) continue;
    turnCountsIntoPlaces(places);
    const digit = { places, half, shift, mask };
    for (let i = 0; i < size; i += AT_ONCE) dealOut(from, to, digit, i);
    [from, to] = [to, from];
  }
  return [from, to];
}

/**
 * Values that a function goes through before it is called again: what V8 compiles of a loop that is under way is slower
 * than what it makes of a function that is called often.
 */
const AT_ONCE = 2048;

interface Digit {
  /** Where the next value of each bucket goes. */
  readonly places: Uint32Array;
  readonly half: Half;
  readonly shift: number;
  readonly mask: number;
}

/** The values from `start` on, each to the next place of its bucket. */
function dealOut(
  from: Float64Array,
  to: Float64Array,
  { places, half, shift, mask }: Digit,
  start: number,
): void {
  const end = Math.min(from.length, start + AT_ONCE);
  const bits = bitsOf(from);
  for (let i = start; i < end; i++) {
    const bucket = (bits[2 * i + half]! >>> shift) & mask;
    to[places[bucket]!++] = from[i]!;
  }
}

/** Steps a value may be moved by, on average, before going through the other digits is cheaper. */
const MOST_STEPS = 4;

/** Puts neighbours in order. Answers false, and leaves the same values in any order, where that would take long. */
function settle(values: Float64Array): boolean {
  let left = MOST_STEPS * values.length;
  for (let i = 1; i < values.length && left >= 0; i += AT_ONCE) left = settleSome(values, i, left);
  return left >= 0;
}

/** Those from `start` on. Answers how many steps are left; below 0 it has given up. */
function settleSome(values: Float64Array, start: number, steps: number): number {
  const end = Math.min(values.length, start + AT_ONCE);
  let left = steps;
  for (let i = start; i < end && left >= 0; i++) {
    const x = values[i]!;
    let at = i;
    while (at > 0 && values[at - 1]! > x) values[at] = values[--at]!;
    if (at === i) continue;
    values[at] = x;
    left -= i - at;
  }
  return left;
}

function bitsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
}

function digitCounts(values: Float64Array, half: Half): Uint32Array {
  const bits = bitsOf(values);
  const counts = new Uint32Array(DIGITS.length * BUCKETS);
  for (let i = half; i < bits.length; i += 2 * AT_ONCE) countDigits(counts, bits, i);
  return counts;
}

function countDigits(counts: Uint32Array, bits: Uint32Array, start: number): void {
  const end = Math.min(bits.length, start + 2 * AT_ONCE);
  for (let i = start; i < end; i += 2) {
    const word = bits[i]!;
    counts[word & 2047]! += 1;
    counts[BUCKETS + ((word >>> 11) & 2047)]! += 1;
    counts[2 * BUCKETS + (word >>> 22)]! += 1;
  }
}

function turnCountsIntoPlaces(counts: Uint32Array): void {
  let next = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket]!;
    counts[bucket] = next;
    next += count;
  }
}

function negativesFirst(from: Float64Array, to: Float64Array): Float64Array {
  const bits = bitsOf(from);
  let positives = 0;
  let end = from.length;
  while (positives < end) {
    const middle = (positives + end) >>> 1;
    if (bits[2 * middle + 1]! >>> 31 === 0) positives = middle + 1;
    else end = middle;
  }
  const negatives = from.length - positives;
  if (negatives === 0) return from;
  for (let i = 0; i < negatives; i++) to[i] = from[from.length - 1 - i]!;
  to.set(from.subarray(0, positives), negatives);
  return to;
}
