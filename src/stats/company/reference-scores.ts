import { remember } from '../../core/memory/remember.ts';
import { normalQuantile } from '../distributions.ts';

/** So many quantiles of the reference are looked up instead of all of its values. */
const STEPS = 512;

/**
 * Values as the normal scores of their ranks in the reference: Φ⁻¹((below + ½ equal) / n). A value beyond the reference is
 * scored as its end, one that is missing as 0. Where one value holds much of the reference its score stands for all its rows.
 *
 * @param sorted present values of the reference, ascending; at least one
 *
 * Cost: O(values · log rows).
 *
 * @example [...referenceScores(Float64Array.of(1, 2, 3), Float64Array.of(2, Number.NaN))] // [0, 0]
 */
export function referenceScores(sorted: Float64Array, values: Float64Array): Float64Array {
  const step = Math.max(1, Math.floor(sorted.length / STEPS));
  const ends = step === 1 ? sorted : everyNth(sorted, step);
  const scores = scoresAmong(ends.length);
  const scored = new Float64Array(values.length);
  for (let row = 0; row < scored.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    const below = firstFrom(ends, value, false);
    const place = below + (ends[below] === value ? firstFrom(ends, value, true) : below);
    if (Number.isNaN(scores[place]!)) {
      const share = place / 2 / ends.length;
      const least = 0.5 / ends.length;
      scores[place] = normalQuantile(Math.min(1 - least, Math.max(least, share)));
    }
    scored[row] = scores[place]!;
  }
  return scored;
}

/** Those in the middle of each step. */
function everyNth(sorted: Float64Array, step: number): Float64Array {
  const first = step >> 1;
  const some = new Float64Array(Math.ceil((sorted.length - first) / step));
  for (let i = 0; i < some.length; i++) some[i] = sorted[first + i * step]!;
  return some;
}

const KEPT = 4;
const known = new Map<number, Float64Array>();

/** By twice the place among so many, once they have been asked for: references with as many rows share them. */
function scoresAmong(ends: number): Float64Array {
  const scores = known.get(ends) ?? new Float64Array(2 * ends + 1).fill(Number.NaN);
  remember(known, ends, scores, KEPT);
  return scores;
}

/** Place of the first value that is not below, or that is above. */
function firstFrom(sorted: Float64Array, value: number, isAbove: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAbove ? sorted[middle]! <= value : sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
