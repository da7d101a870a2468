import type { LogBucket } from './profile/log-histogram.ts';
import { binomialUpperTail } from './significance/binomial-tail.ts';

export interface QuantileEstimate {
  /** Middle of the bucket that holds the order statistic ⌈q·n⌉. */
  readonly value: number;
  /** The exact order statistic is no further away than this. */
  readonly bound: number;
  /** At least 95 %; null with too few rows to bound it on both sides. */
  readonly interval: [number, number] | null;
}

/**
 * A quantile of amounts that are known by bucket, with a distribution-free interval.
 *
 * Value: the order statistic x(⌈q·n⌉), known up to its bucket. Interval: x(l) and x(u) with P(B ≤ l − 1) ≤ 0.025 and
 * P(B ≥ u) ≤ 0.025 for B ~ Binomial(n, q), widened to the far edges of their buckets, so that it covers at least 95 %
 * whatever the distribution. It takes rows that are independent of each other.
 * Range: 0 < q < 1. No rows: null. Fewer than about 3.7/min(q, 1 − q) rows: no interval. Cost O(buckets + log n).
 * Source: Conover, Practical Nonparametric Statistics (1999), § 3.2.
 *
 * @example quantileOfBuckets([{ from: 1, to: 3, count: 10 }], 0.5) // { value: 2, bound: 1, interval: [1, 3] }
 */
export function quantileOfBuckets(buckets: readonly LogBucket[], q: number): QuantileEstimate | null {
  const n = buckets.reduce((sum, { count }) => sum + count, 0);
  if (!(n > 0)) return null;
  const at = bucketOfRank(buckets, Math.max(1, Math.ceil(q * n)));
  return {
    value: (at.from + at.to) / 2,
    bound: (at.to - at.from) / 2,
    interval: rankInterval(buckets, n, q),
  };
}

const ONE_SIDE = 0.025;

function rankInterval(buckets: readonly LogBucket[], n: number, q: number): [number, number] | null {
  // P(B ≤ l − 1) = P(n − B ≥ n − l + 1), which is a tail of the rows above.
  const lower = n + 1 - firstWhere(n + 1, (k) => binomialUpperTail(k, n, 1 - q) <= ONE_SIDE);
  const upper = firstWhere(n + 1, (k) => binomialUpperTail(k, n, q) <= ONE_SIDE);
  if (lower < 1 || upper > n) return null;
  return [bucketOfRank(buckets, lower).from, bucketOfRank(buckets, upper).to];
}

/** The smallest k of 0 … last that holds; what holds for k holds for all above. */
function firstWhere(last: number, holds: (k: number) => boolean): number {
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function bucketOfRank(buckets: readonly LogBucket[], rank: number): LogBucket {
  let seen = 0;
  for (const bucket of buckets) {
    seen += bucket.count;
    if (seen >= rank) return bucket;
  }
  throw new Error(`no row of rank ${rank}`);
}

/**
 * Variance (ddof 1) of amounts known by bucket: of the buckets' middles, plus what lies within a bucket as if spread
 * evenly, width²/12. Too large rather than too small for amounts that hardly vary, which keeps tests honest.
 *
 * @example varianceOfBuckets([{ from: 1, to: 3, count: 10 }]) // 1 / 3
 */
export function varianceOfBuckets(buckets: readonly LogBucket[]): number {
  let n = 0;
  let mean = 0;
  let squares = 0;
  let within = 0;
  for (const { from, to, count } of buckets) {
    if (!(count > 0)) continue;
    const middle = (from + to) / 2;
    n += count;
    const step = middle - mean;
    mean += (step * count) / n;
    squares += count * step * (middle - mean);
    within += (count * (to - from) ** 2) / 12;
  }
  return n > 1 ? squares / (n - 1) + within / n : 0;
}

/** Rows that certainly hold at least `amount`: those of the bucket it lies in are not counted. */
export function rowsFrom(buckets: readonly LogBucket[], amount: number): number {
  return buckets.reduce((rows, { from, count }) => (from >= amount ? rows + count : rows), 0);
}
