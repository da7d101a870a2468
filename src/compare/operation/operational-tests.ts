import { normalSurvival } from '../../stats/distributions.ts';
import type { LogHistogram } from '../../stats/profile/log-histogram.ts';
import { quantileOfBuckets, rowsFrom, varianceOfBuckets } from '../../stats/bucket-quantile.ts';
import { upperIncompleteGamma } from '../../stats/special/incomplete-gamma.ts';
import { binomialUpperTail } from '../../stats/significance/binomial-tail.ts';
import { sameShareTest } from '../../stats/significance/same-share-test.ts';
import { type SampleMoments, welchTest } from '../../stats/significance/welch.ts';

/**
 * Two-sided p of "the current q-quantile is the reference's": as many rows of both lie above the bucket that holds the
 * reference's. Exact, because both are counted in the same buckets. Null where fewer than ten rows are expected above
 * or below it on either side.
 */
export function sameQuantile(reference: LogHistogram, current: LogHistogram, q: number): number | null {
  const rare = Math.min(q, 1 - q) * Math.min(reference.n, current.n);
  const before = reference.buckets();
  const quantile = quantileOfBuckets(before, q);
  if (quantile === null || rare < FEWEST_BEYOND) return null;
  const edge = quantile.value + quantile.bound;
  return sameShareTest(rowsFrom(before, edge), reference.n, rowsFrom(current.buckets(), edge), current.n)
    .p_value;
}

/** Fewer rows beyond a quantile than this are too few to say that it moved. */
const FEWEST_BEYOND = 10;

export function sameMean(reference: LogHistogram, current: LogHistogram): number {
  return welchTest(momentsOf(reference), momentsOf(current)).p_value;
}

export function momentsOf(amounts: LogHistogram): SampleMoments {
  return { n: amounts.n, mean: amounts.mean ?? 0, variance: varianceOfBuckets(amounts.buckets()) };
}

/** P of at least so many rows above the limit if the q-quantile were at the limit. Rows of the limit's own bucket do not count. */
export function quantileAbove(amounts: LogHistogram, q: number, limit: number): number {
  return binomialUpperTail(rowsFrom(amounts.buckets(), limit), amounts.n, 1 - q);
}

/** P of so many rows below the limit if the q-quantile were at the limit. */
export function quantileBelow(amounts: LogHistogram, q: number, limit: number): number {
  const below = amounts.buckets().reduce((rows, { to, count }) => (to <= limit ? rows + count : rows), 0);
  return binomialUpperTail(below, amounts.n, q);
}

/** One-sided p of "the mean is not above the limit"; `sign` −1 for "not below". */
export function meanBeyond(amounts: LogHistogram, limit: number, sign: 1 | -1): number {
  const { n, mean, variance } = momentsOf(amounts);
  const distance = sign * (mean - limit);
  const error = Math.sqrt(variance / n);
  if (!(error > 0)) return distance > 0 ? 0 : 1;
  return normalSurvival(distance / error);
}

/** P(N ≤ count) or, above, P(N ≥ count) of a Poisson count of the given mean. */
export function countBeyond(count: number, mean: number, sign: 1 | -1): number {
  if (sign === -1) return upperIncompleteGamma(count + 1, mean);
  return count <= 0 ? 1 : 1 - upperIncompleteGamma(count, mean);
}
