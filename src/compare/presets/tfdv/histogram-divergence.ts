import { jensenShannon } from '../../../stats/distances/jensen-shannon.ts';
import { sum } from '../../../stats/elementary.ts';

/** Rows spread evenly from low to high; low = high is a single value. */
export interface Bucket {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
}

/**
 * Jensen–Shannon *divergence* in base 2 of two histograms with bins of their own, from 0 to 1.
 *
 * Both are cut at all edges of either, their rows spread evenly inside a bin. Single values are cells apart: one in the
 * middle of a wide bin counts as disjoint from it. A side without rows: null. O(buckets).
 *
 * @example histogramDivergence([{ low: 1, high: 2, rows: 2 }], [{ low: 3, high: 4, rows: 2 }]) // 1
 */
export function histogramDivergence(a: readonly Bucket[], b: readonly Bucket[]): number | null {
  const wide = (buckets: readonly Bucket[]): Bucket[] => buckets.filter(({ low, high }) => low < high);
  const edges = [...new Set([...wide(a), ...wide(b)].flatMap(({ low, high }) => [low, high]))].sort(
    (x, y) => x - y,
  );
  const points = [...new Set([...a, ...b].filter(({ low, high }) => low === high).map(({ low }) => low))];
  const before = [...cut(wide(a), edges), ...points.map((point) => rowsAt(a, point))];
  const now = [...cut(wide(b), edges), ...points.map((point) => rowsAt(b, point))];
  if (sum(before) === 0 || sum(now) === 0) return null;
  return jensenShannon(before, now) ** 2;
}

function cut(buckets: readonly Bucket[], edges: readonly number[]): number[] {
  const cells: number[] = [];
  let at = 0;
  for (let i = 0; i + 1 < edges.length; i++) {
    const low = edges[i] ?? 0;
    const high = edges[i + 1] ?? 0;
    while (at < buckets.length && (buckets[at]?.high ?? 0) <= low) at += 1;
    const bucket = buckets[at];
    const inside = bucket !== undefined && bucket.low <= low && high <= bucket.high;
    cells.push(inside ? bucket.rows * ((high - low) / (bucket.high - bucket.low)) : 0);
  }
  return cells;
}

function rowsAt(buckets: readonly Bucket[], point: number): number {
  return buckets.reduce(
    (rows, { low, high, rows: more }) => (low === high && low === point ? rows + more : rows),
    0,
  );
}
