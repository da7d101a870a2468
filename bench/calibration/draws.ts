import { createRandom } from '../../src/stats/random.ts';
import type { Random } from '../../src/stats/random.ts';

/**
 * An independent stream for each place in the plan (what is measured, which baseline, which window…): results do not
 * depend on how many workers there are or in which order they finish.
 */
export function streamOf(...place: readonly number[]): Random {
  let hash = 0x811c9dc5;
  for (const part of place) {
    hash = Math.imul(hash ^ part, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 13;
  }
  return createRandom(hash);
}

/** Standard normal (Marsaglia's polar method; the second value is dropped, so that draws have no state). */
export function normal(random: Random): number {
  for (;;) {
    const u = 2 * random() - 1;
    const v = 2 * random() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** Exponential with mean 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random());
}

/** Student's t with a whole number of degrees of freedom. */
export function student(random: Random, df: number): number {
  let chiSquare = 0;
  for (let i = 0; i < df; i++) chiSquare += normal(random) ** 2;
  return normal(random) / Math.sqrt(chiSquare / df);
}

/** Index into cumulative weights that end at 1. */
export function indexIn(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cumulative[middle] ?? 1) <= u) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function cumulate(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  return Float64Array.from(weights, (weight) => (below += weight) / total);
}
