import type { SortedPair } from '../sorted-pair.ts';
import { isNear } from '../coarse-distance.ts';
import { distanceWithin } from '../resolution.ts';

const MAX_SKETCH = 2_000;

/** Sorted values of both sides, at most 2,000 each, evenly thinned. */
export interface Sketch extends SortedPair {
  /** Present values before thinning. */
  readonly counts: readonly [number, number];
}

/** How far each column is from what the other was; beyond `limit`, which is far enough, only that. */
export function exchangeDistance(a: Sketch, b: Sketch, limit: number): number {
  const forth = distanceWithin(a.current, b.reference, 0, limit);
  return forth > limit ? forth : Math.max(forth, distanceWithin(b.current, a.reference, 0, limit));
}

/** Whether each column is as near to what the other was: most pairs are told by a few of their values. */
export function areExchangeable(a: Sketch, b: Sketch, limit: number): boolean {
  return isNear(a.current, b.reference, limit) && isNear(b.current, a.reference, limit);
}

export function sketchOf({ name, reference, current }: SortedPair): Sketch {
  const counts = [reference.length, current.length] as const;
  return { name, reference: thinned(reference), current: thinned(current), counts };
}

/** Every k-th value: among many columns all pairs are compared, and the distance changes by less than 1/1000. */
function thinned(values: Float64Array): Float64Array {
  const step = values.length / MAX_SKETCH;
  if (step <= 1) return values;
  const some = new Float64Array(MAX_SKETCH);
  for (let i = 0; i < MAX_SKETCH; i++) some[i] = values[Math.floor((i + 0.5) * step)]!;
  return some;
}

export function forEachPair<T>(items: readonly T[], visit: (a: T, b: T) => void): void {
  for (const [i, a] of items.entries()) for (const b of items.slice(i + 1)) visit(a, b);
}
