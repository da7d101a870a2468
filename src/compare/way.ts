import { judgedCounts } from '../core/columns/cycle-figures.ts';
import type { FeatureComparison } from '../core/findings.ts';
import { sum } from '../stats/elementary.ts';

/** Levels that moved least say nothing of the way. */
const MOST_LEVELS = 20;
/** Less is rounding. */
const LEAST = 1e-12;

/**
 * Which way a column moved, whatever the baseline's bins: numbers `higher` (or, negative, lower) and `wider` (narrower), both by the ranks of
 * the reference, from −1 to 1; levels, and true and false, each by what its share grew (`=LEVEL`). `missing` by what the share of missing
 * values grew. Parts that are 0 are left out; without counts only that is known. O(cells).
 *
 * For example: wayOf({ kind: 'numeric', missing: { reference: 0, current: 0 }, counts: { bins: [1, null], reference: [50, 50], current: [0, 50] } })
 * // { higher: 0.5 }
 */
export function wayOf({
  kind,
  missing,
  counts,
}: Pick<FeatureComparison, 'kind' | 'counts' | 'missing'>): Record<string, number> {
  const moved = counts === undefined ? {} : kind === 'numeric' ? ofNumbers(counts) : ofLevels(counts);
  return withoutZeros({ ...moved, missing: missing.current - missing.reference });
}

type Counts = NonNullable<FeatureComparison['counts']>;

function ofNumbers(counts: Counts): Record<string, number> {
  const { reference, current } = judgedCounts(counts);
  const [before, now] = [sum(reference), sum(current)];
  if (before === 0 || now === 0) return {};
  let [below, higher, spreadNow, spreadBefore] = [0, 0, 0, 0];
  for (const [i, count] of reference.entries()) {
    const rank = (2 * below + count) / before - 1;
    below += count;
    higher += ((current[i] ?? 0) / now) * rank;
    spreadNow += ((current[i] ?? 0) / now) * Math.abs(rank);
    spreadBefore += (count / before) * Math.abs(rank);
  }
  // All that lies at one end lies far from the middle as well: that is no wider.
  return { higher, wider: 2 * (spreadNow - spreadBefore) * (1 - Math.abs(higher)) };
}

function ofLevels(counts: Counts): Record<string, number> {
  const { bins, reference, current } = judgedCounts(counts);
  const [before, now] = [sum(reference), sum(current)];
  if (before === 0 || now === 0) return {};
  const grown = bins.map(
    (bin, i) => [`=${String(bin)}`, (current[i] ?? 0) / now - (reference[i] ?? 0) / before] as const,
  );
  return Object.fromEntries(
    grown.toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, MOST_LEVELS),
  );
}

function withoutZeros(way: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(way).filter(([, by]) => Math.abs(by) > LEAST));
}
