import type { Metrics } from '../../core/columns/figures.ts';
import { hellinger } from './hellinger.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { klDivergence } from './kl-divergence.ts';
import { psi } from './psi.ts';
import { lInfinity, totalVariation } from './total-variation.ts';

const DISTANCES = {
  psi,
  kl_divergence: klDivergence,
  jensen_shannon: jensenShannon,
  hellinger,
  total_variation: totalVariation,
  l_infinity: lInfinity,
} as const;

/** Distances over cells as they are shown, without pooling. None without rows on either side, nor any that is no number. */
export function cellDistances(reference: readonly number[], current: readonly number[]): Metrics {
  if (![reference, current].every((counts) => counts.some((count) => count > 0))) return {};
  return Object.fromEntries(
    Object.entries(DISTANCES)
      .map(([name, distance]) => [name, distance(reference, current)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  );
}
