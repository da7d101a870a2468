/** Delays are told apart by a quarter of an octave: a bin is 19 % wide, whatever its place. */
const BINS_AN_OCTAVE = 4;
/** From one second to 2^25 s, that is 388 days. */
const OCTAVES = 25;

/** Edges between bins, ascending, in milliseconds. Bin b holds delays in [edge b−1, edge b); the last one is open. */
export const DELAY_EDGES_MS: readonly number[] = Array.from(
  { length: OCTAVES * BINS_AN_OCTAVE + 1 },
  (_, at) => Math.round(1_000 * 2 ** (at / BINS_AN_OCTAVE)),
);

export const DELAY_BINS: number = DELAY_EDGES_MS.length + 1;

/**
 * The bin of a delay in milliseconds: how many edges are at or below it (as PostgreSQL's `width_bucket`).
 *
 * Range 0 to `DELAY_BINS` − 1. Below one second, negative included (clocks differ, and some labels are known before
 * the prediction is logged): 0. From 388 days on, +∞ included: the last. NaN throws, because a delay that is no number
 * must not be counted as a short one. Cost O(log bins).
 *
 * @example delayBin(3_600_000) // 48
 */
export function delayBin(delayMs: number): number {
  if (Number.isNaN(delayMs)) throw new RangeError('a delay must be a number');
  let low = 0;
  let high = DELAY_EDGES_MS.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((DELAY_EDGES_MS[middle] ?? Infinity) <= delayMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
