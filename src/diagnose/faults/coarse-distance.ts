import { distanceWithin, reach } from './resolution.ts';

/** So many places of each sample are looked at first. */
const PLACES = 64;
const stepOf = (values: Float64Array): number => Math.max(1, Math.floor(values.length / PLACES));

/**
 * Whether the KS distance of two sorted samples is at most so much: what `distanceWithin(a, b, 0, limit) <= limit` says, for a tenth of its steps where it is clear. Sixty-four of
 * the values tell between which bounds the distance lies; only where the limit is between them all values are gone through.
 *
 * @example isNear(Float64Array.of(1, 2), Float64Array.of(1, 3), 0.5) // true
 */
export function isNear(a: Float64Array, b: Float64Array, limit: number): boolean {
  const forth = coarseExcess(a, b);
  if (forth.least > limit) return false;
  const back = coarseExcess(b, a);
  if (back.least > limit) return false;
  return Math.max(forth.most, back.most) <= limit || distanceWithin(a, b, 0, limit) <= limit;
}

/**
 * Between what max over x of F_a(x) − F_b(x) lies. From one value that is looked at up to the next F_a is no more than at that one, and F_b no less than at the one before;
 * divisions and differences keep their order when they are rounded.
 */
function coarseExcess(a: Float64Array, b: Float64Array): { readonly least: number; readonly most: number } {
  const [n, m, step] = [a.length, b.length, stepOf(a)];
  let [least, most, before] = [0, 0, 0];
  for (let at = 0; at < n;) {
    at = Math.min(n, at + step);
    const below = countUpTo(b, reach(a[at - 1]!, 0), before);
    least = Math.max(least, at / n - below / m);
    most = Math.max(most, at / n - before / m);
    before = below;
  }
  return { least, most };
}

/** How many of the ascending values are at most so much, where at least `from` are. */
function countUpTo(sorted: Float64Array, last: number, from: number): number {
  const step = stepOf(sorted);
  let low = from;
  while (low + step <= sorted.length && sorted[low + step - 1]! <= last) low += step;
  let high = Math.min(sorted.length, low + step);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}
