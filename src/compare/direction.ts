import { judgedCounts } from '../core/columns/cycle-figures.ts';
import type { Direction } from '../core/columns/feature-settings.ts';
import type { FeatureComparison } from '../core/findings.ts';
import { sum } from '../stats/elementary.ts';
import { mannWhitneyOf } from '../stats/significance/mann-whitney.ts';
import { RARE_OR_NEW } from './measures/measures.ts';

/** A wider spread alone is neither up nor down. */
const ALPHA = 0.001;

/**
 * Where the values went: up when a current value lies higher than a reference value more often than lower, beyond chance
 * (Mann–Whitney over the cells, two-sided p < 0.001), down when lower; null when neither, or levels have no order. Of a
 * boolean, true is higher. Input: the counts of a comparison, numbers by bin. Cost O(cells).
 *
 * @example movedTo({ kind: 'numeric', counts: { bins: [1, null], reference: [90, 10], current: [10, 90] } }) // 'up'
 */
export function movedTo({
  kind,
  counts,
}: Pick<FeatureComparison, 'kind' | 'counts'>): Exclude<Direction, 'both'> | null {
  if (counts === undefined || kind === 'categorical') return null;
  // Below 1 % of the reference a level is counted with the rare ones.
  const { reference } = judgedCounts(counts);
  const isTrue = (bin: unknown): boolean => bin === (counts.bins.includes('true') ? 'true' : RARE_OR_NEW);
  const cells = counts.bins.map((bin, i) => ({
    rank: kind === 'boolean' ? Number(isTrue(bin)) : i,
    reference: reference[i] ?? 0,
    current: counts.current[i] ?? 0,
  }));
  cells.sort((a, b) => a.rank - b.rank);
  const [n, m] = [sum(reference), sum(counts.current)];
  let [below, pairsWon, tieTerm] = [0, 0, 0];
  for (const { reference: before, current } of cells) {
    pairsWon += current * (below + before / 2);
    below += before;
    tieTerm += (before + current) ** 3 - (before + current);
  }
  if (n === 0 || m === 0 || mannWhitneyOf(pairsWon, tieTerm, m, n).p_value >= ALPHA) return null;
  return pairsWon > (n * m) / 2 ? 'up' : 'down';
}
