import { describe, expect, it } from 'vitest';
import { quantileOfBuckets, varianceOfBuckets } from '../../src/stats/bucket-quantile.ts';
import { LogHistogram } from '../../src/stats/profile/log-histogram.ts';
import { createRandom } from '../../src/stats/random.ts';
import { binomialUpperTail } from '../../src/stats/significance/binomial-tail.ts';

const QUANTILES = [0.5, 0.95, 0.99];

function counted(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value, 1);
  return histogram;
}

/** Latencies of a service: skewed, between one and a hundred. */
function latencies(n: number, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => 5 / (0.05 + random()));
}

describe('quantiles of buckets', () => {
  it.each(QUANTILES)('are within their bound of the order statistic, q = %f', (q) => {
    for (let seed = 1; seed <= 50; seed++) {
      const values = latencies(777, seed).sort((a, b) => a - b);
      const exact = values[Math.ceil(q * values.length) - 1] ?? Number.NaN;
      const { value, bound } = quantileOfBuckets(counted(values).buckets(), q) ?? { value: 0, bound: 0 };
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(bound);
      expect(bound).toBeLessThanOrEqual(exact / 128);
    }
  });

  it.each(QUANTILES)('have an interval that covers the truth in 95 of 100 samples, q = %f', (q) => {
    const truth = 5 / (0.05 + 1 - q);
    const covered = Array.from({ length: 400 }, (_, seed) => {
      const { interval } = quantileOfBuckets(counted(latencies(1_000, seed + 1)).buckets(), q) ?? {};
      return interval !== null && interval !== undefined && interval[0] <= truth && truth <= interval[1];
    }).filter(Boolean).length;
    // Fewer than 93 % of 400 samples would happen once in twenty thousand runs of a 95 % interval.
    expect(covered / 400).toBeGreaterThanOrEqual(0.93);
    expect(quantileOfBuckets([], q)).toBeNull();
  });

  it('have no interval with too few rows to bound them', () => {
    expect(quantileOfBuckets(counted(latencies(50, 1)).buckets(), 0.95)?.interval).toBeNull();
    expect(quantileOfBuckets(counted(latencies(80, 1)).buckets(), 0.95)?.interval).not.toBeNull();
  });

  it('have a variance that is right to the width of a bucket', () => {
    const values = latencies(5_000, 3);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const exact = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
    expect(Math.abs(varianceOfBuckets(counted(values).buckets()) / exact - 1)).toBeLessThan(0.01);
    expect(varianceOfBuckets([])).toBe(0);
  });
});

describe('the upper tail of a binomial', () => {
  it('is the sum of its probabilities', () => {
    const [n, p] = [23, 0.17];
    let pmf = (1 - p) ** n;
    let upper = 1;
    for (let k = 0; k <= n; k++) {
      expect(Math.abs(binomialUpperTail(k, n, p) / upper - 1)).toBeLessThan(1e-8);
      upper -= pmf;
      pmf *= ((n - k) / (k + 1)) * (p / (1 - p));
      if (upper < 1e-7) break;
    }
    expect([binomialUpperTail(0, 5, 0.1), binomialUpperTail(6, 5, 0.1)]).toEqual([1, 0]);
    expect([binomialUpperTail(2, 5, 0), binomialUpperTail(2, 5, 1)]).toEqual([0, 1]);
  });
});
