import { sortDoubles } from '../../stats/table/radix-sort.ts';

/** Stretches of time, one after the other. */
export interface Stretched {
  /** Of each row, numbered in order of time; −1 without one. */
  readonly of: Int32Array;
  readonly count: number;
}

export interface Span {
  readonly from: number;
  readonly length: number;
}

/** Null without any time. */
export function timesSpanOf(timesMs: Float64Array | null): Span | null {
  if (timesMs === null) return null;
  let [from, to] = [Infinity, -Infinity];
  for (const ms of timesMs) {
    if (!Number.isFinite(ms)) continue;
    from = Math.min(from, ms);
    to = Math.max(to, ms);
  }
  return to >= from ? { from, length: to - from } : null;
}

/**
 * Rows cut by time into stretches of one length. Only those with rows are numbered: of a batch that was written in one millisecond
 * years would have more stretches than there is memory. O(rows · log rows).
 *
 * @example stretchesOfLength(Float64Array.of(0, 5, 5e12, NaN), { from: 0, length: 5e12 }, 2).of // Int32Array.of(0, 1, 2, -1)
 */
export function stretchesOfLength(timesMs: Float64Array, { from }: Span, lengthMs: number): Stretched {
  const placeOf = (ms: number): number => Math.floor((ms - from) / lengthMs);
  const places = timesMs.filter((ms) => Number.isFinite(ms)).map(placeOf);
  const numbers = new Map<number, number>();
  for (const place of sortDoubles(places, new Float64Array(places.length)))
    if (!numbers.has(place)) numbers.set(place, numbers.size);
  return {
    of: Int32Array.from(timesMs, (ms) => numbers.get(placeOf(ms)) ?? -1),
    count: numbers.size,
  };
}
